#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "puente/identifiers/agency_code.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

/// Where a contingency is in its life, by the database's clock: PROPOSED until the other agency confirms it; LAPSED when its time was over by itself.
enum class ContingencyState : std::uint8_t { proposed, in_force, ended, lapsed };
/// PROPOSED, IN_FORCE, ENDED, LAPSED.
std::string_view to_text(ContingencyState state);

/// What is done when essential goods go first at a port.
struct Declaration {
    std::string port;                     ///< US port code or Mexican office, as declared
    std::vector<std::string> us_ports;    ///< it holds for loads that cross between one of these
    std::vector<std::string> mx_offices;  ///< and one of these
    std::vector<std::string> classes;     ///< essential-goods classes
    std::chrono::minutes head_start;
    std::string reason;
    std::chrono::minutes lasts;  ///< from now, at most 30 days
};

struct ContingencyStep {
    std::string step;  ///< DECLARED, CONFIRMED, ENDED, LAPSED
    Instant at;
    std::string agency;  ///< empty: nobody's doing
};

struct ContingencyRecord {
    Uuid id;
    ContingencyState state;
    std::string port;
    std::vector<std::string> us_ports;
    std::vector<std::string> mx_offices;
    std::vector<std::string> classes;
    std::chrono::minutes head_start;
    std::string reason;
    std::string declared_by;  ///< agency
    Instant declared_at;
    Instant ends_at;
    std::vector<ContingencyStep> steps;
};

/// Those that concern a port, newest first, twenty at most.
Result<std::vector<ContingencyRecord>> list_contingencies(Transaction& tx, const std::string& port);

/// The first key. Errors: conflict (one is declared or in force at this port).
Result<ContingencyRecord> declare_contingency(Transaction& tx, const Declaration& declaration, const identifiers::AgencyCode& agency,
                                              const std::string& officer);
/// The second key, of the other agency: from the COMMIT on it is in force, however many loads wait. Errors: not_found; conflict, saying how it
/// stands.
Result<ContingencyRecord> confirm_contingency(Transaction& tx, const std::string& port, const Uuid& id, const identifiers::AgencyCode& agency,
                                              const std::string& officer);
/// Either agency ends it, or takes the proposal back. Errors: not_found; conflict.
Result<ContingencyRecord> end_contingency(Transaction& tx, const std::string& port, const Uuid& id, const identifiers::AgencyCode& agency,
                                          const std::string& officer);

/// Notes the ends that came by themselves. As the watch (As::watch); any number of gateways at once. Gives how many.
Result<std::size_t> note_lapsed_contingencies(Transaction& tx);

}  // namespace puente::store
