#pragma once

#include <optional>
#include <string>
#include <vector>

#include "puente/identifiers/agency_code.hpp"
#include "puente/inspection/slot.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/store/inspections.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

/// A bay of a port: who works there when, and for which loads.
struct BayRecord {
    std::string port;
    std::string name;
    std::string time_zone;           ///< IANA
    std::vector<std::string> lanes;  ///< none: loads of every lane
    std::int32_t capacity = 1;       ///< loads at the same time
    std::int32_t slot_minutes = 30;  ///< 15, 20, 30 or 60
    std::vector<inspection::AgencyHours> agencies;
};

/// By name.
Result<std::vector<BayRecord>> list_bays(Transaction& tx, const std::string& port);
/// Errors: conflict, naming the bays that there are.
Result<BayRecord> find_bay(Transaction& tx, const std::string& port, const std::string& name);

/// Makes a bay or changes it, and puts these hours in the place of the agency's own; the other agency's stay. Slots that are booked stay.
Result<void> furnish_bay(Transaction& tx, const BayRecord& bay, const identifiers::AgencyCode& agency,
                         const std::vector<inspection::OpenHours>& hours);

/// What a slot for a load has to suit.
struct SlotNeed {
    std::string lane;
    std::vector<std::string> agencies;  ///< whose leg is open; none: there is nothing left to look at
    Instant now;                        ///< the database's
};
/// Errors: not_found (no such inspection at this port).
Result<SlotNeed> find_slot_need(Transaction& tx, const std::string& port, const Uuid& inspection_id);

/// Nobody else books there until the end of the transaction.
Result<void> lock_bays(Transaction& tx, const std::string& port);
/// Moments from `from` on at which no place is left, the load's own booking left out.
Result<std::vector<Instant>> full_slots(Transaction& tx, const BayRecord& bay, Instant from, const Uuid& inspection_id);

/// Books a slot, in the place of an earlier one, and tells it to everyone who may see the manifest. Errors: conflict (it is not one of the bay).
Result<void> book_slot(Transaction& tx, const Uuid& inspection_id, const SlotRecord& slot, const std::vector<std::string>& agencies,
                       const identifiers::AgencyCode& booked_by);

/// Flags the legs whose slot or due time has passed without a decision, and tells officers of both agencies. A leg is flagged once, however many
/// gateways look. As the watch (As::watch). Gives how many; `most` at once.
Result<std::size_t> flag_overdue_legs(Transaction& tx, std::size_t most);

}  // namespace puente::store
