// From what somebody wrote to an entry of a register.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "puente/clearance/registry.hpp"

namespace puente::clearance {

using selection::IdKind;
using selection::Programme;

namespace {

constexpr std::size_t name_bytes_max = 254;

/// What the database would refuse without saying where. The JSON library knows UTF-8; control characters have no place in a name.
bool is_plain_text(const std::string& text) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 127; })) return false;
    try {
        return !nlohmann::json(text).dump().empty();
    } catch (const nlohmann::json::type_error&) {
        return false;
    }
}

std::string kinds_of(Programme programme) {
    std::string kinds;
    for (const IdKind each : selection::id_kinds) {
        if (names_by(programme, each)) kinds += fmt::format("{}{}", kinds.empty() ? "" : ", ", to_text(each));
    }
    return kinds;
}

std::optional<int> tier_of(const std::string& text, Programme programme) {
    if (text.empty()) return 0;
    const bool digit = text.size() == 1 && text[0] >= '0' && text[0] <= '9';
    if (!digit || text[0] - '0' > tiers_of(programme)) return std::nullopt;
    return text[0] - '0';
}

}  // namespace

std::variant<store::RegistryEntry, EntryFault> read_entry(Programme programme, const EntryText& text) {
    store::RegistryEntry entry;
    const std::optional<IdKind> kind = selection::parse_id_kind(text.kind);
    if (!kind || !names_by(programme, *kind))
        return EntryFault{"kind", fmt::format("{} names its holders by {}", to_text(programme), kinds_of(programme))};
    entry.kind = *kind;
    Result<std::string> id = selection::canonical_id(*kind, text.id);
    if (!id) return EntryFault{"id", fmt::format("this is not {}", id.error().detail())};
    entry.id = std::move(*id);
    if (text.name.size() > name_bytes_max || !is_plain_text(text.name))
        return EntryFault{"name", fmt::format("a name is at most {} bytes of plain text in UTF-8", name_bytes_max)};
    entry.name = text.name;
    const std::optional<int> tier = tier_of(text.tier, programme);
    if (!tier) {
        return EntryFault{"tier", tiers_of(programme) == 0 ? std::string{"this programme has no tiers"}
                                                           : fmt::format("a tier of this programme is 1 to {}", tiers_of(programme))};
    }
    entry.tier = *tier;
    const std::optional<store::StandingStatus> status = store::parse_standing_status(text.status.empty() ? "active" : text.status);
    if (!status) return EntryFault{"status", "a status is active, suspended or revoked"};
    entry.status = *status;
    const std::optional<std::chrono::year_month_day> from = parse_date(text.valid_from);
    if (!from) return EntryFault{"validFrom", "a day such as 2026-03-02"};
    entry.valid_from = std::chrono::sys_days{*from};
    if (text.valid_until.empty()) return entry;
    const std::optional<std::chrono::year_month_day> until = parse_date(text.valid_until);
    if (!until) return EntryFault{"validUntil", "a day such as 2026-03-02, or nothing"};
    entry.valid_until = std::chrono::sys_days{*until};
    if (*entry.valid_until < entry.valid_from) return EntryFault{"validUntil", "the last day lies before the first"};
    return entry;
}

}  // namespace puente::clearance
