#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "manifest/faults.hpp"
#include "manifest/plan.hpp"

namespace puente::manifest {

/// What a JSON value is, by its first character.
enum class JsonKind : std::uint8_t { object, list, text, number, boolean, null };

// One function for each fault code: what is wrong and what is expected, in both languages. Nothing from the document is repeated in them.

Said unknown_field(std::string_view name, const MessagePlan& plan);
Said unknown_number(std::uint64_t number);
Said missing_field();
Said wrong_type(const FieldPlan& expected, bool list, JsonKind found);
Said not_an_object(JsonKind found);
Said duplicate_field();
Said not_canonical();
Said null_value();
Said empty_text();
Said too_short(std::size_t characters, int least);
Said too_long(std::size_t characters, int most);
Said not_trimmed();
Said control_character();
Said bad_decimal(int places);
Said too_many_places(std::size_t places, int most);
Said bad_date();
Said bad_date_time();
Said bad_uuid();
Said out_of_range(std::int64_t least, std::int64_t most);
Said number_out_of_range();
Said not_integer();
Said too_few_items(std::size_t items, int least);
Said too_many_items(int most);
Said too_many_values(std::size_t most);
Said too_deep(std::size_t most);
Said lone_surrogate();
Said nul_in_text();
Said too_large(std::size_t most);
Said not_protobuf();
Said wrong_wire_type();
Said text_not_utf8();
Said no_kind();
Said empty_document();

/// Faults of the bytes themselves, by the offset of the first byte at fault.
Said byte_order_mark();
Said nul_byte(std::size_t offset);
Said not_utf8(std::size_t offset);
Said not_json(std::size_t offset, std::string_view en, std::string_view es);
Said trailing_text(std::size_t offset);

/// The known name that is nearest to a mistyped one; empty when none is near.
std::string_view nearest_name(std::string_view name, const MessagePlan& plan);

}  // namespace puente::manifest
