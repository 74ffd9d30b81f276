#include "manifest/fault_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace puente::manifest {

namespace {

struct Word {
    const char* en;
    const char* es;
};

Word word_of(JsonKind kind) {
    switch (kind) {
        case JsonKind::object:
            return {"an object", "un objeto"};
        case JsonKind::list:
            return {"a list", "una lista"};
        case JsonKind::text:
            return {"a text", "un texto"};
        case JsonKind::number:
            return {"a number", "un número"};
        case JsonKind::boolean:
            return {"true or false", "verdadero o falso"};
        case JsonKind::null:
            return {"null", "null"};
    }
    return {"", ""};
}

Word expected_word(const FieldPlan& field, bool list) {
    if (list) return {"a list", "una lista"};
    if (field.access->shape == FieldShape::integer) return {"a whole number", "un número entero"};
    if (field.access->shape == FieldShape::message) return {"an object", "un objeto"};
    if (field.format->form == TextForm::decimal) return {"a decimal number as text", "un número decimal como texto"};
    return {"a text", "un texto"};
}

constexpr std::size_t longest_compared = 40;

/// Insertions, deletions and replacements between two names (Levenshtein), by rows.
std::size_t distance(std::string_view left, std::string_view right) {
    std::array<std::size_t, longest_compared + 1> row{};
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t above = row[j + 1];
            const std::size_t replaced = diagonal + ((left[i] | 0x20) == (right[j] | 0x20) ? 0 : 1);
            row[j + 1] = std::min({above + 1, row[j] + 1, replaced});
            diagonal = above;
        }
    }
    return row[right.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view name, const MessagePlan& plan) {
    if (name.size() > longest_compared) return {};
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const FieldPlan& field : plan.fields()) {
        if (field.name.size() > longest_compared) continue;
        const std::size_t away = distance(name, field.name);
        if (away < least && away < field.name.size()) {
            least = away;
            nearest = field.name;
        }
    }
    return nearest;
}

Said unknown_field(std::string_view name, const MessagePlan& plan) {
    const std::string_view nearest = nearest_name(name, plan);
    if (nearest.empty())
        return {"unknown_field", "This field is not part of the format. Leave it out.", "Este campo no es parte del formato. Omítalo."};
    return {"unknown_field", fmt::format("This field is not part of the format. Did you mean {}?", nearest),
            fmt::format("Este campo no es parte del formato. ¿Quiso decir {}?", nearest)};
}

Said unknown_number(std::uint64_t number) {
    return {"unknown_field", fmt::format("Field number {} is not part of the format. Leave it out.", number),
            fmt::format("El campo número {} no es parte del formato. Omítalo.", number)};
}

Said missing_field() {
    return {"missing_field", "This field is required and is not there.", "Este campo es obligatorio y no está."};
}

Said wrong_type(const FieldPlan& expected, bool list, JsonKind found) {
    const Word wanted = expected_word(expected, list);
    return {"wrong_type", fmt::format("Expected {}, found {}.", wanted.en, word_of(found).en),
            fmt::format("Se espera {}, se encontró {}.", wanted.es, word_of(found).es)};
}

Said not_an_object(JsonKind found) {
    return {"wrong_type", fmt::format("Expected an object, found {}.", word_of(found).en),
            fmt::format("Se espera un objeto, se encontró {}.", word_of(found).es)};
}

Said duplicate_field() {
    return {"duplicate_field", "This field stands more than once in its object. Write it once.",
            "Este campo aparece más de una vez en su objeto. Escríbalo una vez."};
}

Said not_canonical() {
    return {"duplicate_field", "A field that is not a list stands more than once, or is written longer than needed. Write each field once.",
            "Un campo que no es lista aparece más de una vez o está escrito con bytes de más. Escriba cada campo una vez."};
}

Said null_value() {
    return {"null_value", "null is not a value here. Leave the field out.", "null no es un valor aquí. Omita el campo."};
}

Said empty_text() {
    return {"empty_text", "The text is empty. Leave the field out, or fill it in.", "El texto está vacío. Omita el campo o llénelo."};
}

Said too_short(std::size_t characters, int least) {
    return {"too_short", fmt::format("{} characters; at least {} are needed.", characters, least),
            fmt::format("{} caracteres; se necesitan al menos {}.", characters, least)};
}

Said too_long(std::size_t characters, int most) {
    return {"too_long", fmt::format("{} characters; at most {} are allowed.", characters, most),
            fmt::format("{} caracteres; se permiten {} como máximo.", characters, most)};
}

Said not_trimmed() {
    return {"not_trimmed", "The text begins or ends with a blank. Take it away.", "El texto comienza o termina con un espacio. Quítelo."};
}

Said control_character() {
    return {"control_character", "The text holds a control character, such as a tab or a line break. Take it out.",
            "El texto contiene un carácter de control, como tabulador o salto de línea. Quítelo."};
}

Said bad_decimal(int places) {
    return {
        "bad_decimal",
        fmt::format("Not a decimal number: digits, at most one point with 1 to {} digits after it, no sign, no exponent, no leading zeros.", places),
        fmt::format(
            "No es un número decimal: dígitos, un punto como máximo con 1 a {} dígitos después, sin signo, exponente ni ceros a la izquierda.",
            places)};
}

