#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "puente/identifiers/agency.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/result.hpp"

namespace puente::selection {

/// A programme of trusted traders. CTPAT, FAST: CBP (SAFE Port Act of 2006, 6 USC 961; 19 CFR 123.92). OEA: SAT (RGCE 7.1.4, 7.1.5). IMMEX: the
/// Decreto IMMEX, of which SAT keeps the customs side (Ley Aduanera 104 to 112).
enum class Programme : std::uint8_t { ctpat, fast, oea, immex };
inline constexpr std::array<Programme, 4> programmes{Programme::ctpat, Programme::fast, Programme::oea, Programme::immex};

/// CTPAT, FAST, OEA, IMMEX.
std::string_view to_text(Programme programme);
std::optional<Programme> parse_programme(std::string_view text);
/// The agency that keeps a programme's register.
identifiers::Agency owner_of(Programme programme);
/// The highest tier of a programme; 0: it has none.
int tiers_of(Programme programme);

/// By what a register names a holder: taxpayer number of Mexico, importer number of CBP, carrier codes, FAST card of a driver.
enum class IdKind : std::uint8_t { rfc, irs, scac, caat, fast };
inline constexpr std::array<IdKind, 5> id_kinds{IdKind::rfc, IdKind::irs, IdKind::scac, IdKind::caat, IdKind::fast};

/// RFC, IRS, SCAC, CAAT, FAST.
std::string_view to_text(IdKind kind);
std::optional<IdKind> parse_id_kind(std::string_view text);
/// Whether a register names its holders by this kind.
bool names_by(Programme programme, IdKind kind);
/// The one form in which an identifier is kept and looked up: capitals, no blanks around it, importer numbers with hyphen and suffix. Malformed when
/// it is none of its kind, or a social security number: no register of companies holds persons.
Result<std::string> canonical_id(IdKind kind, std::string_view text);

/// A standing as it is good: for which days, at which tier.
struct Grant {
    int tier = 0;
    std::chrono::sys_days from;
    std::optional<std::chrono::sys_days> until;  ///< the last day
    bool good_on(std::chrono::sys_days day) const { return from <= day && (!until || day <= *until); }
};

/// The active standings of one programme, by identifier.
class Roll {
public:
    void add(IdKind kind, std::string_view canonical, const Grant& grant) { grants_.insert_or_assign(key(kind, canonical), grant); }
    /// Null when there is none. The identifier as the sender wrote it.
    const Grant* find(IdKind kind, std::string_view text) const;
    std::size_t size() const { return grants_.size(); }

private:
    static std::string key(IdKind kind, std::string_view canonical);
    std::unordered_map<std::string, Grant> grants_;
};

/// The registers of all programmes at one moment. A roll that is missing holds nobody.
struct Registry {
    std::array<std::shared_ptr<const Roll>, programmes.size()> rolls;
};

/// A party of a trip that a programme may know.
enum class Who : std::uint8_t { carrier, driver, importer, shipper };
inline constexpr std::array<Who, 4> everyone{Who::carrier, Who::driver, Who::importer, Who::shipper};

/// carrier, driver, importer, shipper.
std::string_view to_text(Who who);
std::optional<Who> parse_who(std::string_view text);

/// How the parties of one trip stand on its day of arrival.
class Standings {
public:
    /// Nobody is known: the registers are stale or were never read. No benefit follows.
    Standings() = default;
    explicit Standings(bool known) : known_{known} {}

    bool known() const { return known_; }
    void put(Programme programme, Who who, int tier) { tier_[at(programme)][at(who)] = tier; }
    /// The tier, 0 where the programme has none; nothing when that party does not stand in it.
    std::optional<int> tier(Programme programme, Who who) const { return tier_[at(programme)][at(who)]; }
    /// Carrier, importer or shipper stands in a programme.
    bool trusted() const;
    /// Carrier, importer or shipper stands in this one.
    bool trusted(Programme programme) const;

private:
    template <class Value>
    static constexpr std::size_t at(Value value) {
        return static_cast<std::size_t>(value);
    }
    bool known_ = false;
    std::array<std::array<std::optional<int>, everyone.size()>, programmes.size()> tier_;
};

/// Looks the parties up. Importer and shipper stand in a programme when those of every shipment do, and at the lowest tier among them: one stranger's
/// goods on board take the benefit from all. Likewise all drivers. Where no importer of record is named, the consignee is taken for it.
Standings standings_of(const manifest::Manifest& manifest, const Registry& registry);

}  // namespace puente::selection
