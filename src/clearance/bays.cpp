#include "puente/clearance/bays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "clearance/port_place.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using Bays = std::vector<store::BayRecord>;

namespace {

constexpr std::chrono::days horizon{14};

Result<PortPlace> port_place(const std::string& port, const Clearance& clearance) {
    return find_port(*clearance.rules.current()->rulebook->lists, port, std::chrono::floor<std::chrono::days>(clearance.now()));
}

/// Hours of one day must not overlap: which of them holds would be a riddle.
Result<void> disjoint(std::vector<inspection::OpenHours> hours) {
    std::sort(hours.begin(), hours.end(), [](const auto& left, const auto& right) {
        return std::pair{left.weekday, left.opens} < std::pair{right.weekday, right.opens};
    });
    for (std::size_t i = 1; i < hours.size(); ++i) {
        if (hours[i].weekday == hours[i - 1].weekday && hours[i].opens < hours[i - 1].closes)
            return Error{ErrorKind::malformed, "/hours: two of the same day overlap"};
    }
    return {};
}

bool takes_lane(const store::BayRecord& bay, const std::string& lane) {
    return bay.lanes.empty() || std::find(bay.lanes.begin(), bay.lanes.end(), lane) != bay.lanes.end();
}

/// The first free slot of one bay.
Result<std::optional<Instant>> first_slot(store::Transaction& tx, const store::BayRecord& bay, const store::SlotNeed& need, Instant from,
                                          const Uuid& inspection_id) {
    const std::optional<inspection::PortClock> clock = inspection::PortClock::named(bay.time_zone);
    if (!clock) return Error{ErrorKind::internal, fmt::format("the time zone {} of bay {} is not known", bay.time_zone, bay.name)};
    const Result<std::vector<Instant>> full = store::full_slots(tx, bay, from, inspection_id);
    if (!full) return full.error();
    const inspection::BayTimes times{*clock, std::chrono::minutes{bay.slot_minutes}, bay.agencies};
    const auto is_full = [&](Instant at) { return std::binary_search(full->begin(), full->end(), at); };
    return inspection::next_common_slot(times, need.agencies, from, horizon, is_full);
}

Error no_slot(const SlotRequest& request, const store::SlotNeed& need) {
    return Error{
        ErrorKind::conflict,
        fmt::format("{} of port {} has no slot in the next {} days in hours that {} have in common; change the hours or ask for another bay",
                    request.bay.empty() ? "no bay" : "bay " + request.bay, request.port, horizon.count(), fmt::join(need.agencies, " and "))};
}

Result<Bays> bays_asked_for(store::Transaction& tx, const SlotRequest& request) {
    if (request.bay.empty()) return store::list_bays(tx, request.port);
    Result<store::BayRecord> bay = store::find_bay(tx, request.port, request.bay);
    if (!bay) return bay.error();
    return Bays{std::move(*bay)};
}

Result<store::SlotRecord> book(store::Transaction& tx, const SlotRequest& request, const identifiers::AgencyCode& agency) {
    const Result<store::SlotNeed> need = store::find_slot_need(tx, request.port, request.inspection_id);
    if (!need) return need.error();
    if (need->agencies.empty()) return Error{ErrorKind::conflict, "no leg of this inspection is open: there is nothing left to look at"};
    if (const Result<void> locked = store::lock_bays(tx, request.port); !locked) return locked.error();
    const Result<Bays> bays = bays_asked_for(tx, request);
    if (!bays) return bays.error();
    const Instant from = std::max(need->now, request.not_before.value_or(need->now));
    std::optional<store::SlotRecord> best;
    for (const store::BayRecord& bay : *bays) {
        if (!takes_lane(bay, need->lane)) continue;
        const Result<std::optional<Instant>> at = first_slot(tx, bay, *need, from, request.inspection_id);
        if (!at) return at.error();
        if (*at && (!best || **at < best->starts_at))
            best = store::SlotRecord{request.port, bay.name, **at, **at + std::chrono::minutes{bay.slot_minutes}};
    }
    if (!best) return no_slot(request, *need);
    if (const Result<void> booked = store::book_slot(tx, request.inspection_id, *best, need->agencies, agency); !booked) return booked.error();
    return *best;
}

}  // namespace

asio::awaitable<Result<Bays>> list_bays(std::string port, const access::Caller& officer, Clearance& clearance) {
    if (const Result<PortPlace> place = port_place(port, clearance); !place) co_return place.error();
    const std::function<Result<Bays>(store::Transaction&)> find = [port = std::move(port)](store::Transaction& tx) {
        return store::list_bays(tx, port);
    };
    co_return co_await clearance.pool.in_transaction<Bays>(store::As::caller(officer), find);
}

asio::awaitable<Result<store::BayRecord>> furnish_bay(store::BayRecord bay, std::vector<inspection::OpenHours> hours, const access::Caller& officer,
                                                      Clearance& clearance) {
    const Result<PortPlace> place = port_place(bay.port, clearance);
    if (!place) co_return place.error();
    if (const Result<void> apart = disjoint(hours); !apart) co_return apart.error();
    bay.time_zone = place->time_zone;
    const std::function<Result<store::BayRecord>(store::Transaction&)> furnish =
        [bay = std::move(bay), hours = std::move(hours), agency = *officer.agency](store::Transaction& tx) -> Result<store::BayRecord> {
        if (const Result<void> done = store::furnish_bay(tx, bay, agency, hours); !done) return done.error();
        return store::find_bay(tx, bay.port, bay.name);
    };
    co_return co_await clearance.pool.in_transaction<store::BayRecord>(store::As::caller(officer), furnish);
}

asio::awaitable<Result<store::SlotRecord>> schedule(SlotRequest request, const access::Caller& officer, Clearance& clearance) {
    const std::function<Result<store::SlotRecord>(store::Transaction&)> work =
        [request = std::move(request), agency = *officer.agency](store::Transaction& tx) { return book(tx, request, agency); };
    co_return co_await clearance.pool.in_transaction<store::SlotRecord>(store::As::caller(officer), work);
}

}  // namespace puente::clearance
