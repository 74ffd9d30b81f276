#include "puente/clearance/work_leg.hpp"

#include <functional>
#include <utility>

#include "clearance/leg_moves.hpp"
#include "puente/clearance/status_cache.hpp"
#include "puente/push/change_feed.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

/// The notice of the database reaches every gateway; this one need not wait for it.
void tell(const Uuid& manifest_id, Clearance& clearance) {
    clearance.statuses.drop(manifest_id);
    clearance.changes.announce(manifest_id);
}

LegStanding standing_of(const identifiers::AgencyCode& agency, const store::LegPlace& place, bool is_own) {
    LegStanding standing{agency};
    standing.state = place.state;
    if (is_own && !place.trip_is_over) standing.allowed = inspection::next_moves(place.state, place.hand);
    if (is_own && place.hand == inspection::Hand::own) standing.fence = place.fence;
    return standing;
}

/// Only what the state of a leg has to do with is explained by it.
bool is_explained_by_state(ErrorKind kind) {
    return kind == ErrorKind::conflict || kind == ErrorKind::stale || kind == ErrorKind::forbidden;
}

}  // namespace

asio::awaitable<LegRefusal> explain(Error error, LegWork work, const access::Caller& officer, Clearance& clearance) {
    LegRefusal refusal{std::move(error)};
    if (!is_explained_by_state(refusal.error.kind())) co_return refusal;
    const identifiers::AgencyCode own = *officer.agency;
    using Places = std::pair<store::LegPlace, store::LegPlace>;
    const std::function<Result<Places>(store::Transaction&)> look = [work, own, id = officer.client_id](store::Transaction& tx) -> Result<Places> {
        const Result<store::LegPlace> asked = store::find_leg(tx, work.inspection_id, work.agency, id);
        if (!asked) return asked.error();
        const Result<store::LegPlace> mine = store::find_leg(tx, work.inspection_id, own, id);
        if (!mine) return mine.error();
        return Places{*asked, *mine};
    };
    const Result<Places> places = co_await clearance.pool.in_transaction<Places>(store::As::caller(officer), look);
    if (!places && places.error().kind() == ErrorKind::not_found) refusal.error = places.error();
    if (!places) co_return refusal;
    refusal.status = places->first.status;
    refusal.asked = standing_of(work.agency, places->first, work.agency == own);
    if (!(work.agency == own)) refusal.own = standing_of(own, places->second, true);
    co_return refusal;
}

asio::awaitable<LegOutcome> move_leg(LegWork work, LegStep step, const access::Caller& officer, Clearance& clearance) {
    if (!(officer.agency == work.agency)) {
        Error foreign{ErrorKind::forbidden, "an officer works on the legs of the officer's own agency only"};
        co_return co_await explain(std::move(foreign), work, officer, clearance);
    }
    const Result<store::LegMove> moved = co_await clearance.pool.in_transaction<store::LegMove>(store::As::caller(officer), step);
    if (!moved) co_return co_await explain(moved.error(), work, officer, clearance);
    tell(moved->manifest_id, clearance);
    co_return *moved;
}

asio::awaitable<LegOutcome> start(LegWork work, const access::Caller& officer, Clearance& clearance) {
    const LegStep step = [work, id = officer.client_id](store::Transaction& tx) {
        return store::start_leg(tx, work.inspection_id, work.agency, id, work.fence);
    };
    co_return co_await move_leg(work, step, officer, clearance);
}

asio::awaitable<LegOutcome> decide(LegWork work, inspection::Verdict verdict, const access::Caller& officer, Clearance& clearance) {
    if (const Result<void> whole = inspection::check(verdict, clearance.now()); !whole) co_return LegRefusal{whole.error()};
    const LegStep step = [work, verdict = std::move(verdict), id = officer.client_id](store::Transaction& tx) {
        return store::decide_leg(tx, work.inspection_id, work.agency, id, work.fence, verdict);
    };
    co_return co_await move_leg(work, step, officer, clearance);
}

asio::awaitable<LegOutcome> release_claim(LegWork work, const access::Caller& officer, Clearance& clearance) {
    const LegStep step = [work, id = officer.client_id](store::Transaction& tx) {
        return store::release_claim(tx, work.inspection_id, work.agency, id, work.fence);
    };
    co_return co_await move_leg(work, step, officer, clearance);
}

asio::awaitable<LegOutcome> join(LegWork work, inspection::LegKind kind, std::string why, const access::Caller& officer, Clearance& clearance) {
    const LegStep step = [work, kind, why = std::move(why), id = officer.client_id](store::Transaction& tx) {
        return store::join_leg(tx, work.inspection_id, kind, id, why);
    };
    co_return co_await move_leg(work, step, officer, clearance);
}

asio::awaitable<LegOutcome> decline(LegWork work, std::string reason, const access::Caller& officer, Clearance& clearance) {
    const LegStep step = [work, reason = std::move(reason)](store::Transaction& tx) { return store::decline_leg(tx, work.inspection_id, reason); };
    co_return co_await move_leg(work, step, officer, clearance);
}

}  // namespace puente::clearance
