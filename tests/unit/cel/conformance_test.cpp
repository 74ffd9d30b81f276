// Runs the conformance cases of cel-spec (tests/conformance/cel/SOURCES.md) through evaluate_line.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "puente/cel/lines.hpp"
#include "puente/cel/program.hpp"

namespace puente::cel {
namespace {

using nlohmann::json;

const std::string folder = std::string{PUENTE_SOURCE_DIR} + "/tests/conformance/cel/";

std::string name_of(const json& line) {
    return line["file"].get<std::string>() + "/" + line["section"].get<std::string>() + "/" + line["name"].get<std::string>();
}

bool same_double(const json& left, const json& right) {
    if (!left.is_number() || !right.is_number()) return left == right;
    return left.get<double>() == right.get<double>() && std::signbit(left.get<double>()) == std::signbit(right.get<double>());
}

/// Maps may list their entries in any order.
bool same_value(const json& left, const json& right) {
    if (left.contains("doubleValue") && right.contains("doubleValue")) return same_double(left["doubleValue"], right["doubleValue"]);
    if (left.contains("listValue") && right.contains("listValue")) {
        const json a = left["listValue"].value("values", json::array());
        const json b = right["listValue"].value("values", json::array());
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_value);
    }
    if (left.contains("mapValue") && right.contains("mapValue")) {
        const json a = left["mapValue"].value("entries", json::array());
        const json b = right["mapValue"].value("entries", json::array());
        const auto same_entry = [](const json& x, const json& y) { return same_value(x["key"], y["key"]) && same_value(x["value"], y["value"]); };
        return std::is_permutation(a.begin(), a.end(), b.begin(), b.end(), same_entry);
    }
    return left == right;
}

bool agrees(const json& line, const json& answer) {
    if (line.value("error", false)) return answer.contains("error");
    return answer.contains("value") && same_value(answer["value"], line["value"]);
}

void run_file(const std::string& name) {
    const json deviations = json::parse(std::ifstream{folder + "deviations.json"}).at(name);
    std::ifstream file{folder + name};
    ASSERT_TRUE(file) << name;
    std::size_t passed = 0;
    std::size_t deviating = 0;
    for (std::string text; std::getline(file, text);) {
        const json line = json::parse(text);
        const json answer = json::parse(evaluate_line(text));
        const bool listed = deviations.contains(name_of(line));
        const bool right = agrees(line, answer);
        EXPECT_NE(right, listed) << name_of(line) << "\n  " << line["expr"].get<std::string>() << "\n  gave " << answer << "\n  wanted "
                                 << (line.value("error", false) ? json("an error") : line["value"])
                                 << (listed ? "\n  (listed as a deviation, but it agrees now)" : "");
        right ? ++passed : ++deviating;
    }
    std::cout << name << ": " << passed << " passed, " << deviating << " deviating\n";
    EXPECT_GT(passed, 0U);
}

TEST(Conformance, agrees_with_the_core_cases) {
    run_file("core.jsonl");
}

TEST(Conformance, agrees_with_more_of_the_public_suite) {
    run_file("more.jsonl");
}

TEST(Conformance, deduces_the_types_of_the_reference_checker) {
    std::ifstream file{folder + "types.jsonl"};
    ASSERT_TRUE(file);
    const Environment environment;
    std::size_t checked = 0;
    for (std::string text; std::getline(file, text); ++checked) {
        const json line = json::parse(text);
        const Compiled compiled = compile(line["expr"].get<std::string>(), environment);
        ASSERT_TRUE(compiled.ok()) << line << "\n  " << compiled.faults.front().text;
        EXPECT_EQ(to_text(*compiled.program.result_type()), line["type"].get<std::string>()) << line["expr"];
    }
    EXPECT_GT(checked, 1000U);
}

TEST(Conformance, gives_a_reason_for_every_deviation) {
    const json deviations = json::parse(std::ifstream{folder + "deviations.json"});
    for (const json& of_file : deviations)
        for (const auto& [name, reason] : of_file.items()) EXPECT_GT(reason.get<std::string>().size(), 10U) << name;
}

}  // namespace
}  // namespace puente::cel
