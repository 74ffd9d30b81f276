#include "rules/neighbours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "puente/manifest/decimal.hpp"
#include "rules/text_neighbours.hpp"

namespace puente::rules {

namespace {

using nlohmann::json;
using namespace std::chrono;

/// Gathers values, each once, in the order of asking.
class Gathering {
public:
    void add(json value) {
        if (seen_.insert(value.dump(-1, ' ', false, json::error_handler_t::replace)).second) values_.push_back(std::move(value));
    }
    std::vector<json> take() { return std::move(values_); }

private:
    std::vector<json> values_;
    std::set<std::string> seen_;
};

constexpr std::size_t known_max = 6;
constexpr std::size_t codes_max = 6;
constexpr std::int64_t items_max = 12;

/// A code as the field holds it: the beginning of a longer number, or what follows a constant that the rule puts before it.
void add_code(const Neighbourhood& around, std::string_view code, Gathering& values) {
    const std::string text = around.value != nullptr && around.value->is_string() ? around.value->get<std::string>() : std::string{};
    for (const std::string& constant : around.read.texts) {
        if (constant.size() > 2 && code.starts_with(constant)) code.remove_prefix(constant.size());
    }
    if (code.find_first_not_of("0123456789") == std::string_view::npos && code.size() < text.size())
        values.add(std::string{code} + text.substr(code.size()));
    values.add(std::string{code});
}

/// Codes in force spread over the list, one for each different cell of its further columns (rules look those up too), some out of force.
void add_codes(const Neighbourhood& around, Gathering& values) {
    const sys_days day = floor<days>(around.arrival.at + around.arrival.offset);
    for (const std::string& name : around.read.lists) {
        const codes::CodeList* const list = around.lists.find(name);
        if (list == nullptr || list->size() == 0) continue;
        for (const std::string& constant : around.read.texts) {
            std::size_t found = 0;
            for (const codes::Entry& entry : *list) {
                if (constant.size() > 2 && entry.code().starts_with(constant) && found++ < codes_max) add_code(around, entry.code(), values);
            }
        }
        const std::size_t step = std::max<std::size_t>(1, list->size() / codes_max);
        for (std::size_t i = 0; i < list->size(); i += step) add_code(around, list->at(i).code(), values);
        for (std::size_t column = 5; column < list->columns().size(); ++column) {
            std::set<std::string_view> cells;
            for (const codes::Entry& entry : *list) {
                if (cells.size() < codes_max && entry.in_force(day) && cells.insert(entry.column(column)).second)
                    add_code(around, entry.code(), values);
            }
        }
        std::set<std::size_t> sizes;
        for (const codes::Entry& entry : *list) {
            if (sizes.insert(entry.code().size()).second) add_code(around, entry.code(), values);
        }
        std::size_t out_of_force = 0;
        for (const codes::Entry& entry : *list) {
            if (!entry.in_force(day) && out_of_force++ < 2) add_code(around, entry.code(), values);
        }
    }
}

void add_known(const Neighbourhood& around, Gathering& values) {
    for (std::size_t i = 0; i < std::min(known_max, around.known.size()); ++i) values.add(around.known[i]);
}

void add_texts(const Neighbourhood& around, Gathering& values) {
    const std::string text = around.value != nullptr ? around.value->get<std::string>()
                             : around.known.empty()  ? ""
                                                     : around.known[0].get<std::string>();
    for (const std::string& each : compared_texts(text, around.read.texts)) values.add(each);
    values.add(nullptr);
    for (const json* fellow : around.fellows) {
        if (fellow->is_string()) values.add(*fellow);
    }
    for (const std::string& each : moved_times(text, around)) values.add(each);
    for (const std::string& each : moved_decimals(text, around)) values.add(each);
    add_codes(around, values);
    for (const std::string& each : resized_texts(text, around.read.numbers)) values.add(each);
    add_known(around, values);
    for (const std::string& each : malformed_texts(text)) values.add(each);
}

void add_integers(const Neighbourhood& around, Gathering& values) {
    const std::int64_t number = around.value != nullptr ? around.value->get<std::int64_t>() : 1;
    for (const std::int64_t each : around.read.numbers) {
        for (const std::int64_t near : {each, each - 1, each + 1}) values.add(near);
    }
    for (const std::int64_t each : {number - 1, number + 1}) values.add(each);
    values.add(nullptr);
    for (const json* fellow : around.fellows) {
        if (!fellow->is_number_integer()) continue;
        for (const std::int64_t off : {-1, 0, 1}) values.add(fellow->get<std::int64_t>() - around.others(0) + off);
    }
    const auto year = static_cast<int>(year_month_day{floor<days>(around.arrival.at)}.year());
    for (const int each : {year + 1, year + 2, year}) values.add(each);
    for (const std::int64_t each : {number * 2, number * 10, std::int64_t{1}, std::int64_t{99'999}}) values.add(each);
    add_known(around, values);
}

void add_lists(const Neighbourhood& around, Gathering& values) {
    const json list = around.value != nullptr ? *around.value : json::array();
    values.add(nullptr);
    add_known(around, values);
    for (const std::string& text : around.read.texts) {
        values.add(json::array({text}));
        json longer = list;
        longer.push_back(text);
        if (list.empty() || list[0].is_string()) values.add(std::move(longer));
    }
    if (!list.empty()) {
        json shorter = list;
        shorter.erase(0);
        values.add(shorter);
        values.add(json::array({list[0]}));
        json longer = list;
        longer.push_back(list[0]);
        values.add(longer);
        json shuffled = list;
        std::swap(shuffled.front(), shuffled.back());
        values.add(shuffled);
    }
    for (const std::int64_t size : around.read.numbers) {
        for (const std::int64_t near : {size - 1, size, size + 1}) {
            if (near < 0 || near > items_max || list.empty()) continue;
            json resized = list;
            while (std::cmp_greater(resized.size(), near)) resized.erase(resized.size() - 1);
            while (std::cmp_less(resized.size(), near)) resized.push_back(list.back());
            values.add(resized);
        }
    }
    for (const json& other : around.known) {
        if (!other.is_array() || other.empty()) continue;
        json longer = list;
        longer.push_back(other[0]);
        values.add(std::move(longer));
    }
}

}  // namespace

std::vector<json> neighbours(const Neighbourhood& around) {
    const json* const like = around.value != nullptr ? around.value : around.known.empty() ? nullptr : &around.known[0];
    Gathering values;
    if (like != nullptr && like->is_number_integer()) {
        add_integers(around, values);
    } else if (like != nullptr && like->is_boolean()) {
        values.add(!like->get<bool>());
    } else if (like != nullptr && like->is_array()) {
        add_lists(around, values);
    } else if (like != nullptr && like->is_object()) {
        values.add(nullptr);
        add_known(around, values);
    } else if (like == nullptr || like->is_string()) {
        add_texts(around, values);
    }
    std::vector<json> made = values.take();
    std::erase_if(made, [&](const json& each) { return around.value != nullptr ? each == *around.value : each.is_null(); });
    return made;
}

std::int64_t Neighbourhood::others(int places) const {
    std::int64_t sum = 0;
    for (const json* sibling : siblings) {
        if (sibling->is_number_integer()) sum += sibling->get<std::int64_t>();
        if (sibling->is_string()) sum += manifest::scaled(sibling->get<std::string>(), places).value_or(0);
    }
    return sum;
}

std::string local_text(LocalInstant at) {
    const auto local = floor<seconds>(at.at + at.offset);
    const year_month_day date{floor<days>(local)};
    const hh_mm_ss time{local - floor<days>(local)};
    const auto offset = at.offset.count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(), time.seconds().count(),
                       offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
}

}  // namespace puente::rules
