#include "puente/inspection/found.hpp"

#include <algorithm>
#include <array>

namespace puente::inspection {

namespace {

constexpr std::size_t owner_bytes_max = 200;
constexpr std::size_t found_note_bytes_max = 1'000;
constexpr std::size_t pointer_bytes_max = 300;
constexpr std::size_t quantity_digits_max = 18;
constexpr std::string_view nothing = "NOTHING_FOUND";

constexpr std::array kinds{
    FoundKind{nothing,                "Nothing found: load and papers are as declared",                "Sin novedad: carga y documentos conforme a lo declarado"},
    FoundKind{"SEAL_BROKEN",          "A seal is broken or missing",                                   "Un sello está roto o falta"                            },
    FoundKind{"SEAL_DIFFERS",         "A seal number differs from the declared one",                   "El número de un sello difiere del declarado"           },
    FoundKind{"QUANTITY_DIFFERS",     "Quantity or weight differs",                                    "La cantidad o el peso difiere"                          },
    FoundKind{"UNDECLARED_GOODS",     "Goods that are not declared",                                   "Mercancía no declarada"                                },
    FoundKind{"MISDESCRIBED_GOODS",   "Goods are not what the description says",                       "La mercancía no corresponde a su descripción"         },
    FoundKind{"WRONG_CLASSIFICATION", "The tariff classification is wrong",                            "La fracción arancelaria es incorrecta"                 },
    FoundKind{"WRONG_VALUE",          "The declared value is wrong",                                   "El valor declarado es incorrecto"                       },
    FoundKind{"WRONG_ORIGIN",         "The country of origin is wrong",                                "El país de origen es incorrecto"                       },
    FoundKind{"DOCUMENTS_MISSING",    "Documents or permits are missing",                              "Faltan documentos o permisos"                           },
    FoundKind{"DOCUMENTS_DIFFER",     "Documents contradict each other or the load",                   "Los documentos no coinciden entre sí o con la carga"   },
    FoundKind{"DAMAGE_OR_SPOILAGE",   "Goods are damaged or spoiled",                                  "Mercancía dañada o descompuesta"                      },
    FoundKind{"PEST_OR_DISEASE",      "Signs of a pest or disease",                                    "Indicios de plaga o enfermedad"                         },
    FoundKind{"HAZARD",               "A hazard: leaking, unmarked or wrongly packed dangerous goods",
              "Riesgo: material peligroso con fuga, sin marcar o mal embalado"                                                                                  },
    FoundKind{"CONTRABAND_SUSPECTED", "Contraband is suspected",                                       "Se sospecha contrabando"                                },
    FoundKind{"DRIVER_DIFFERS",       "Driver or crew differ from those declared",                     "El conductor o la tripulación difiere de lo declarado" },
    FoundKind{"VEHICLE_DIFFERS",      "Vehicle or equipment differ from those declared",               "El vehículo o el equipo difiere de lo declarado"       },
};

Error at(const std::string& place, const std::string& what) {
    return Error{ErrorKind::malformed, place + ": " + what};
}

bool is_pointer(std::string_view text) {
    if (text.empty()) return true;
    if (text.size() > pointer_bytes_max || text.front() != '/') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) < 0x20) return false;
        if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
    }
    return true;
}

bool is_quantity(std::string_view text) {
    if (text.empty()) return true;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const std::size_t dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    const std::string_view part = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
    const bool digits = !whole.empty() && std::all_of(whole.begin(), whole.end(), is_digit) && std::all_of(part.begin(), part.end(), is_digit);
    return digits && (dot == std::string_view::npos || !part.empty()) && whole.size() + part.size() <= quantity_digits_max;
}

Result<void> check_found(const std::vector<Found>& all) {
    if (all.size() > found_max) return at("/findings", "at most 50");
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string place = "/findings/" + std::to_string(i);
        const Found& one = all[i];
        if (one.kind == nullptr) return at(place + "/kind", "not a kind of the closed list");
        if (one.kind->code == nothing && all.size() > 1) return at(place, "nothing found stands alone");
        if (!is_pointer(one.pointer)) return at(place + "/pointer", "a JSON pointer into the manifest (RFC 6901)");
        if (!is_quantity(one.quantity)) return at(place + "/quantity", "a decimal number as text, such as \"12.5\"");
        if (!one.note.empty() && !says_something(one.note, found_note_bytes_max)) return at(place + "/note", "a text of at most 1000 bytes");
    }
    return {};
}

}  // namespace

std::span<const FoundKind> found_kinds() {
    return kinds;
}

const FoundKind* found_kind(std::string_view code) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const FoundKind& each) { return each.code == code; });
    return found == kinds.end() ? nullptr : &*found;
}

bool says_something(std::string_view text, std::size_t bytes_max) {
    return text.size() <= bytes_max && text.find('\0') == std::string_view::npos && text.find_first_not_of(" \t\r\n") != std::string_view::npos;
}

Result<void> check(const Hold& hold, Instant now) {
    if (!says_something(hold.reason, note_bytes_max)) return at("/reason", "a hold says why, in words for the sender, in at most 2000 bytes");
    if (!says_something(hold.owner, owner_bytes_max))
        return at("/owner", "a hold names the desk or office that answers for it, in at most 200 bytes");
    if (hold.due <= now) return at("/dueAt", "a hold is due at a moment still to come");
    if (hold.due > now + due_max) return at("/dueAt", "a hold is due within 90 days");
    return {};
}

Result<void> check(const Verdict& verdict, Instant now) {
    if (!verdict.note.empty() && !says_something(verdict.note, note_bytes_max)) return at("/note", "a text of at most 2000 bytes");
    if (verdict.hold.has_value() != (verdict.decision == Decision::hold))
        return at("/reason", "reason, owner and dueAt belong to HELD, and HELD needs them");
    if (const Result<void> found = check_found(verdict.found); !found) return found;
    if (verdict.hold) return check(*verdict.hold, now);
    if (verdict.decision == Decision::release) return {};
    if (verdict.note.empty()) return at("/note", "say why, in words for the sender");
    if (verdict.found.empty() || verdict.found.front().kind->code == nothing) return at("/findings", "a refusal says what was found");
    return {};
}

}  // namespace puente::inspection