Said too_many_places(std::size_t places, int most) {
    return {"too_many_places", fmt::format("{} digits after the point; at most {} are allowed.", places, most),
            fmt::format("{} dígitos después del punto; se permiten {} como máximo.", places, most)};
}

Said bad_date() {
    return {"bad_date", "Not a calendar day in the form YYYY-MM-DD.", "No es un día del calendario en la forma AAAA-MM-DD."};
}

Said bad_date_time() {
    return {"bad_date_time", "Not a moment with its offset, such as 2026-03-02T11:30:00-07:00 (RFC 3339).",
            "No es un momento con su desfase horario, como 2026-03-02T11:30:00-07:00 (RFC 3339)."};
}

Said bad_uuid() {
    return {"bad_uuid", "Not a UUID in its form of 36 characters (RFC 9562).", "No es un UUID en su forma de 36 caracteres (RFC 9562)."};
}

Said out_of_range(std::int64_t least, std::int64_t most) {
    return {"out_of_range", fmt::format("The number must be from {} to {}.", least, most),
            fmt::format("El número debe estar entre {} y {}.", least, most)};
}

Said number_out_of_range() {
    return {"out_of_range", "The number is outside the range of IEEE 754 double precision.", "El número excede la precisión doble de IEEE 754."};
}

Said not_integer() {
    return {"not_integer", "Expected a whole number, written without point and exponent.",
            "Se espera un número entero, escrito sin punto ni exponente."};
}

Said too_few_items(std::size_t items, int least) {
    return {"too_few_items", fmt::format("{} items; at least {} are needed.", items, least),
            fmt::format("{} elementos; se necesitan al menos {}.", items, least)};
}

Said too_many_items(int most) {
    return {"too_many_items", fmt::format("More than {} items.", most), fmt::format("Más de {} elementos.", most)};
}

Said too_many_values(std::size_t most) {
    return {"too_many_items", fmt::format("The credentials of this document hold more than {} values.", most),
            fmt::format("Las credenciales de este documento contienen más de {} valores.", most)};
}

Said too_deep(std::size_t most) {
    return {"too_deep", fmt::format("Nested deeper than {} levels.", most), fmt::format("Anidado a más de {} niveles.", most)};
}

Said lone_surrogate() {
    return {"lone_surrogate", "A \\u escape gives half of a surrogate pair, which is no character (RFC 8259, section 8.2).",
            "Un escape \\u da la mitad de un par sustituto, que no es un carácter (RFC 8259, sección 8.2)."};
}

Said nul_in_text() {
    return {"nul_byte", "The text holds U+0000. Take it out.", "El texto contiene U+0000. Quítelo."};
}

Said too_large(std::size_t most) {
    return {"too_large", fmt::format("The document is larger than {} bytes.", most), fmt::format("El documento excede {} bytes.", most)};
}

Said not_protobuf() {
    return {"not_protobuf", "Not a puente.v1.Manifest in the binary form of protobuf.",
            "No es un puente.v1.Manifest en la forma binaria de protobuf."};
}

Said wrong_wire_type() {
    return {"wrong_type", "The protobuf wire type is not the one of this field.", "El tipo de codificación protobuf no es el de este campo."};
}

Said text_not_utf8() {
    return {"not_utf8", "The text is not UTF-8.", "El texto no es UTF-8."};
}

Said no_kind() {
    return {"wrong_type", "A google.protobuf.Value without a value.", "Un google.protobuf.Value sin valor."};
}

Said empty_document() {
    return {"not_json", "The document is empty.", "El documento está vacío."};
}

Said byte_order_mark() {
    return {"byte_order_mark", "The document begins with a byte order mark. Send UTF-8 without it (RFC 8259, section 8.1).",
            "El documento comienza con una marca de orden de bytes. Envíe UTF-8 sin ella (RFC 8259, sección 8.1)."};
}

Said nul_byte(std::size_t offset) {
    return {"nul_byte", fmt::format("A NUL byte at offset {}.", offset), fmt::format("Un byte NUL en la posición {}.", offset)};
}

Said not_utf8(std::size_t offset) {
    return {"not_utf8", fmt::format("Not UTF-8 at byte offset {}.", offset), fmt::format("No es UTF-8 en la posición {} (bytes).", offset)};
}

Said not_json(std::size_t offset, std::string_view en, std::string_view es) {
    return {"not_json", fmt::format("Not JSON (RFC 8259) at byte offset {}: {}.", offset, en),
            fmt::format("No es JSON (RFC 8259) en la posición {} (bytes): {}.", offset, es)};
}

Said trailing_text(std::size_t offset) {
    return {"trailing_text", fmt::format("Something follows the document at byte offset {}. Send one JSON value and nothing else.", offset),
            fmt::format("Hay algo después del documento en la posición {} (bytes). Envíe un solo valor JSON y nada más.", offset)};
}

}  // namespace puente::manifest
