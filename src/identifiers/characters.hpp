#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace puente::identifiers {

/// The alphabets that identifiers are written in: ASCII only, independent of any locale.
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_capital_or_digit(char c) {
    return is_capital(c) || is_digit(c);
}
constexpr bool is_letter_or_digit(char c) {
    return is_capital_or_digit(c) || (c >= 'a' && c <= 'z');
}

/// Whether `text` has from `least` to `most` characters and all of them are in the alphabet.
template <class Alphabet>
constexpr bool consists_of(std::string_view text, std::size_t least, std::size_t most, Alphabet alphabet) {
    return text.size() >= least && text.size() <= most && std::all_of(text.begin(), text.end(), alphabet);
}

/// The value of a digit; the caller has checked that it is one.
constexpr unsigned digit_value(char c) {
    return static_cast<unsigned>(c - '0');
}

/// The value of two digits; the caller has checked that they are.
constexpr unsigned two_digits(std::string_view text) {
    return digit_value(text[0]) * 10 + digit_value(text[1]);
}

/// Whether that day exists in the proleptic Gregorian calendar.
constexpr bool is_real_day(int year, unsigned month, unsigned day) {
    return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}}.ok();
}

/// Whether YYMMDD is a real day in the twentieth or the twenty-first century.
constexpr bool is_real_day_of_either_century(std::string_view yymmdd) {
    const int year = static_cast<int>(two_digits(yymmdd));
    const unsigned month = two_digits(yymmdd.substr(2));
    const unsigned day = two_digits(yymmdd.substr(4));
    return is_real_day(1900 + year, month, day) || is_real_day(2000 + year, month, day);
}

}  // namespace puente::identifiers
