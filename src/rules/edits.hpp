#pragma once

#include <chrono>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "rules/document_edit.hpp"
#include "rules/vector_cases.hpp"

namespace puente::rules {

/// One change of a document in one place.
struct Step {
    Place place;  ///< empty: the moment of receipt
    nlohmann::json value;
    std::chrono::minutes lead{};
};

/// The changes that make one document of another: mostly one, sometimes two.
using Edit = std::vector<Step>;

/// Thinks up changes of documents around the places that one rule reads.
class EditMaker {
public:
    EditMaker(const VectorMaker::Inside& house, const Rule& rule);

    /// The changes of a document, the most telling first, by the field they change. `favoured` are the pointers where the rule finds fault.
    std::vector<std::deque<Edit>> of(const nlohmann::json& document, const std::vector<std::string>& favoured, LocalInstant arrival) const;

private:
    struct Setting;  ///< one document
    std::deque<Edit> at_place(const Setting& setting, const FieldRead& read, const Place& place) const;
    std::deque<Edit> grown_lists(const Setting& setting, const FieldRead& read) const;
    void add_lone_items(const FieldRead& read, const Place& place, const Place& inside, const nlohmann::json& item, std::deque<Edit>& made) const;
    FieldRead with_listed_numbers(const FieldRead& read) const;
    std::deque<Edit> arrivals(LocalInstant arrival) const;

    const VectorMaker::Inside& house_;
    const Rule& rule_;
    std::vector<FieldRead> reads_;
};

}  // namespace puente::rules
