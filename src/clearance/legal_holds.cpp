#include "puente/clearance/legal_holds.hpp"

#include <functional>
#include <utility>

#include "clearance/filing_of.hpp"
#include "puente/inspection/found.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using store::LegalHold;

namespace {

template <class T>
using Work = std::function<Result<T>(store::Transaction&)>;

Result<void> need_reason(const std::string& reason) {
    if (inspection::says_something(reason, inspection::note_bytes_max)) return {};
    return Error{ErrorKind::malformed, "/reason: a text of 1 to 2000 bytes is required"};
}

}  // namespace

asio::awaitable<Result<LegalHold>> place_legal_hold(Uuid manifest_id, std::string reason, const access::Caller& officer, Clearance& clearance) {
    if (const Result<void> given = need_reason(reason); !given) co_return given.error();
    const store::NewLegalHold hold{new_id(clearance.now()), manifest_id, std::move(reason), officer.client_id};
    const Work<LegalHold> place = [hold](store::Transaction& tx) { return store::place_legal_hold(tx, hold); };
    co_return co_await clearance.pool.in_transaction<LegalHold>(store::As::caller(officer), place);
}

asio::awaitable<Result<LegalHold>> lift_legal_hold(Uuid manifest_id, Uuid hold_id, std::string reason, const access::Caller& officer,
                                                   Clearance& clearance) {
    if (const Result<void> given = need_reason(reason); !given) co_return given.error();
    const Work<LegalHold> lift = [manifest_id, hold_id, reason = std::move(reason), client = officer.client_id](store::Transaction& tx) {
        return store::lift_legal_hold(tx, manifest_id, hold_id, reason, client);
    };
    co_return co_await clearance.pool.in_transaction<LegalHold>(store::As::caller(officer), lift);
}

asio::awaitable<Result<LegalHold>> read_legal_hold(Uuid manifest_id, Uuid hold_id, const access::Caller& officer, Clearance& clearance) {
    const Work<LegalHold> find = [manifest_id, hold_id](store::Transaction& tx) { return store::find_legal_hold(tx, manifest_id, hold_id); };
    co_return co_await clearance.pool.in_transaction<LegalHold>(store::As::caller(officer), find);
}

asio::awaitable<Result<std::vector<LegalHold>>> read_legal_holds(Uuid manifest_id, const access::Caller& officer, Clearance& clearance) {
    const Work<std::vector<LegalHold>> find = [manifest_id](store::Transaction& tx) { return store::find_legal_holds(tx, manifest_id); };
    co_return co_await clearance.pool.in_transaction<std::vector<LegalHold>>(store::As::caller(officer), find);
}

asio::awaitable<Result<store::LegalHoldPage>> list_legal_holds(std::optional<Uuid> after, std::size_t limit, const access::Caller& officer,
                                                               Clearance& clearance) {
    const Work<store::LegalHoldPage> find = [after, limit](store::Transaction& tx) { return store::list_legal_holds(tx, after, limit); };
    co_return co_await clearance.pool.in_transaction<store::LegalHoldPage>(store::As::caller(officer), find);
}

}  // namespace puente::clearance
