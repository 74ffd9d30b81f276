#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace puente::test {

using Json = nlohmann::ordered_json;

/// Who looks at a load filed under the tests' rules (rules_for_tests): the fifth character of its trip number says it.
enum class Look : char {
    nobody = 'N',
    cbp_inspects = 'C',        ///< by a rule of severity inspect, which only CBP sees
    sat_inspects = 'S',        ///< the same of SAT
    both_inspect = 'B',        ///< by such rules and by risk points of both
    both_review = 'R',         ///< by review findings that everybody sees
    cbp_reviews_private = 'P'  ///< by a review finding that only CBP sees
};

/// Names in tests/samples without ".json": those that are clean, and those of a kind (".broken", ".malformed").
std::vector<std::string> clean_samples();
std::vector<std::string> samples_of_kind(const std::string& kind);
std::string sample_text(const std::string& name);

/// The sample under a document id and a trip number that no manifest of this program had before.
Json fresh(const std::string& sample = "produce-northbound", Look look = Look::nobody);
/// The same manifest in protobuf's binary form.
std::string protobuf_of(const std::string& json_text);
/// A manifest with `count` shipments.
Json with_shipments(Json document, std::size_t count);

std::string new_uuid();
/// A copy of rules/ in a new folder below `parent`: nothing drawn by lot, no rule that depends on the time of day, and the tests' own rules.
std::string rules_for_tests(const std::string& parent);

}  // namespace puente::test
