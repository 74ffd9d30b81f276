// Prints the gateway's own filing statements as a pgbench script that files one manifest per transaction. Variables of the script: base, client,
// document, answer, headers, rule_sets, digest (see tests/bench/end-to-end).
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "puente/store/filing.hpp"

namespace {

constexpr int identifiers = 7;  ///< that the reference manifest uses

const std::string manifest_id = "lpad(to_hex((:n)::bigint), 32, '0')::uuid";

std::string times(const std::string& expression) {
    std::string all = expression;
    for (int i = 1; i < identifiers; ++i) all += ", " + expression;
    return all;
}

std::string keys() {
    std::string all;
    for (int i = 0; i < identifiers; ++i) all += (i == 0 ? "md5('" : ", md5('") + std::to_string(i) + "-' || (:n)::text)::uuid";
    return all;
}

/// What stands for $1, $2 ... of each statement: the elements of arrays.
const std::map<std::string, std::vector<std::string>> expressions{
    {"note_uses",
     {keys(), times("0"), times(manifest_id), times("now() + interval '4 hours'"), times("''"), times("now()"), times("now() + interval '90 days'"),
      times("now() - interval '90 days'")}},
    {"file_manifests",
     {":client::text", "'bench-' || (:n)::text", "decode(:digest, 'hex')", "201", "convert_to(:answer, 'UTF8')", ":headers::text", manifest_id, manifest_id,
      "'bench'", "'TSTA'", "'TSTA' || (:n)::text", "'795abab1-1f56-587f-8043-e86f9b7ff6a5'", "'northbound'", "'road'", "'2604'", "'230'",
      "now() + interval '4 hours'", "now()", "'CLEARED'", "'application/json'", "decode(:digest, 'hex')", ":rule_sets::text", "'2026-01-01'",
      "convert_to(:document, 'UTF8')", "decode(repeat(:digest, 4), 'hex')"}},
};

std::string filled(std::string script, const std::vector<std::string>& values) {
    for (std::size_t i = values.size(); i > 0; --i) {
        const std::string parameter = "$" + std::to_string(i) + "::";
        const std::string value = "ARRAY[" + values[i - 1] + "]::";
        for (std::size_t at = script.find(parameter); at != std::string::npos; at = script.find(parameter, at + value.size()))
            script.replace(at, parameter.size(), value);
    }
    return script;
}

}  // namespace

int main() {
    std::cout << "\\set i :i + 1\n\\set n :base + :client_id * 100000000 + :i\n\\startpipeline\n";
    for (const auto& [name, text] : puente::store::filing_statements()) std::cout << filled(text, expressions.at(name)) << ";\n";
    std::cout << "\\endpipeline\n";
}
