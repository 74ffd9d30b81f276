#include <algorithm>
#include <array>

#include "puente/identifiers/ace_id.hpp"
#include "puente/identifiers/caat.hpp"
#include "puente/identifiers/container.hpp"
#include "puente/identifiers/control_number.hpp"
#include "puente/identifiers/curp.hpp"
#include "puente/identifiers/duns.hpp"
#include "puente/identifiers/ein.hpp"
#include "puente/identifiers/entry_number.hpp"
#include "puente/identifiers/fast_card.hpp"
#include "puente/identifiers/hs_code.hpp"
#include "puente/identifiers/id_ccp.hpp"
#include "puente/identifiers/importer_number.hpp"
#include "puente/identifiers/in_bond.hpp"
#include "puente/identifiers/itn.hpp"
#include "puente/identifiers/lei.hpp"
#include "puente/identifiers/mid.hpp"
#include "puente/identifiers/patente.hpp"
#include "puente/identifiers/pedimento.hpp"
#include "puente/identifiers/plate.hpp"
#include "puente/identifiers/rfc.hpp"
#include "puente/identifiers/scac.hpp"
#include "puente/identifiers/seal.hpp"
#include "puente/identifiers/trip_number.hpp"
#include "puente/identifiers/usdot.hpp"
#include "puente/identifiers/vin.hpp"
#include "puente/instant.hpp"
#include "puente/manifest/decimal.hpp"
#include "puente/uuid.hpp"
#include "rules/bind.hpp"

namespace puente::rules {

namespace {

using cel::Arena;
using cel::Value;
using Arguments = std::span<const Value>;
namespace id = identifiers;

/// A CEL function of one text that asks a question.
template <bool (*... questions)(std::string_view)>
Value all_of(Arguments arguments, Arena&) {
    return Value::boolean((questions(arguments[0].as_text()) && ...));
}

bool uuid_is_well_formed(std::string_view text) { return Uuid::parse(text).has_value(); }

/// Letters of any script count: a byte above ASCII belongs to one.
bool has_letters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; });
}

/// A part of a pedimento number, empty when the number is malformed.
template <std::string_view (id::Pedimento::*part)() const>
Value pedimento_part(Arguments arguments, Arena& arena) {
    const std::optional<id::Pedimento> number = id::Pedimento::parse(arguments[0].as_text());
    return Value::string(number ? arena.keep(((*number).*part)()) : std::string_view{});
}

Value itn_day(Arguments arguments, Arena& arena) {
    const std::optional<std::string> day = id::itn_date(arguments[0].as_text());
    return Value::string(day ? arena.keep(*day) : std::string_view{});
}

/// A decimal text in whole 10^-places units, -1 when it is none.
template <int places>
Value scaled_decimal(Arguments arguments, Arena&) {
    return Value::integer(manifest::scaled(arguments[0].as_text(), places).value_or(-1));
}

Value midnight(Arguments arguments, Arena&) {
    const std::optional<std::chrono::year_month_day> date = parse_date(arguments[0].as_text());
    if (!date) return Value::error("day() needs a YYYY-MM-DD text");
    const std::chrono::sys_seconds at = std::chrono::sys_days{*date};
    return Value::timestamp(at.time_since_epoch().count(), 0);
}

struct TextFunction {
    const char* name;
    cel::Function function;
};

