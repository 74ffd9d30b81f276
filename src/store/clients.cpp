#include "puente/store/clients.hpp"

#include "puente/store/transaction.hpp"

namespace puente::store {

namespace {

constexpr Statement find_client_statement{
    "find_client",
    R"sql(SELECT client_id, name, role, company, scac, agency, scopes, certificate_sha256, secret_sha256, public_key, revoked
  FROM puente.client WHERE client_id = $1)sql"};

constexpr Statement list_clients_statement{
    "list_clients",
    R"sql(SELECT client_id, name, role, company, scac, agency, scopes, certificate_sha256, secret_sha256, public_key, revoked
  FROM puente.client ORDER BY client_id)sql"};

constexpr Statement add_client_statement{"add_client",
                                         R"sql(WITH added AS (
    INSERT INTO puente.client (client_id, name, role, company, scac, agency, scopes, certificate_sha256, secret_sha256, public_key, revoked)
    VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''), $7, $8, NULLIF($9, ''::bytea), $10, $11) ON CONFLICT DO NOTHING RETURNING client_id
)
SELECT pg_notify('client_changed', client_id) FROM added)sql"};

constexpr Statement revoke_client_statement{"revoke_client",
                                            R"sql(WITH gone AS (UPDATE puente.client SET revoked = true WHERE client_id = $1 RETURNING client_id)
SELECT pg_notify('client_changed', client_id) FROM gone)sql"};

constexpr Statement forget_expired_assertions{
    "forget_expired_assertions", "DELETE FROM puente.assertion_id WHERE client_id = $1 AND expires_at < clock_timestamp() - interval '1 minute'"};

constexpr Statement remember_assertion_statement{
    "remember_assertion", "INSERT INTO puente.assertion_id (client_id, token_id, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};

/// A row that cannot be read is a client that can do nothing: unknown scopes and roles are not guessed.
Result<access::Client> client_of(const Row& row) {
    const std::optional<access::Role> role = access::parse_role(row.text(2));
    const std::optional<access::Scopes> scopes = access::Scopes::parse(row.text(6));
    if (!role || !scopes) return Error{ErrorKind::internal, "the client's entry cannot be read"};
    access::Client client;
    client.caller.client_id = row.text(0);
    client.name = row.text(1);
    client.caller.role = *role;
    client.caller.company = row.text(3);
    client.caller.scac = row.text(4);
    client.caller.agency = identifiers::AgencyCode::parse(row.text(5));
    client.caller.scopes = *scopes;
    client.caller.certificate_sha256 = row.text(7);
    client.secret_sha256 = row.octets(8);
    client.public_key = row.text(9);
    client.revoked = row.boolean(10);
    return client;
}

Error no_such_client() {
    return Error{ErrorKind::not_found, "no such client"};
}

}  // namespace

Result<access::Client> find_client(Transaction& tx, const std::string& client_id) {
    const Result<Rows> rows = tx.run(find_client_statement, client_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_client();
    return client_of((*rows)[0]);
}

Result<std::vector<access::Client>> list_clients(Transaction& tx) {
    const Result<Rows> rows = tx.run(list_clients_statement);
    if (!rows) return rows.error();
    std::vector<access::Client> clients;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        Result<access::Client> client = client_of((*rows)[i]);
        if (!client) return client.error();
        clients.push_back(std::move(*client));
    }
    return clients;
}

Result<void> add_client(Transaction& tx, const access::Client& client) {
    const access::Caller& caller = client.caller;
    const std::string agency{caller.agency ? identifiers::code(*caller.agency) : ""};
    const Result<Rows> added =
        tx.run(add_client_statement, caller.client_id, client.name, access::to_text(caller.role), caller.company, caller.scac, agency,
               caller.scopes.text(), caller.certificate_sha256, Octets{client.secret_sha256}, client.public_key, client.revoked);
    if (!added) return added.error();
    if (added->empty()) return Error{ErrorKind::conflict, "this client id is taken"};
    return {};
}

Result<void> revoke_client(Transaction& tx, const std::string& client_id) {
    const Result<Rows> revoked = tx.run(revoke_client_statement, client_id);
    if (!revoked) return revoked.error();
    if (revoked->empty()) return no_such_client();
    return {};
}

Result<void> remember_assertion(Transaction& tx, const std::string& client_id, const std::string& token_id, Instant expires_at) {
    if (const Result<Rows> cleaned = tx.run(forget_expired_assertions, client_id); !cleaned) return cleaned.error();
    const Result<Rows> added = tx.run(remember_assertion_statement, client_id, token_id, expires_at);
    if (!added) return added.error();
    if (added->affected() == 0) return Error{ErrorKind::conflict, "this assertion was used before"};
    return {};
}

}  // namespace puente::store
