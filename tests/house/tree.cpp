#include "house/tree.hpp"

#include <gtest/gtest.h>
#include <stdio.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace puente::house {

namespace fs = std::filesystem;

namespace {

const fs::path root{PUENTE_SOURCE_DIR};

std::vector<std::string> asked_of_git() {
    std::vector<std::string> found;
    const std::string command = "git -C '" + root.string() + "' -c safe.directory='*' ls-files --cached --others --exclude-standard 2>/dev/null";
    FILE* answer = ::popen(command.c_str(), "r");
    if (answer == nullptr) return found;
    std::string line;
    for (int c = ::fgetc(answer); c != EOF; c = ::fgetc(answer)) {
        if (c != '\n') {
            line += static_cast<char>(c);
        } else {
            if (fs::is_regular_file(root / line)) found.push_back(line);
            line.clear();
        }
    }
    if (::pclose(answer) != 0) found.clear();
    return found;
}

std::vector<std::string> walked() {
    static const std::set<std::string> made{".git", "build", "var", "node_modules"};
    std::vector<std::string> found;
    for (auto at = fs::recursive_directory_iterator{root}; at != fs::recursive_directory_iterator{}; ++at) {
        if (at->is_directory() && made.count(at->path().filename().string()) > 0) at.disable_recursion_pending();
        if (at->is_regular_file()) found.push_back(fs::relative(at->path(), root).generic_string());
    }
    return found;
}

bool ends_with_any(std::string_view text, const std::vector<std::string>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) { return text.ends_with(ending); });
}

/// One step through C++: what kind of piece begins at `at`, and where it ends.
struct Piece {
    enum class Kind { code, comment, literal };
    Kind kind;
    std::size_t end;
    std::size_t text_begin;  ///< of a literal
    std::size_t text_end;
};

Piece quoted(std::string_view cpp, std::size_t at) {
    std::size_t end = at + 1;
    while (end < cpp.size() && cpp[end] != cpp[at] && cpp[end] != '\n') end += cpp[end] == '\\' ? 2 : 1;
    end = std::min(end, cpp.size());
    return {Piece::Kind::literal, std::min(end + 1, cpp.size()), at + 1, end};
}

Piece raw(std::string_view cpp, std::size_t at) {
    const std::size_t open = cpp.find('(', at);
    const std::string close = ")" + std::string{cpp.substr(at + 2, open - at - 2)} + "\"";
    const std::size_t end = std::min(cpp.find(close, open), cpp.size());
    return {Piece::Kind::literal, std::min(end + close.size(), cpp.size()), open + 1, end};
}

/// Whether a quote parts the digits of a number: 10'000.
bool parts_digits(std::string_view cpp, std::size_t at) {
    return at > 0 && std::isxdigit(static_cast<unsigned char>(cpp[at - 1])) != 0 && at + 1 < cpp.size() &&
           std::isxdigit(static_cast<unsigned char>(cpp[at + 1])) != 0;
}

Piece piece_at(std::string_view cpp, std::size_t at) {
    const std::string_view rest = cpp.substr(at);
    if (rest.starts_with("//")) return {Piece::Kind::comment, std::min(cpp.find('\n', at), cpp.size()), 0, 0};
    if (rest.starts_with("/*")) return {Piece::Kind::comment, std::min(cpp.find("*/", at), cpp.size() - 2) + 2, 0, 0};
    if (rest.starts_with("R\"")) return raw(cpp, at);
    if (rest.front() == '"' || (rest.front() == '\'' && !parts_digits(cpp, at))) return quoted(cpp, at);
    return {Piece::Kind::code, at + 1, 0, 0};
}

}  // namespace

const std::vector<std::string>& paths() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> found = asked_of_git();
        if (found.empty()) found = walked();
        std::sort(found.begin(), found.end());
        return found;
    }();
    return all;
}

std::string text_of(const std::string& path) {
    std::ifstream in{root / path, std::ios::binary};
    if (!in) ADD_FAILURE() << path << " cannot be read";
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<File> files(const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
    std::vector<File> found;
    for (const std::string& path : paths()) {
        const bool inside = std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) { return path.starts_with(folder + "/"); });
        if (inside && ends_with_any(path, endings)) found.push_back({path, text_of(path)});
    }
    if (found.empty()) ADD_FAILURE() << "nothing found to look at";
    return found;
}

std::string code_only(std::string_view cpp) {
    std::string code{cpp};
    for (std::size_t at = 0; at < cpp.size();) {
        const Piece piece = piece_at(cpp, at);
        if (piece.kind != Piece::Kind::code) {
            for (std::size_t i = at; i < piece.end; ++i) code[i] = code[i] == '\n' ? '\n' : ' ';
        }
        at = piece.end;
    }
    return code;
}

std::vector<std::string> literals(std::string_view cpp) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < cpp.size();) {
        const Piece piece = piece_at(cpp, at);
        if (piece.kind == Piece::Kind::literal) found.emplace_back(cpp.substr(piece.text_begin, piece.text_end - piece.text_begin));
        at = piece.end;
    }
    return found;
}

std::size_t line_of(std::string_view text, std::size_t place) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(place, text.size())), '\n'));
}

TEST(Tree, blanks_comments_and_literals) {
    EXPECT_EQ(code_only("a /* { */ b // {\nc \"{\\\"\" R\"x({)\")x\" 1'0 '{' d"), "a         b     \nc                  1'0     d");
}

TEST(Tree, finds_literals) {
    const std::vector<std::string> expected{"one", "two \\\" three", "four)\"", "5"};
    EXPECT_EQ(literals(R"cpp(f("one", "two \" three");  // "no"
                             R"q(four)")q" + '5' + 1'000)cpp"),
              expected);
}

}  // namespace puente::house
