#include "rules/edits.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "puente/manifest/decimal.hpp"
#include "rules/neighbours.hpp"
#include "rules/text_neighbours.hpp"

namespace puente::rules {

namespace {

using nlohmann::json;
using namespace std::chrono;

constexpr std::size_t places_of_one_field = 2;
constexpr std::size_t known_items_max = 5;
constexpr std::size_t everywhere_max = 8;  ///< items changed at once
constexpr std::size_t everywhere_edits_max = 6;

/// The lists that the rule walks over are read too, as lists.
void add_loop_lists(std::vector<FieldRead>& reads) {
    std::vector<FieldPath> lists;
    for (const FieldRead& read : reads) {
        for (std::size_t i = 1; i < read.path.size(); ++i) {
            FieldPath list{read.path.begin(), read.path.begin() + static_cast<std::ptrdiff_t>(i)};
            const bool known = std::any_of(reads.begin(), reads.end(), [&](const FieldRead& each) { return each.path == list; });
            if (list.back() != "*" && !known && std::find(lists.begin(), lists.end(), list) == lists.end()) lists.push_back(std::move(list));
        }
    }
    for (FieldPath& list : lists) reads.push_back({std::move(list), {}, {}, {}, {}});
}

/// Receipt at the leads that the rule names and one minute beside them.
std::deque<Edit> receipts(const FieldRead& read) {
    std::deque<Edit> made;
    for (const std::int64_t number : read.numbers) {
        for (const std::int64_t off : {0, -1, 1})
            made.push_back({
                Step{{}, nullptr, minutes{number + off}}
            });
    }
    for (const int lead : {0, -1, 1, 29, 30, 59, 60, 119, 120, 1440, 100'000})
        made.push_back({
            Step{{}, nullptr, minutes{lead}}
        });
    return made;
}

/// The first of some changes made in every place at once, so that no other item hides what they do.
std::deque<Edit> everywhere(const std::deque<Edit>& edits, const std::vector<Place>& places) {
    std::deque<Edit> made;
    for (std::size_t i = 0; i < std::min(everywhere_edits_max, edits.size()) && places.size() > 1; ++i) {
        Edit edit;
        for (const Place& place : places) edit.push_back({place, edits[i][0].value});
        made.push_back(std::move(edit));
    }
    return made;
}

}  // namespace

struct EditMaker::Setting {
    const json& document;
    const std::vector<std::string>& favoured;
    LocalInstant arrival;
};

EditMaker::EditMaker(const VectorMaker::Inside& house, const Rule& rule) : house_{house}, rule_{rule}, reads_{fields_read(rule)} {
    add_loop_lists(reads_);
}

std::vector<std::deque<Edit>> EditMaker::of(const json& document, const std::vector<std::string>& favoured, LocalInstant arrival) const {
    const Setting setting{document, favoured, arrival};
    std::vector<std::deque<Edit>> fields;
    for (const FieldRead& read : reads_) {
        if (read.path == receipt_path) {
            fields.push_back(receipts(with_listed_numbers(read)));
            continue;
        }
        std::deque<Edit> first;
        for (const Place& place : places_of(read.path, document, favoured, places_of_one_field)) {
            fields.push_back(at_place(setting, read, place));
            if (first.empty()) first = fields.back();
        }
        const auto star = std::find(read.path.rbegin(), read.path.rend(), "*");
        if (star == read.path.rend()) continue;
        fields.push_back(grown_lists(setting, read));
        const FieldPath list{read.path.begin(), star.base() - 1};
        std::deque<Edit> grown = everywhere(fields.back(), places_of(list, document, favoured, everywhere_max));
        std::deque<Edit> changed = everywhere(first, places_of(read.path, document, favoured, everywhere_max));
        fields.push_back(std::move(changed));
        fields.push_back(std::move(grown));
    }
    fields.push_back(arrivals(arrival));
    return fields;
}

std::deque<Edit> EditMaker::at_place(const Setting& setting, const FieldRead& read, const Place& place) const {
    static const std::vector<json> nothing;
    std::vector<const json*> fellows;
    for (const FieldPath& fellow : read.fellows) {
        for (const Place& other : places_of(fellow, setting.document, setting.favoured, places_of_one_field)) {
            if (const json* const value = value_at(setting.document, other)) fellows.push_back(value);
        }
    }
    const auto known = house_.known_values.find(read.path);
    const FieldRead wider = with_listed_numbers(read);
    const Neighbourhood around{value_at(setting.document, place),
                               wider,
                               std::move(fellows),
                               known == house_.known_values.end() ? nothing : known->second,
                               *house_.rulebook->lists,
                               setting.arrival,
                               siblings_of(setting.document, place, read.path)};
    std::deque<Edit> made;
    for (json& value : neighbours(around))
        made.push_back({
            Step{place, std::move(value)}
        });
    return made;
}

/// Numbers that stand in the rows of code lists which the rule names, such as thresholds; as they are and in hundredths.
FieldRead EditMaker::with_listed_numbers(const FieldRead& read) const {
    FieldRead wider = read;
    for (const std::string& name : read.lists) {
        const codes::CodeList* const list = house_.rulebook->lists->find(name);
        for (const std::string& text : read.texts) {
            const codes::Entry* const entry = list == nullptr ? nullptr : list->find_ever(text);
            for (std::size_t column = 5; entry != nullptr && column < list->columns().size(); ++column) {
                const std::optional<std::int64_t> number = manifest::scaled(entry->column(column), 0);
                if (number && *number > 0) wider.numbers.insert(wider.numbers.begin(), {*number, *number * 100});
            }
        }
    }
    return wider;
}

/// One more item in a list, with the field at what the rule compares it with: the way to satisfy an `exists`.
std::deque<Edit> EditMaker::grown_lists(const Setting& setting, const FieldRead& read) const {
    std::deque<Edit> made;
    const auto star = std::find(read.path.rbegin(), read.path.rend(), "*");
    if (star == read.path.rend()) return made;
    const FieldPath items{read.path.begin(), star.base()};
    const FieldPath list{items.begin(), items.end() - 1};
    const Place inside{star.base(), read.path.end()};
    const auto known = house_.known_values.find(items);
    if (known == house_.known_values.end()) return made;
    for (const Place& place : places_of(list, setting.document, setting.favoured, places_of_one_field)) {
        const json* const here = value_at(setting.document, place);
        if (here != nullptr && here->is_array() && !here->empty() && !inside.empty()) {
            json without = here->at(0);
            put(without, inside, nullptr);
            json longer = *here;
            longer.push_back(std::move(without));
            made.push_back({
                Step{place, std::move(longer)}
            });
            add_lone_items(read, place, inside, here->at(0), made);
        }
        for (const std::string& text : compared_texts("", read.texts)) {
            for (std::size_t i = 0; i < std::min(known_items_max, known->second.size()); ++i) {
                json item = known->second[i];
                if (inside.empty() ? !item.is_string() : !item.is_object()) continue;
                if (inside.empty()) item = text;
                if (!inside.empty()) put(item, inside, text);
                json longer = here != nullptr && here->is_array() ? *here : json::array();
                longer.push_back(std::move(item));
                made.push_back({
                    Step{place, std::move(longer)}
                });
            }
        }
    }
    return made;
}

/// The list with one item only, which carries the whole of a sum that the rule limits.
void EditMaker::add_lone_items(const FieldRead& read, const Place& place, const Place& inside, const json& item, std::deque<Edit>& made) const {
    const json* const value = value_at(item, inside);
    if (value == nullptr || !value->is_string()) return;
    const FieldRead wider = with_listed_numbers(read);
    static const std::vector<json> nothing;
    const Neighbourhood around{value, wider, {}, nothing, *house_.rulebook->lists, {}};
    for (const std::string& text : moved_decimals(value->get<std::string>(), around)) {
        json lone = item;
        put(lone, inside, text);
        made.push_back({
            Step{place, json::array({std::move(lone)})}
        });
    }
}

/// Arrival on the days around the first and the last on which the rule is in force, at the same hour.
std::deque<Edit> EditMaker::arrivals(LocalInstant arrival) const {
    std::deque<Edit> made;
    const sys_days today = floor<days>(arrival.at + arrival.offset);
    for (const std::optional<sys_days>& bound : {rule_.effective.from, rule_.effective.until}) {
        if (!bound) continue;
        for (const int off : {0, -1, 1}) {
            made.push_back({
                Step{{"trip", "estimatedArrival"}, local_text({arrival.at + (*bound + days{off} - today), arrival.offset})}
            });
        }
    }
    return made;
}

}  // namespace puente::rules
