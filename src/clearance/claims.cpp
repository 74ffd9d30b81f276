#include "puente/clearance/claims.hpp"

#include <functional>
#include <utility>
#include <vector>

#include "puente/clearance/status_cache.hpp"
#include "puente/push/change_feed.hpp"
#include "puente/store/bays.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

/// Other gateways learn it from the log of events.
void tell(const Uuid& manifest_id, Clearance& clearance) {
    clearance.statuses.drop(manifest_id);
    clearance.changes.announce(manifest_id);
}

/// The lanes that a request is about; none: all.
asio::awaitable<Result<std::vector<std::string>>> lanes_of(ClaimRequest request, const access::Caller& officer, Clearance& clearance) {
    using Lanes = std::vector<std::string>;
    if (!request.lane.empty()) co_return Lanes{request.lane};
    if (request.bay.empty()) co_return Lanes{};
    const std::function<Result<store::BayRecord>(store::Transaction&)> find = [port = request.port, bay = request.bay](store::Transaction& tx) {
        return store::find_bay(tx, port, bay);
    };
    const Result<store::BayRecord> bay = co_await clearance.pool.in_transaction<store::BayRecord>(store::As::caller(officer), find);
    if (!bay) co_return bay.error();
    co_return bay->lanes;
}

asio::awaitable<ClaimOutcome> claim_named(std::string port, Uuid inspection_id, const access::Caller& officer, Clearance& clearance) {
    const std::function<Result<store::Claim>(store::Transaction&)> take = [port = std::move(port), inspection_id, agency = *officer.agency,
                                                                           id = officer.client_id, lease = clearance.lease](store::Transaction& tx) {
        return store::claim_named_leg(tx, port, agency, id, inspection_id, lease);
    };
    const Result<store::Claim> claimed = co_await clearance.pool.in_transaction<store::Claim>(store::As::caller(officer), take);
    const LegWork work{inspection_id, *officer.agency};
    if (!claimed) co_return co_await explain(claimed.error(), work, officer, clearance);
    tell(claimed->manifest_id, clearance);
    co_return *claimed;
}

}  // namespace

asio::awaitable<ClaimOutcome> claim(ClaimRequest request, const access::Caller& officer, Clearance& clearance) {
    if (request.inspection_id) co_return co_await claim_named(request.port, *request.inspection_id, officer, clearance);
    Result<std::vector<std::string>> lanes = co_await lanes_of(request, officer, clearance);
    if (!lanes) co_return LegRefusal{lanes.error()};
    store::Counter counter{std::move(request.port), *officer.agency, std::move(*lanes)};
    const Result<store::Claim> claimed = co_await clearance.claims.next(std::move(counter), officer.client_id, clearance.lease);
    if (!claimed) co_return LegRefusal{claimed.error()};
    tell(claimed->manifest_id, clearance);
    co_return *claimed;
}

asio::awaitable<HeartbeatOutcome> heartbeat(LegWork work, const access::Caller& officer, Clearance& clearance) {
    if (!(officer.agency == work.agency)) {
        Error foreign{ErrorKind::forbidden, "an officer keeps the claims of the officer's own agency only"};
        co_return co_await explain(std::move(foreign), work, officer, clearance);
    }
    const std::function<Result<Instant>(store::Transaction&)> keep = [work, id = officer.client_id, lease = clearance.lease](store::Transaction& tx) {
        return store::extend_claim(tx, work.inspection_id, work.agency, id, work.fence, lease);
    };
    const Result<Instant> until = co_await clearance.pool.in_transaction<Instant>(store::As::caller(officer), keep);
    if (!until) co_return co_await explain(until.error(), work, officer, clearance);
    co_return *until;
}

}  // namespace puente::clearance
