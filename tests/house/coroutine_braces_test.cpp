#include <gtest/gtest.h>

#include "house/tree.hpp"

// g++ 12 destroys a temporary made with braces between the parentheses of a co_await twice. Such a temporary gets a name on the line above.

namespace puente::house {

namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where, after a co_await at `at`, a brace stands between parentheses of its expression; npos: nowhere.
std::size_t brace_after(std::string_view code, std::size_t at) {
    int depth = 0;
    for (std::size_t i = at; i < code.size(); ++i) {
        if (code[i] == '(' || code[i] == '[') ++depth;
        if ((code[i] == ')' || code[i] == ']') && --depth < 0) return std::string_view::npos;
        if (code[i] == '{') return depth > 0 ? i : std::string_view::npos;
        if (code[i] == ';' && depth == 0) return std::string_view::npos;
    }
    return std::string_view::npos;
}

std::vector<std::size_t> lines_at_fault(std::string_view cpp) {
    constexpr std::string_view word = "co_await";
    const std::string code = code_only(cpp);
    std::vector<std::size_t> lines;
    for (std::size_t at = code.find(word); at != std::string::npos; at = code.find(word, at + word.size())) {
        if (at > 0 && is_word(code[at - 1])) continue;
        const std::size_t brace = brace_after(code, at + word.size());
        if (brace != std::string_view::npos) lines.push_back(line_of(code, brace));
    }
    return lines;
}

}  // namespace

TEST(CoroutineBraces, never_stand_between_the_parentheses_of_a_co_await) {
    for (const File& file : files({"src", "include", "tests"}, {".cpp", ".hpp"})) {
        for (const std::size_t line : lines_at_fault(file.text))
            ADD_FAILURE() << file.path << ":" << line << ": name this temporary on the line above the co_await";
    }
}

struct BraceCase {
    const char* name;
    const char* cpp;
    bool at_fault;
};

class CoroutineBrace : public testing::TestWithParam<BraceCase> {};

TEST_P(CoroutineBrace, is_found_where_it_harms) {
    EXPECT_EQ(!lines_at_fault(GetParam().cpp).empty(), GetParam().at_fault) << GetParam().cpp;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, CoroutineBrace,
    testing::Values(BraceCase{"temporary", "co_await f(Row{1});", true}, BraceCase{"lambda", "co_await f([s] { return s; });", true},
                    BraceCase{"second_call", "co_await f(a).g({1});", true}, BraceCase{"on_the_next_line", "co_await f(a,\n  Row{1});", true},
                    BraceCase{"named", "const Row row{1}; co_await f(row);", false}, BraceCase{"condition", "if (!co_await f(a)) { g(); }", false},
                    BraceCase{"co_return", "co_return Row{1};", false}, BraceCase{"in_a_literal", "co_await f(\"{\");", false},
                    BraceCase{"in_a_comment", "co_await f(a /* {} */);", false}),
    [](const auto& each) { return std::string{each.param.name}; });

}  // namespace puente::house
