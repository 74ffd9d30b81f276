#include "rules/text_neighbours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

#include "puente/manifest/decimal.hpp"
#include "rules/pattern_samples.hpp"

namespace puente::rules {

namespace {

using namespace std::chrono;

constexpr std::int64_t characters_max = 40;
constexpr std::size_t times_max = 12;

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_pattern(std::string_view text) {
    return text.find_first_of("^$[\\") != std::string_view::npos;
}

/// The next digit or letter, around the end of its alphabet.
char next_character(char c) {
    if (c == '9') return '0';
    if (c == 'Z') return 'A';
    if (c == 'z') return 'a';
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ? static_cast<char>(c + 1) : 'A';
}

std::string changed_case(const std::string& text, int (*change)(int)) {
    std::string changed;
    for (const char c : text) changed += static_cast<unsigned char>(c) < 0x80 ? static_cast<char>(change(static_cast<unsigned char>(c))) : c;
    return changed;
}

/// Places after the point of a decimal field, by the unit in its name.
int places_of_unit(const FieldPath& path) {
    if (path.back().ends_with("Kg") || path.back().ends_with("Km")) return 3;
    return path.back() == "amount" ? 2 : 6;
}

std::string decimal_text(std::int64_t scaled, int places) {
    std::int64_t unit = 1;
    for (int i = 0; i < places; ++i) unit *= 10;
    std::string text = std::to_string(scaled / unit);
    if (scaled % unit == 0) return text;
    text += fmt::format(".{:0{}}", scaled % unit, places);
    return text.substr(0, text.find_last_not_of('0') + 1);
}

/// The times of day, "06:30", in the code lists that the rule names, as minutes after midnight.
std::vector<minutes> listed_times(const Neighbourhood& around) {
    std::vector<minutes> times;
    for (const std::string& name : around.read.lists) {
        const codes::CodeList* const list = around.lists.find(name);
        for (std::size_t column = 5; list != nullptr && column < list->columns().size(); ++column) {
            for (const codes::Entry& entry : *list) {
                const std::string_view cell = entry.column(column);
                if (cell.size() != 5 || cell[2] != ':' || !all_digits(cell.substr(0, 2)) || !all_digits(cell.substr(3))) continue;
                const minutes time{(cell[0] - '0') * 600 + (cell[1] - '0') * 60 + (cell[3] - '0') * 10 + (cell[4] - '0')};
                if (times.size() < times_max && std::find(times.begin(), times.end(), time) == times.end()) times.push_back(time);
            }
        }
    }
    return times;
}

/// "184080h" in hours.
std::optional<hours> span_of(std::string_view text) {
    std::int64_t count = 0;
    if (text.empty() || text.back() != 'h' || !all_digits(text.substr(0, text.size() - 1))) return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size() - 1, count);
    return hours{count};
}

void add_days(sys_days day, std::vector<std::string>& texts) {
    for (const int off : {0, -1, 1}) texts.push_back(day_text(day + days{off}));
}

std::vector<std::string> moved_days(sys_days day, const Neighbourhood& around) {
    const sys_days arrival = floor<days>(around.arrival.at + around.arrival.offset);
    std::vector<std::string> texts;
    add_days(arrival, texts);
    for (const std::string& constant : around.read.texts) {
        if (const auto span = span_of(constant)) add_days(floor<days>(sys_time<hours>{arrival} - *span), texts);
        if (const auto date = parse_date(constant)) add_days(sys_days{*date}, texts);
    }
    for (const nlohmann::json* fellow : around.fellows) {
        if (!fellow->is_string()) continue;
        if (const auto date = parse_date(fellow->get<std::string>())) add_days(sys_days{*date}, texts);
    }
    for (const std::int64_t number : around.read.numbers) {
        if (number > 0 && number < 5000) add_days(arrival - days{number}, texts);
    }
    add_days(day, texts);
    for (const int years_off : {-1, 1, -20, 20}) texts.push_back(day_text(day + days{365 * years_off}));
    return texts;
}

std::vector<std::string> moved_moments(LocalInstant moment, const Neighbourhood& around) {
    std::vector<std::string> texts;
    const auto add_around = [&](Instant at) {
        for (const int off : {0, -1, 1}) texts.push_back(local_text({at + seconds{off}, moment.offset}));
    };
    add_around(around.arrival.at);
    for (const std::int64_t number : around.read.numbers) {
        if (number <= 0 || number > 100'000) continue;
        add_around(around.arrival.at - minutes{number});
        if (number < 5000) add_around(around.arrival.at - days{number});
    }
    for (const nlohmann::json* fellow : around.fellows) {
        if (!fellow->is_string()) continue;
        if (const auto at = parse_date_time(fellow->get<std::string>())) add_around(at->at);
        if (const auto day = parse_date(fellow->get<std::string>())) {
            for (const int off : {0, -1, 1}) texts.push_back(local_text({sys_days{*day} + days{off} - moment.offset + hours{12}, moment.offset}));
        }
    }
    const auto midnight = floor<days>(moment.at + moment.offset) - moment.offset;
    for (const minutes time : listed_times(around)) {
        for (const int off : {0, -1, 1}) texts.push_back(local_text({midnight + time + minutes{off}, moment.offset}));
    }
    for (int day = 1; day < 7; ++day) texts.push_back(local_text({moment.at + days{day}, moment.offset}));
    for (const int off : {-1, 1, -24, 24, -24 * 400, 24 * 400}) texts.push_back(local_text({moment.at + hours{off}, moment.offset}));
    for (const int off : {-1, 1}) texts.push_back(local_text({moment.at, moment.offset + hours{off}}));
    return texts;
}

}  // namespace

std::vector<std::string> compared_texts(const std::string& text, const std::vector<std::string>& constants) {
    std::vector<std::string> texts;
    std::vector<std::string> later;  // beside the constants themselves
    for (const std::string& constant : constants) {
        if (constant.empty()) continue;
        std::vector<std::string> meant = is_pattern(constant) ? pattern_samples(constant) : std::vector<std::string>{constant};
        for (const std::string& each : meant) {
            const bool begins = all_digits(each) && all_digits(text) && each.size() < text.size();
            if (begins) {
                const std::string rest = text.substr(each.size());
                texts.push_back(each + rest);
                std::int64_t number = 0;
                std::from_chars(each.data(), each.data() + each.size(), number);
                texts.push_back(each + std::string(rest.size(), '0'));
                if (number > 0) texts.push_back(fmt::format("{:0{}}{}", number - 1, each.size(), std::string(rest.size(), '9')));
            }
            (begins ? later : texts).push_back(each);
            if (!all_digits(each) && !text.empty() && text.size() + each.size() < characters_max) {
                later.push_back(each + text);
                later.push_back(text + " " + each);
            }
        }
    }
    texts.insert(texts.end(), later.begin(), later.end());
    return texts;
}

std::vector<std::string> malformed_texts(const std::string& text) {
    if (text.empty()) return {"X", "0", "XX00"};
    const std::size_t middle = text.size() / 2;
    std::string last = text;
    last.back() = next_character(last.back());
    std::string first = text;
    first.front() = next_character(first.front());
    std::string swapped = text;
    for (std::size_t i = swapped.size() - 1; i > 0; --i) {
        if (swapped[i] != swapped[i - 1]) {
            std::swap(swapped[i], swapped[i - 1]);
            break;
        }
    }
    std::string ends_in_x = text;
    ends_in_x.back() = 'X';
    std::string dashed = text;
    dashed[middle] = '-';
    std::string lettered = text;
    lettered[middle] = 'O';
    std::string digit = text;
    digit[middle] = next_character(digit[middle]);
    return {text.substr(0, text.size() - 1),
            text + "0",
            last,
            ends_in_x,
            changed_case(text, std::tolower),
            swapped,
            text.substr(1),
            text + "A",
            dashed,
            changed_case(text, std::toupper),
            lettered,
            digit,
            first,
            text.substr(0, middle) + " " + text.substr(middle),
            text.substr(0, middle) + "Ñ" + text.substr(middle),
            text.substr(0, text.size() - std::min<std::size_t>(2, text.size())),
            text + "00",
            text + text,
            std::string(text.size(), '0'),
            std::string(text.size(), '9'),
            std::string(text.size(), 'Z')};
}

std::vector<std::string> resized_texts(const std::string& text, const std::vector<std::int64_t>& sizes) {
    std::vector<std::string> texts;
    for (const std::int64_t size : sizes) {
        for (const std::int64_t near : {size, size - 1, size + 1}) {
            if (near <= 0 || near > characters_max) continue;
            std::string resized = text;
            resized.resize(static_cast<std::size_t>(near), all_digits(text) ? '0' : 'A');
            texts.push_back(resized);
        }
    }
    return texts;
}

std::vector<std::string> moved_times(const std::string& text, const Neighbourhood& around) {
    if (const auto date = parse_date(text)) return moved_days(sys_days{*date}, around);
    if (const auto moment = parse_date_time(text)) return moved_moments(*moment, around);
    return {};
}

std::vector<std::string> moved_decimals(const std::string& text, const Neighbourhood& around) {
    const int places = places_of_unit(around.read.path);
    const std::optional<std::int64_t> number = manifest::scaled(text, places);
    if (!number || (places == 6 && around.read.path.back() != "value")) return {};
    std::vector<std::int64_t> bases{*number};
    for (const nlohmann::json* fellow : around.fellows) {
        if (!fellow->is_string()) continue;
        if (const auto other = manifest::scaled(fellow->get<std::string>(), places)) bases.push_back(*other);
    }
    const std::int64_t others = around.others(places);
    std::vector<std::int64_t> wanted;
    for (const std::int64_t constant : around.read.numbers) {
        for (const std::int64_t off : {0, -1, 1}) wanted.push_back(constant - others + off);
        if (others != 0) wanted.push_back(constant);
    }
    for (const std::int64_t base : bases) {
        for (const std::int64_t constant : around.read.numbers) {
            for (const std::int64_t off : {0, 1, -1}) {
                wanted.push_back(base + constant + off);
                wanted.push_back(base - constant + off);
                if (constant > 1 && constant <= 1000) {
                    wanted.push_back(base + base / constant + off);
                    wanted.push_back(base - base / constant + off);
                    wanted.push_back(base * constant / (constant + 1) + off);
                    wanted.push_back(base * constant / (constant - 1) + off);
                }
            }
        }
        if (others != 0) wanted.push_back(base - others);
        for (const std::int64_t each : {base, base - 1, base + 1, base * 2, base / 2, base * 10, base / 10}) wanted.push_back(each);
    }
    wanted.push_back(0);
    wanted.push_back(99'999'999);
    std::vector<std::string> texts;
    for (const std::int64_t each : wanted) {
        if (each >= 0) texts.push_back(decimal_text(each, places));
    }
    return texts;
}

}  // namespace puente::rules
