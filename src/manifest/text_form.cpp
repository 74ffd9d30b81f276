#include "manifest/text_form.hpp"

#include <cstring>

#include "manifest/fault_texts.hpp"
#include "puente/instant.hpp"
#include "puente/uuid.hpp"

namespace puente::manifest {

namespace {

constexpr std::uint64_t ones = 0x0101010101010101;
constexpr std::uint64_t tops = 0x8080808080808080;

/// What a text is made of. Code points, not bytes, are counted.
struct Makeup {
    std::size_t characters = 0;
    bool control = false;
    bool blank_at_an_end = false;
};

/// White space as regular expressions of ECMAScript know it (\s), so that the JSON Schema says the same.
bool is_blank(char32_t character) {
    return character == ' ' || (character >= 0x09 && character <= 0x0d) || character == 0xa0 || character == 0x1680 ||
           (character >= 0x2000 && character <= 0x200a) || character == 0x2028 || character == 0x2029 || character == 0x202f || character == 0x205f ||
           character == 0x3000 || character == 0xfeff;
}

/// Reads the character at `at` and moves past it. The text is known to be well-formed.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
    const char32_t first = byte(at);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t character = length == 1 ? first : first & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) character = character << 6 | (byte(at + i) & 0x3f);
    at += length;
    return character;
}

Makeup makeup_of(std::string_view text) {
    if (is_plain(text)) return {text.size(), false, text.front() == ' ' || text.back() == ' '};
    Makeup makeup;
    char32_t character = 0;
    for (std::size_t at = 0; at < text.size();) {
        character = next_character(text, at);
        if (++makeup.characters == 1) makeup.blank_at_an_end = is_blank(character);
        makeup.control = makeup.control || character < 0x20 || (character >= 0x7f && character <= 0x9f);
    }
    makeup.blank_at_an_end = makeup.blank_at_an_end || is_blank(character);
    return makeup;
}

void check_length(std::size_t characters, const FieldFormat& format, const Place& place, Faults& faults) {
    if (characters < static_cast<std::size_t>(format.min_length)) faults.add(place, [&] { return too_short(characters, format.min_length); });
    if (characters > static_cast<std::size_t>(format.max_length)) faults.add(place, [&] { return too_long(characters, format.max_length); });
}

void check_free_text(std::string_view text, const FieldFormat& format, const Place& place, Faults& faults) {
    const Makeup makeup = makeup_of(text);
    if (makeup.control) faults.add(place, control_character);
    if (makeup.blank_at_an_end) faults.add(place, not_trimmed);
    check_length(makeup.characters, format, place, faults);
}

void check_decimal(std::string_view text, const FieldFormat& format, const Place& place, Faults& faults) {
    std::size_t at = 0;
    std::size_t places = 0;
    const auto digits = [&] {
        const std::size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - first;
    };
    const std::size_t whole = digits();
    bool well_formed = whole != 0 && (whole == 1 || text[0] != '0');
    if (well_formed && at < text.size() && text[at] == '.') {
        ++at;
        places = digits();
        well_formed = places != 0;
    }
    if (!well_formed || at != text.size()) {
        faults.add(place, [&] { return bad_decimal(format.decimals); });
        return;
    }
    if (places > static_cast<std::size_t>(format.decimals)) faults.add(place, [&] { return too_many_places(places, format.decimals); });
    check_length(text.size(), format, place, faults);
}

}  // namespace

bool is_plain(std::string_view text) {
    const char* at = text.data();
    std::size_t left = text.size();
    std::uint64_t word = 0;
    for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t below_blank = (word - ones * 0x20) & ~word;
        const std::uint64_t is_delete = ((word ^ ones * 0x7f) - ones) & ~(word ^ ones * 0x7f);
        if (((word | below_blank | is_delete) & tops) != 0) return false;
    }
    for (; left != 0; ++at, --left) {
        if (*at < 0x20 || *at == 0x7f) return false;
    }
    return true;
}

void check_text(std::string_view text, const FieldFormat& format, const Place& place, Faults& faults) {
    if (text.empty()) {
        faults.add(place, empty_text);
        return;
    }
    switch (format.form) {
        case TextForm::text:
            check_free_text(text, format, place, faults);
            return;
        case TextForm::decimal:
            check_decimal(text, format, place, faults);
            return;
        case TextForm::date:
            if (!parse_date(text)) faults.add(place, bad_date);
            return;
        case TextForm::date_time:
            if (!parse_date_time(text)) {
                faults.add(place, bad_date_time);
            } else {
                check_length(text.size(), format, place, faults);
            }
            return;
        case TextForm::uuid:
            if (!Uuid::parse(text)) faults.add(place, bad_uuid);
            return;
    }
}

void check_integer(std::int64_t value, const FieldFormat& format, const Place& place, Faults& faults) {
    if (value < format.minimum || value > format.maximum) faults.add(place, [&] { return out_of_range(format.minimum, format.maximum); });
}

void check_items(std::size_t items, const FieldFormat& format, const Place& place, Faults& faults) {
    if (items < static_cast<std::size_t>(format.min_items)) faults.add(place, [&] { return too_few_items(items, format.min_items); });
    if (items > static_cast<std::size_t>(format.max_items)) faults.add(place, [&] { return too_many_items(format.max_items); });
}

}  // namespace puente::manifest
