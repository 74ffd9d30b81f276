#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace puente::identifiers {

/// The number of a Mexican customs declaration: 15 digits, no check digit. Source: Anexo 22 of the RGCE, field "Num. de pedimento".
class Pedimento {
public:
    /// Reads 15 digits, or the 21 characters printed on invoices ("26  24  3420  6000123"); nothing otherwise.
    static std::optional<Pedimento> parse(std::string_view text);

    /// The 15 digits.
    std::string_view digits() const { return {digits_.data(), digits_.size()}; }
    /// Year of validation, two digits.
    std::string_view year2() const { return digits().substr(0, 2); }
    /// Customs office, two digits (Apéndice 1).
    std::string_view office() const { return digits().substr(2, 2); }
    /// The broker's licence, four digits.
    std::string_view patente() const { return digits().substr(4, 4); }
    /// Last digit of the running year; differs from the year's for consolidated and rectified declarations only.
    std::string_view year_digit() const { return digits().substr(8, 1); }
    /// Number within broker, office and year, six digits.
    std::string_view sequence() const { return digits().substr(9, 6); }
    /// The 21-character form with two blanks between its parts.
    std::string printed() const;

private:
    explicit Pedimento(const std::array<char, 15>& digits) : digits_{digits} {}
    std::array<char, 15> digits_;
};

/// Whether Pedimento::parse would read it.
bool pedimento_is_well_formed(std::string_view text);

/// The 15 digits, whatever blanks and hyphens stand between them; nothing when there are not exactly 15 digits or anything else is in it.
std::optional<std::string> canonical_pedimento(std::string_view text);

}  // namespace puente::identifiers
