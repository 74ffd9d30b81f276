#include "puente/clearance/work_leg.hpp"

#include <functional>
#include <utility>

#include "puente/clearance/status_cache.hpp"
#include "puente/push/change_feed.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

using Move = std::function<Result<store::LegMove>(store::Transaction&)>;

/// The notice of the database reaches every gateway; this one need not wait for it.
void tell(const Uuid& manifest_id, Clearance& clearance) {
    clearance.statuses.drop(manifest_id);
    clearance.changes.announce(manifest_id);
}

asio::awaitable<Result<store::LegMove>> move(LegWork work, Move step, const access::Caller& officer, Clearance& clearance) {
    if (officer.agency != work.agency) co_return Error{ErrorKind::forbidden, "an officer works on the legs of the officer's own agency only"};
    Result<store::LegMove> moved = co_await clearance.pool.in_transaction<store::LegMove>(store::As::caller(officer), step);
    if (moved) tell(moved->manifest_id, clearance);
    co_return moved;
}

}  // namespace

asio::awaitable<Result<store::Claim>> claim(std::string port, std::optional<Uuid> inspection_id, const access::Caller& officer, Clearance& clearance) {
    const std::function<Result<store::Claim>(store::Transaction&)> take = [port = std::move(port), inspection_id, agency = *officer.agency, id = officer.client_id,
                                                                           lease = clearance.lease](store::Transaction& tx) {
        return store::claim_leg(tx, port, agency, id, inspection_id, lease);
    };
    Result<store::Claim> claimed = co_await clearance.pool.in_transaction<store::Claim>(store::As::caller(officer), take);
    if (claimed) tell(claimed->manifest_id, clearance);
    co_return claimed;
}

asio::awaitable<Result<store::LegMove>> start(LegWork work, const access::Caller& officer, Clearance& clearance) {
    const Move step = [work, id = officer.client_id](store::Transaction& tx) { return store::start_leg(tx, work.inspection_id, work.agency, id, work.fence); };
    co_return co_await move(work, step, officer, clearance);
}

asio::awaitable<Result<store::LegMove>> decide(LegWork work, store::DecisionText decision, const access::Caller& officer, Clearance& clearance) {
    const Move step = [work, decision = std::move(decision), id = officer.client_id](store::Transaction& tx) {
        return store::decide_leg(tx, work.inspection_id, work.agency, id, work.fence, decision);
    };
    co_return co_await move(work, step, officer, clearance);
}

asio::awaitable<Result<store::LegMove>> release_claim(LegWork work, const access::Caller& officer, Clearance& clearance) {
    const Move step = [work, id = officer.client_id](store::Transaction& tx) { return store::release_claim(tx, work.inspection_id, work.agency, id, work.fence); };
    co_return co_await move(work, step, officer, clearance);
}

}  // namespace puente::clearance