/// Questions about one text. Sources of the algorithms stand in the identifiers room.
constexpr std::array questions{
    TextFunction{"aceId.isValid", all_of<id::ace_id_is_well_formed>},
    TextFunction{"caat.isValid", all_of<id::caat_is_well_formed>},
    TextFunction{"controlNumber.isValid", all_of<id::control_number_is_well_formed>},
    TextFunction{"curp.isWellFormed", all_of<id::curp_is_well_formed>},
    TextFunction{"curp.isValid", all_of<id::curp_is_well_formed, id::curp_check_digit_agrees>},
    TextFunction{"duns.isValid", all_of<id::duns_is_well_formed>},
    TextFunction{"ein.isValid", all_of<id::ein_is_well_formed>},
    TextFunction{"entry.isWellFormed", all_of<id::entry_number_is_well_formed>},
    TextFunction{"entry.isValid", all_of<id::entry_number_is_well_formed, id::entry_number_check_digit_agrees>},
    TextFunction{"fast.isValid", all_of<id::fast_card_is_well_formed>},
    TextFunction{"hs.isValid", all_of<id::hs_code_is_well_formed>},
    TextFunction{"idCcp.isValid", all_of<id::id_ccp_is_well_formed>},
    TextFunction{"importer.isValid", all_of<id::importer_number_is_well_formed>},
    TextFunction{"inBond.isWellFormed", all_of<id::in_bond_is_well_formed>},
    TextFunction{"inBond.isValid", all_of<id::in_bond_is_well_formed, id::in_bond_check_digit_agrees>},
    TextFunction{"iso6346.isWellFormed", all_of<id::container_is_well_formed>},
    TextFunction{"iso6346.isValid", all_of<id::container_is_well_formed, id::container_check_digit_agrees>},
    TextFunction{"iso6346.isDiscouraged", all_of<id::container_uses_discouraged_serial>},
    TextFunction{"itn.isValid", all_of<id::itn_is_well_formed>},
    TextFunction{"lei.isWellFormed", all_of<id::lei_is_well_formed>},
    TextFunction{"lei.isValid", all_of<id::lei_is_well_formed, id::lei_check_digits_agree>},
    TextFunction{"mid.isValid", all_of<id::mid_is_well_formed>},
    TextFunction{"patente.isValid", all_of<id::patente_is_well_formed>},
    TextFunction{"pedimento.isWellFormed", all_of<id::pedimento_is_well_formed>},
    TextFunction{"pedimento.isValid", all_of<id::pedimento_is_well_formed>},
    TextFunction{"plate.isValid", all_of<id::plate_is_well_formed>},
    TextFunction{"rfc.isWellFormed", all_of<id::rfc_is_well_formed>},
    TextFunction{"rfc.isValid", all_of<id::rfc_is_well_formed, id::rfc_check_digit_agrees>},
    TextFunction{"rfc.isGeneric", all_of<id::rfc_is_generic>},
    TextFunction{"rfc.isCompany", all_of<id::rfc_is_company>},
    TextFunction{"scac.isValid", all_of<id::scac_is_four_letters>},
    TextFunction{"scac.isReserved", all_of<id::scac_has_reserved_suffix>},
    TextFunction{"seal.isValid", all_of<id::seal_is_well_formed>},
    TextFunction{"text.hasLetters", all_of<has_letters>},
    TextFunction{"tripNumber.isValid", all_of<id::trip_number_is_well_formed>},
    TextFunction{"usdot.isValid", all_of<id::usdot_is_well_formed>},
    TextFunction{"uuid.isValid", all_of<uuid_is_well_formed>},
    TextFunction{"vin.isWellFormed", all_of<id::vin_is_well_formed>},
    TextFunction{"vin.isValid", all_of<id::vin_is_well_formed, id::vin_check_digit_agrees>},
    TextFunction{"vin.isNorthAmerican", all_of<id::vin_check_digit_binds>},
};

/// Parts of one text, as text.
constexpr std::array parts{
    TextFunction{"itn.date", itn_day},
    TextFunction{"pedimento.office", pedimento_part<&id::Pedimento::office>},
    TextFunction{"pedimento.patente", pedimento_part<&id::Pedimento::patente>},
    TextFunction{"pedimento.sequence", pedimento_part<&id::Pedimento::sequence>},
    TextFunction{"pedimento.year", pedimento_part<&id::Pedimento::year2>},
    TextFunction{"pedimento.yearDigit", pedimento_part<&id::Pedimento::year_digit>},
};

/// Decimal texts as whole numbers of small units, so that sums are exact.
constexpr std::array measures{
    TextFunction{"cents", scaled_decimal<2>},
    TextFunction{"grams", scaled_decimal<3>},
    TextFunction{"micros", scaled_decimal<6>},
};

}  // namespace

void add_domain_functions(cel::Environment& environment) {
    for (const TextFunction& each : questions) environment.add_function(each.name, {cel::string_type()}, cel::boolean_type(), each.function);
    for (const TextFunction& each : parts) environment.add_function(each.name, {cel::string_type()}, cel::string_type(), each.function);
    for (const TextFunction& each : measures) environment.add_function(each.name, {cel::string_type()}, cel::integer_type(), each.function);
    environment.add_function("day", {cel::string_type()}, cel::timestamp_type(), midnight);
}

}  // namespace puente::rules
