#include "puente/clearance/grant.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "puente/access/secret.hpp"
#include "puente/crypto/base64url.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/store/clients.hpp"
#include "puente/store/pool.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds remembered_for{30};

/// One neutral answer, whatever was wrong; the reason goes to the log only.
Error refused(const std::string& client_id, const std::string& reason) {
    telemetry::Event{"token.refused", telemetry::Level::warning}.with("client_id", client_id).with("error.type", reason);
    return Error{ErrorKind::unauthorized, "the client is not known or did not prove who it is"};
}

asio::awaitable<Result<access::Client>> active_client(std::string client_id, Clearance& clearance) {
    const std::function<Result<access::Client>(store::Transaction&)> find = [client_id](store::Transaction& tx) { return store::find_client(tx, client_id); };
    Result<access::Client> client = co_await clearance.pool.in_transaction<access::Client>(store::As::gateway(), find);
    if (!client && client.error().kind() != ErrorKind::not_found) co_return client.error();
    if (!client) co_return refused(client_id, "unknown client");
    if (client->revoked) co_return refused(client_id, "revoked client");
    co_return client;
}

asio::awaitable<Result<access::Client>> by_assertion(const TokenRequest& request, const AccessDesk& desk, Clearance& clearance) {
    const Result<std::string> claimed = access::claimed_client(request.assertion);
    if (!claimed) co_return refused(request.client_id, claimed.error().detail());
    if (!request.client_id.empty() && request.client_id != *claimed) co_return refused(*claimed, "client_id differs from the assertion's sub");
    const Result<access::Client> client = co_await active_client(*claimed, clearance);
    if (!client) co_return client.error();
    const Result<crypto::Key> key = crypto::Key::from_pem(client->public_key);
    if (!key) co_return refused(*claimed, "no public key registered");
    const Result<access::ClientAssertion> assertion = access::verify_assertion(request.assertion, *key, desk.assertion_audiences, clearance.now());
    if (!assertion) co_return refused(*claimed, assertion.error().detail());

    const std::function<Result<bool>(store::Transaction&)> remember = [seen = *assertion](store::Transaction& tx) -> Result<bool> {
        const Result<void> fresh = store::remember_assertion(tx, seen.client_id, seen.token_id, seen.expires_at);
        if (!fresh) return fresh.error();
        return true;
    };
    const Result<bool> fresh = co_await clearance.pool.in_transaction<bool>(store::As::gateway(), remember);
    if (!fresh && fresh.error().kind() == ErrorKind::conflict) co_return refused(*claimed, "assertion used before");
    if (!fresh) co_return fresh.error();
    co_return client;
}

asio::awaitable<Result<access::Client>> by_secret(const TokenRequest& request, const AccessDesk& desk, Clearance& clearance) {
    if (!desk.secrets_allowed) co_return refused(request.client_id, "client secrets are switched off");
    const Result<access::Client> client = co_await active_client(request.client_id, clearance);
    if (!client) co_return client.error();
    if (!access::secret_matches(request.secret, client->secret_sha256)) co_return refused(request.client_id, "wrong secret");
    co_return client;
}

/// What was asked for, as far as the client may have it.
Result<access::Scopes> granted_scopes(const std::string& asked, const access::Scopes& allowed) {
    if (asked.empty()) return allowed;
    const std::optional<access::Scopes> wanted = access::Scopes::parse(asked);
    if (!wanted || !allowed.covers(*wanted)) return Error{ErrorKind::forbidden, "a scope asked for is unknown or not open to this client; it may ask for: " + allowed.text()};
    return *wanted;
}

}  // namespace

asio::awaitable<Result<Granted>> grant(TokenRequest request, const AccessDesk& desk, Clearance& clearance) {
    Result<access::Client> client = Error{};
    if (request.assertion.empty()) {
        client = co_await by_secret(request, desk, clearance);
    } else {
        client = co_await by_assertion(request, desk, clearance);
    }
    if (!client) co_return client.error();
    const Result<access::Scopes> scopes = granted_scopes(request.scope, client->caller.scopes);
    if (!scopes) co_return scopes.error();
    access::Caller caller = client->caller;
    caller.scopes = *scopes;
    caller.certificate_sha256 = request.certificate_sha256;
    const std::string token_id = crypto::base64url(crypto::random_octets(16));
    co_return Granted{access::issue_token(desk.issuer, caller, clearance.now(), token_id), desk.issuer.lifetime, scopes->text()};
}

asio::awaitable<Result<access::Caller>> identify(std::string_view token, const std::string& certificate_sha256, const AccessDesk& desk, Clearance& clearance) {
    const Instant now = clearance.now();
    std::shared_ptr<const access::VerifiedToken> known = desk.tokens.find(token, now);
    if (!known) {
        const std::string kept{token};
        const std::uint64_t epoch = desk.tokens.epoch();
        Result<access::VerifiedToken> verified = access::verify_token(desk.issuer, kept, now);
        if (!verified) co_return refused("", verified.error().detail());
        const Result<access::Client> client = co_await active_client(verified->caller.client_id, clearance);
        if (!client) co_return client.error();
        verified->expires_at = std::min(verified->expires_at, now + remembered_for);
        known = std::make_shared<const access::VerifiedToken>(*verified);
        desk.tokens.put(kept, std::move(*verified), now, epoch);
    }
    if (!known->caller.certificate_sha256.empty() && known->caller.certificate_sha256 != certificate_sha256) {
        co_return refused(known->caller.client_id, "token is bound to another client certificate");
    }
    co_return known->caller;
}

}  // namespace puente::clearance
