#pragma once

#include <string>

#include "puente/store/amendments.hpp"

namespace puente::store {

/// What was seen at the gate.
struct GateNote {
    Uuid manifest_id;
    inspection::Step step = inspection::Step::arrive;  ///< or cross
    Instant at;
    std::string lane;
    std::string booth;
    std::string officer;  ///< client id
};

/// As an officer. Locks the manifest. Errors: not_found.
Result<Standing> lock_at_gate(Transaction& tx, const Uuid& manifest_id);

/// Writes it down as the agency of the transaction; who crosses without having arrived arrives in the same moment. Only behind lock_at_gate, and only
/// a step that is open. Errors: forbidden (not a customs agency).
Result<void> note_at_gate(Transaction& tx, const GateNote& note);

}  // namespace puente::store
