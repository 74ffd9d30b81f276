#include "puente/access/rehold.hpp"

#include <utility>

#include "clearance/leg_moves.hpp"
#include "puente/store/clients.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

/// The key that is registered for the officer's client; a secret can sign nothing.
asio::awaitable<Result<crypto::Key>> registered_key(std::string client_id, Clearance& clearance) {
    const std::function<Result<access::Client>(store::Transaction&)> find = [client_id](store::Transaction& tx) {
        return store::find_client(tx, client_id);
    };
    const Result<access::Client> client = co_await clearance.pool.in_transaction<access::Client>(store::As::gateway(), find);
    if (!client) co_return client.error();
    Result<crypto::Key> key = crypto::Key::from_pem(client->public_key);
    if (!key || client->revoked)
        co_return Error{ErrorKind::forbidden, "a release is taken back under a signature, and no public key is registered for this client"};
    co_return key;
}

}  // namespace

asio::awaitable<LegOutcome> rehold(LegWork work, ReholdRequest request, const access::Caller& officer, Clearance& clearance) {
    if (const Result<void> whole = inspection::check(request.hold, clearance.now()); !whole) co_return LegRefusal{whole.error()};
    const Result<crypto::Key> key = co_await registered_key(officer.client_id, clearance);
    if (!key) co_return LegRefusal{key.error()};
    const access::Rehold text{work.inspection_id.text(), work.agency.text(), work.fence, request.hold.reason, request.time};
    const Result<Instant> signed_at = access::verify_rehold(text, request.signature, *key, clearance.now());
    if (!signed_at) co_return LegRefusal{signed_at.error()};
    const store::SignedRehold signed_rehold{std::move(request.hold),      work.fence,        *signed_at,       access::text_to_sign(text),
                                            std::move(request.signature), key->public_pem(), officer.client_id};
    const LegStep step = [id = work.inspection_id, signed_rehold](store::Transaction& tx) { return store::rehold_leg(tx, id, signed_rehold); };
    co_return co_await move_leg(work, step, officer, clearance);
}

}  // namespace puente::clearance
