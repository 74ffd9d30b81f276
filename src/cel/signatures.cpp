#include "cel/signatures.hpp"

#include <array>

namespace puente::cel {

namespace {

/// langdef.md "List of Standard Definitions"; the strings extension of cel-spec's string_ext tests; sum and distinct are Puente's own.
constexpr std::array texts = {
    "!_(bool) bool",
    "-_(int) int",
    "-_(double) double",
    "_+_(int, int) int",
    "_+_(uint, uint) uint",
    "_+_(double, double) double",
    "_+_(string, string) string",
    "_+_(bytes, bytes) bytes",
    "_+_(list(A), list(A)) list(A)",
    "_+_(timestamp, duration) timestamp",
    "_+_(duration, timestamp) timestamp",
    "_+_(duration, duration) duration",
    "_-_(int, int) int",
    "_-_(uint, uint) uint",
    "_-_(double, double) double",
    "_-_(timestamp, timestamp) duration",
    "_-_(timestamp, duration) timestamp",
    "_-_(duration, duration) duration",
    "_*_(int, int) int",
    "_*_(uint, uint) uint",
    "_*_(double, double) double",
    "_/_(int, int) int",
    "_/_(uint, uint) uint",
    "_/_(double, double) double",
    "_%_(int, int) int",
    "_%_(uint, uint) uint",
    "_==_(A, A) bool",
    "_!=_(A, A) bool",
    "_[_](list(A), int) A",
    "_[_](map(A, B), A) B",
    "@in(A, list(A)) bool",
    "@in(A, map(A, B)) bool",
    "size(string) int",
    "size(bytes) int",
    "size(list(A)) int",
    "size(map(A, B)) int",
    ".size(string) int",
    ".size(bytes) int",
    ".size(list(A)) int",
    ".size(map(A, B)) int",
    "type(A) type(A)",
    "dyn(A) dyn",
    "bool(bool) bool",
    "bool(string) bool",
    "bytes(bytes) bytes",
    "bytes(string) bytes",
    "double(double) double",
    "double(int) double",
    "double(uint) double",
    "double(string) double",
    "duration(duration) duration",
    "duration(string) duration",
    "int(int) int",
    "int(uint) int",
    "int(double) int",
    "int(string) int",
    "int(timestamp) int",
    "string(string) string",
    "string(bool) string",
    "string(int) string",
    "string(uint) string",
    "string(double) string",
    "string(bytes) string",
    "string(timestamp) string",
    "string(duration) string",
    "timestamp(timestamp) timestamp",
    "timestamp(string) timestamp",
    "timestamp(int) timestamp",
    "uint(uint) uint",
    "uint(int) uint",
    "uint(double) uint",
    "uint(string) uint",
    ".contains(string, string) bool",
    ".startsWith(string, string) bool",
    ".endsWith(string, string) bool",
    ".matches(string, string) bool",
    "matches(string, string) bool",
    ".getFullYear(timestamp) int",
    ".getFullYear(timestamp, string) int",
    ".getMonth(timestamp) int",
    ".getMonth(timestamp, string) int",
    ".getDate(timestamp) int",
    ".getDate(timestamp, string) int",
    ".getDayOfMonth(timestamp) int",
    ".getDayOfMonth(timestamp, string) int",
    ".getDayOfWeek(timestamp) int",
    ".getDayOfWeek(timestamp, string) int",
    ".getDayOfYear(timestamp) int",
    ".getDayOfYear(timestamp, string) int",
    ".getHours(timestamp) int",
    ".getHours(timestamp, string) int",
    ".getHours(duration) int",
    ".getMinutes(timestamp) int",
    ".getMinutes(timestamp, string) int",
    ".getMinutes(duration) int",
    ".getSeconds(timestamp) int",
    ".getSeconds(timestamp, string) int",
    ".getSeconds(duration) int",
    ".getMilliseconds(timestamp) int",
    ".getMilliseconds(timestamp, string) int",
    ".getMilliseconds(duration) int",
    ".charAt(string, int) string",
    ".indexOf(string, string) int",
    ".indexOf(string, string, int) int",
    ".lastIndexOf(string, string) int",
    ".lastIndexOf(string, string, int) int",
    ".join(list(string)) string",
    ".join(list(string), string) string",
    ".lowerAscii(string) string",
    ".upperAscii(string) string",
    ".replace(string, string, string) string",
    ".replace(string, string, string, int) string",
    ".reverse(string) string",
    ".split(string, string) list(string)",
    ".split(string, string, int) list(string)",
    ".substring(string, int) string",
    ".substring(string, int, int) string",
    ".trim(string) string",
    ".format(string, list(dyn)) string",
    "strings.quote(string) string",
    "sum(list(int)) int",
    "distinct(list(A)) bool",
};

/// Orderings: same types, and numbers of different types.
constexpr std::array ordered_pairs = {
    "(bool, bool)",         "(int, int)",  "(uint, uint)",  "(double, double)", "(string, string)", "(bytes, bytes)", "(timestamp, timestamp)",
    "(duration, duration)", "(int, uint)", "(int, double)", "(uint, int)",      "(uint, double)",   "(double, int)",  "(double, uint)",
};

using Book = std::map<std::string, std::vector<Signature>, std::less<>>;

void enter(Book& book, const std::string& text) {
    const std::size_t open = text.find('(');
    const std::string name = text.substr(0, open);
    const TypeRef arguments = read_type("map" + text.substr(open, text.rfind(' ') - open));
    const TypeRef result = read_type(std::string_view{text}.substr(text.rfind(' ')));
    book[name].push_back({text, arguments->inner, result});
}

/// The blank before the result is the last one outside parentheses: results such as "list(string)" have none inside.
const Book& book() {
    static const Book made = [] {
        Book all;
        for (const char* text : texts) enter(all, text);
        for (const char* name : {"_<_", "_<=_", "_>_", "_>=_"})
            for (const char* pair : ordered_pairs) enter(all, std::string{name} + pair + " bool");
        return all;
    }();
    return made;
}

}  // namespace

const std::vector<Signature>* standard_signatures(std::string_view name) {
    const auto found = book().find(name);
    return found == book().end() ? nullptr : &found->second;
}

const std::vector<std::string>& standard_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& [name, forms] : book())
            if (name.find('_') == name.npos && name.front() != '@') all.push_back(name);
        return all;
    }();
    return names;
}

}  // namespace puente::cel
