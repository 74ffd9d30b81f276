#include <gtest/gtest.h>

#include "documents.hpp"
#include "manifest/syntax.hpp"

namespace puente::manifest::testing {
namespace {

using namespace std::string_literals;
using Listed = std::vector<std::string>;

struct BytesCase {
    const char* name;
    std::string text;
    const char* code;
    std::size_t offset;  ///< named in the sentence
};

// One case a line.
// clang-format off
const BytesCase bytes_cases[] = {
    {"open_object", "{", "not_json", 1},
    {"open_list", R"({"a":[)", "not_json", 6},
    {"cut_in_a_text", R"({"trip)", "not_json", 6},
    {"cut_after_a_name", R"({"trip")", "not_json", 7},
    {"cut_after_a_colon", R"({"trip":)", "not_json", 8},
    {"cut_after_a_value", R"({"trip":{})", "not_json", 10},
    {"cut_after_a_comma", R"({"a":1,)", "not_json", 7},
    {"text_without_end", R"({"a":"b})", "not_json", 8},
    {"backslash_at_the_end", "{\"a\":\"\\", "not_json", 7},
    {"trailing_comma_object", R"({"a":1,})", "not_json", 7},
    {"trailing_comma_list", R"({"a":[1,]})", "not_json", 8},
    {"leading_comma_object", R"({,"a":1})", "not_json", 1},
    {"leading_comma_list", R"({"a":[,1]})", "not_json", 6},
    {"two_commas", R"({"a":1,,"b":2})", "not_json", 7},
    {"two_commas_list", R"({"a":[1,,2]})", "not_json", 8},
    {"missing_comma", R"({"a":1 "b":2})", "not_json", 7},
    {"missing_comma_list", R"({"a":[1 2]})", "not_json", 8},
    {"missing_colon", R"({"a" 1})", "not_json", 5},
    {"two_colons", R"({"a"::1})", "not_json", 5},
    {"colon_after_value", R"({"a":"b":1})", "not_json", 8},
    {"colon_in_list", R"({"a":["b":1]})", "not_json", 9},
    {"missing_value", R"({"a":})", "not_json", 5},
    {"name_only", R"({"a"})", "not_json", 4},
    {"number_as_name", R"({1:2})", "not_json", 1},
    {"null_as_name", R"({null:2})", "not_json", 1},
    {"bare_name", R"({a:1})", "not_json", 1},
    {"single_quotes", R"({'a':1})", "not_json", 1},
    {"bare_value", R"({"a":b})", "not_json", 5},
    {"wrong_closing_object", R"({"a":1])", "not_json", 6},
    {"wrong_closing_list", R"({"a":[1}})", "not_json", 7},
    {"leading_zero", R"({"a":01})", "not_json", 5},
    {"minus_leading_zero", R"({"a":-01})", "not_json", 5},
    {"bare_point", R"({"a":1.})", "not_json", 5},
    {"point_first", R"({"a":.5})", "not_json", 5},
    {"plus", R"({"a":+1})", "not_json", 5},
    {"minus_alone", R"({"a":-})", "not_json", 5},
    {"bare_exponent", R"({"a":1e})", "not_json", 5},
    {"signed_bare_exponent", R"({"a":1e+})", "not_json", 5},
    {"two_points", R"({"a":1.2.3})", "not_json", 5},
    {"hexadecimal", R"({"a":0x1})", "not_json", 6},
    {"underscore_in_number", R"({"a":1_000})", "not_json", 6},
    {"number_then_text", R"({"a":1"b"})", "not_json", 6},
    {"number_then_letter", R"({"a":1b})", "not_json", 6},
    {"nan", R"({"a":NaN})", "not_json", 5},
    {"infinity", R"({"a":Infinity})", "not_json", 5},
    {"minus_infinity", R"({"a":-Infinity})", "not_json", 5},
    {"true_in_capitals", R"({"a":True})", "not_json", 5},
    {"half_of_true", R"({"a":tru})", "not_json", 5},
    {"more_than_true", R"({"a":truee})", "not_json", 9},
    {"half_of_null", R"({"a":nul})", "not_json", 5},
    {"more_than_null", R"({"a":null0})", "not_json", 9},
    {"line_comment", "{\"a\":1 // x\n}", "not_json", 7},
    {"block_comment", R"({"a":/*x*/1})", "not_json", 5},
    {"form_feed_outside", "{\"a\":1\f}", "not_json", 6},
    {"no_break_space_outside", "{\"a\":1\xc2\xa0}", "not_json", 6},
    {"raw_line_break", "{\"a\":\"b\nc\"}", "not_json", 7},
    {"raw_tab", "{\"a\":\"b\tc\"}", "not_json", 7},
    {"raw_control_in_name", "{\"a\x01\":1}", "not_json", 3},
    {"unknown_escape", R"({"a":"\q"})", "not_json", 8},
    {"short_unicode_escape", R"({"a":"\u12"})", "not_json", 10},
    {"bad_unicode_escape", R"({"a":"\u12g4"})", "not_json", 12},
    {"upper_case_u_escape", R"({"a":"\U0041"})", "not_json", 12},
    {"bad_escape_in_name", R"({"\x":1})", "not_json", 4},
    {"empty", "", "not_json", 0},
    {"blank", " \n\t\r ", "not_json", 0},
    {"letters", "hello", "not_json", 0},
    {"closing_only", "}", "not_json", 0},
    {"second_document", "{}{}", "trailing_text", 2},
    {"second_closing", "{}}", "trailing_text", 2},
    {"text_after", "{} x", "trailing_text", 3},
    {"comma_after", "{},", "trailing_text", 2},
    {"list_after_list", "[][]", "trailing_text", 2},
    {"nul_after", "{}\0"s, "nul_byte", 2},
    {"nul_outside", "{\"a\":\0001}"s, "nul_byte", 5},
    {"nul_in_a_text", "{\"a\":\"b\0c\"}"s, "nul_byte", 7},
    {"nul_only", "\0"s, "nul_byte", 0},
    {"byte_order_mark", "\xef\xbb\xbf{}", "byte_order_mark", 0},
    {"utf16", "\xff\xfe{\0}\0"s, "not_utf8", 0},
    {"stray_continuation", "{\"a\":\"\x80\"}", "not_utf8", 6},
    {"overlong", "{\"a\":\"\xc0\xaf\"}", "not_utf8", 6},
    {"encoded_surrogate", "{\"a\":\"\xed\xa0\x80\"}", "not_utf8", 6},
    {"past_unicode", "{\"a\":\"\xf4\x90\x80\x80\"}", "not_utf8", 6},
    {"cut_sequence", "{\"a\":\"\xe2\x82\"}", "not_utf8", 6},
    {"not_utf8_in_a_name", "{\"\xff\":1}", "not_utf8", 2},
};
// clang-format on

class BadBytes : public ::testing::TestWithParam<BytesCase> {};

TEST_P(BadBytes, are_refused_with_the_offset) {
    const Decoded decoded = decode_json(GetParam().text);
    EXPECT_FALSE(decoded.manifest);
    ASSERT_FALSE(decoded.faults.empty());
    const Fault& last = decoded.faults.back();
    EXPECT_EQ(last.code, GetParam().code);
    EXPECT_EQ(last.pointer, "");
    const std::string offset = GetParam().offset == 0 ? "" : "offset " + std::to_string(GetParam().offset);
    EXPECT_NE(last.en.find(offset), std::string::npos) << last.en;
}

/// The same bytes where the reader has a place for them: in an unknown field, in a credential, in a known field.
TEST_P(BadBytes, are_refused_inside_a_document) {
    for (const char* pointer : {"/unknown", "/credentials/0/credential", "/trip/crossing", "/trip/distanceKm", "/trip/crew"}) {
        const std::string text = with(pointer, GetParam().text.empty() ? " " : GetParam().text);
        const Decoded decoded = decode_json(text);
        ASSERT_FALSE(decoded.manifest) << pointer;
        EXPECT_EQ(decoded.faults.back().pointer, "") << pointer << ' ' << decoded.faults.back().code;
    }
}

INSTANTIATE_TEST_SUITE_P(Documents, BadBytes, ::testing::ValuesIn(bytes_cases), [](const auto& c) { return std::string{c.param.name}; });

TEST(DecodeJson, wants_an_object_at_the_root) {
    for (const char* text : {"[]", "[{}]", "\"x\"", "1", "-1.5e3", "true", "false", "null", " [1,2] "}) {
        EXPECT_EQ(listed(decode_json(text)), Listed{"wrong_type "}) << text;
    }
}

TEST(DecodeJson, gives_the_faults_found_before_the_json_broke) {
    const Decoded decoded = decode_json(R"({"wheels":18,"trip":{"mode":null,"crew":[1 2]}})");
    EXPECT_EQ(listed(decoded), (Listed{"unknown_field /wheels", "null_value /trip/mode", "wrong_type /trip/crew/0", "not_json "}));
}

TEST(DecodeJson, survives_truncations_of_the_reference) {
    const std::string whole = reference_text();
    const std::size_t end = whole.find_last_of('}') + 1;
    for (std::size_t size = 0; size < end; size += 3) {
        const Decoded decoded = decode_json(whole.substr(0, size));
        ASSERT_FALSE(decoded.manifest) << size;
        const std::string& code = decoded.faults.back().code;
        ASSERT_TRUE(code == "not_json" || code == "not_utf8") << size << ' ' << code;
    }
}

TEST(DecodeJson, agrees_with_the_strict_scanner_on_changes_of_one_byte) {
    nlohmann::json document = reference();
    nlohmann::json& goods = document["shipments"][0]["goods"];
    goods.erase(goods.begin() + 1, goods.end());
    const std::string whole = document.dump();
    for (std::size_t at = 0; at < whole.size(); at += 11) {
        for (const char byte : {'"', '{', '}', '[', ']', ',', ':', '\\', '0', '-', 'n', '\x80', '\n'}) {
            std::string changed = whole;
            changed[at] = byte;
            const bool is_json = !broken_at(changed);
            const Decoded decoded = decode_json(changed);
            const bool refused_as_bytes =
                !decoded.manifest && decoded.faults.back().pointer.empty() && decoded.faults.back().code.substr(0, 4) == "not_";
            const bool trailing = !decoded.manifest && decoded.faults.back().code == "trailing_text";
            ASSERT_EQ(is_json, !(refused_as_bytes || trailing)) << at << ' ' << byte;
        }
    }
}

}  // namespace
}  // namespace puente::manifest::testing
