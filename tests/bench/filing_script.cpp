// Prints the gateway's own filing statement as a pgbench script that files one manifest per transaction. Variables of the script: base, client,
// document, answer, headers, rule_sets, digest (see tests/bench/end-to-end).
#include <array>
#include <iostream>
#include <string>

#include "puente/store/filing.hpp"

namespace {

/// What stands for $1, $2 ... of the statement: arrays of one element.
constexpr std::array expressions{
    ":client::text", "'bench-' || (:n)::text", "decode(:digest, 'hex')", "201", "convert_to(:answer, 'UTF8')", ":headers::text", "lpad(to_hex((:n)::bigint), 32, '0')::uuid",
    "lpad(to_hex((:n)::bigint), 32, '0')::uuid", "'bench'", "'TSTA'", "'TSTA' || (:n)::text", "'795abab1-1f56-587f-8043-e86f9b7ff6a5'", "'northbound'", "'road'", "'2604'", "'230'",
    "now() + interval '4 hours'", "now()", "'CLEARED'", "'application/json'", "decode(:digest, 'hex')", ":rule_sets::text", "'2026-01-01'", "convert_to(:document, 'UTF8')"};

}  // namespace

int main() {
    std::cout << "\\set i :i + 1\n\\set n :base + :client_id * 100000000 + :i\n";
    for (const auto& [name, text] : puente::store::filing_statements()) {
        std::string script = text;
        for (std::size_t i = expressions.size(); i > 0; --i) {
            const std::string parameter = "$" + std::to_string(i) + "::";
            const std::string value = std::string{"ARRAY["} + expressions[i - 1] + "]::";
            for (std::size_t at = script.find(parameter); at != std::string::npos; at = script.find(parameter, at + value.size())) script.replace(at, parameter.size(), value);
        }
        std::cout << script << ";\n";
    }
}
