#pragma once

#include <string_view>

namespace puente::identifiers {

/// The number of a dangerous substance: four digits, alone or after UN or NA. Source: 49 CFR 172.101; UN Model Regulations 3.2.
bool un_number_is_well_formed(std::string_view text);

/// The four digits alone; empty when not well formed. A view into `text`.
std::string_view un_number_digits(std::string_view text);

}  // namespace puente::identifiers
