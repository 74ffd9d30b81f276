#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/inspection/passage.hpp"
#include "puente/store/passage.hpp"
#include "puente/store/records.hpp"

namespace puente::clearance {

/// Why a step was not taken, and what may be done instead.
struct PassageRefusal {
    Error error;
    std::optional<store::StatusRecord> now{};  ///< where the manifest is; nothing when the caller may not know of it
    std::vector<inspection::Step> allowed{};   ///< open to the caller
};

using PassageOutcome = std::variant<store::StatusRecord, PassageRefusal>;

/// The entity tags under which a caller is ready to act ("*": any). None given: any.
using KnownTags = std::optional<std::vector<std::string>>;

/// Takes a manifest back before it arrives: for its own company. Claims end. Again: the same answer. Errors: not_found; stale (another entity tag);
/// conflict.
boost::asio::awaitable<PassageOutcome> cancel(Uuid manifest_id, KnownTags tags, std::string reason, const access::Caller& caller,
                                              Clearance& clearance);

/// Notes what was seen at the gate: for officers of the customs agencies. Again: the first note stays. Errors: not_found; forbidden; malformed (a
/// crossing before the arrival); conflict.
boost::asio::awaitable<PassageOutcome> note_at_gate(store::GateNote note, const access::Caller& caller, Clearance& clearance);

/// Where a trip is, as far as its next steps depend on it.
inspection::Whereabouts whereabouts(const store::StatusRecord& record);
/// A refusal with the state that it is about, as the caller may see it.
boost::asio::awaitable<PassageRefusal> explain_passage(Error error, Uuid manifest_id, const access::Caller& caller, Clearance& clearance);
/// Whether one of them is the tag of this version and state.
bool tags_hit(const KnownTags& tags, std::int32_t version, std::int64_t state_no);

}  // namespace puente::clearance
