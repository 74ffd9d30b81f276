#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "main/commands.hpp"
#include "puente/access/caller.hpp"
#include "puente/access/secret.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/crypto/key.hpp"
#include "puente/store/clients.hpp"

namespace puente::main {

namespace {

/// What the person asked for.
struct Wishes {
    std::string database;
    std::string id;
    std::string name;
    std::string role;
    std::string company;
    std::string scac;
    std::string agency;
    std::string scopes;
    std::string public_key_file;
    bool no_secret = false;
    bool json = false;
};

Result<access::Client> new_client(const Wishes& wishes) {
    access::Client client;
    client.caller.client_id = wishes.id.empty() ? fmt::format("{}-{}", wishes.role, crypto::hex(crypto::random_octets(6))) : wishes.id;
    client.caller.role = *access::parse_role(wishes.role);
    client.caller.company = wishes.company;
    client.caller.scac = wishes.scac;
    client.caller.agency = identifiers::AgencyCode::parse(wishes.agency);
    client.name = wishes.name.empty() ? wishes.company : wishes.name;
    const bool of_agency = access::is_of_agency(client.caller.role);
    if (of_agency != client.caller.agency.has_value()) return Error{ErrorKind::malformed, "--agency belongs to the roles officer and author, and to no other"};
    if (client.caller.role == access::Role::author && !client.caller.agency->customs()) return Error{ErrorKind::malformed, "only CBP and SAT own rule sets to write"};
    if (!of_agency && wishes.company.empty()) return Error{ErrorKind::malformed, "--company says whose records a broker or carrier sees"};
    if (client.caller.role == access::Role::carrier && wishes.scac.empty()) return Error{ErrorKind::malformed, "--scac says which trips are the carrier's"};
    for (const access::Scope scope : access::scopes_of(client.caller.role)) client.caller.scopes.add(scope);
    if (!wishes.scopes.empty()) {
        const std::optional<access::Scopes> asked = access::Scopes::parse(wishes.scopes);
        if (!asked || !client.caller.scopes.covers(*asked)) return Error{ErrorKind::malformed, "this role may hold: " + client.caller.scopes.text()};
        client.caller.scopes = *asked;
    }
    if (!wishes.public_key_file.empty()) {
        std::ifstream in{wishes.public_key_file};
        const Result<crypto::Key> key = crypto::Key::from_pem(std::string{std::istreambuf_iterator<char>{in}, {}});
        if (!key) return Error{ErrorKind::malformed, fmt::format("{}: {}", wishes.public_key_file, key.error().detail())};
        client.public_key = key->public_pem();
    }
    if (wishes.no_secret && client.public_key.empty()) return Error{ErrorKind::malformed, "a client without secret needs --public-key"};
    return client;
}

int add(const Wishes& wishes) {
    Result<access::Client> client = new_client(wishes);
    if (!client) {
        std::cerr << client.error().detail() << "\n";
        return 2;
    }
    access::NewSecret secret;
    if (!wishes.no_secret) secret = access::make_secret();
    client->secret_sha256 = secret.sha256;
    const Result<void> added = store::run_once(wishes.database, store::As::gateway(), [&](store::Transaction& tx) { return store::add_client(tx, *client); });
    if (!added) {
        std::cerr << added.error().detail() << "\n";
        return 1;
    }
    if (wishes.json) {
        nlohmann::ordered_json document{{"clientId", client->caller.client_id}};
        if (!secret.text.empty()) document["clientSecret"] = secret.text;
        std::cout << document.dump() << "\n";
        return 0;
    }
    std::cout << "client id:     " << client->caller.client_id << "\n";
    if (!secret.text.empty()) std::cout << "client secret: " << secret.text << "\n(shown this once; only its digest is kept)\n";
    return 0;
}

int list(const Wishes& wishes) {
    std::vector<access::Client> clients;
    const Result<void> done = store::run_once(wishes.database, store::As::gateway(), [&](store::Transaction& tx) -> Result<void> {
        Result<std::vector<access::Client>> found = store::list_clients(tx);
        if (!found) return found.error();
        clients = std::move(*found);
        return {};
    });
    if (!done) {
        std::cerr << done.error().detail() << "\n";
        return 1;
    }
    for (const access::Client& client : clients) {
        const access::Caller& caller = client.caller;
        const std::string agency = caller.agency ? std::string{identifiers::code(*caller.agency)} : std::string{};
        if (wishes.json) {
            std::cout << nlohmann::ordered_json{{"clientId", caller.client_id}, {"role", to_text(caller.role)}, {"company", caller.company}, {"scac", caller.scac},
                                                {"agency", agency}, {"scopes", caller.scopes.text()}, {"name", client.name}, {"revoked", client.revoked}}
                             .dump()
                      << "\n";
        } else {
            std::cout << fmt::format("{:<28} {:<8} {:<20} {:<5} {:<4} {}{}\n", caller.client_id, to_text(caller.role), caller.company, caller.scac, agency, client.name,
                                     client.revoked ? " (revoked)" : "");
        }
    }
    return 0;
}

int revoke(const Wishes& wishes) {
    const Result<void> revoked = store::run_once(wishes.database, store::As::gateway(), [&](store::Transaction& tx) { return store::revoke_client(tx, wishes.id); });
    if (!revoked) {
        std::cerr << (revoked.error().kind() == ErrorKind::not_found ? "there is no client '" + wishes.id + "'" : revoked.error().detail()) << "\n";
        return 1;
    }
    std::cout << wishes.id << " is revoked; its tokens end within seconds\n";
    return 0;
}

}  // namespace

int client(int argc, const char* const* argv) {
    CLI::App app{"Adds, lists or revokes clients. Needs the rights of the schema's owner.", "puente client"};
    app.require_subcommand(1);
    Wishes wishes;
    CLI::App* adding = app.add_subcommand("add", "register a broker, a carrier, an officer or a rule author, and print its id and secret");
    adding->add_option("--role", wishes.role, "broker, carrier, officer or author (of rules)")->required()->check(CLI::IsMember({"broker", "carrier", "officer", "author"}));
    adding->add_option("--company", wishes.company, "the company whose records it sees");
    adding->add_option("--scac", wishes.scac, "carriers: the SCAC under which trips are theirs");
    adding->add_option("--agency", wishes.agency, "officers: the agency's code (see puente agency); authors: CBP or SAT");
    adding->add_option("--name", wishes.name, "what to call it in lists");
    adding->add_option("--id", wishes.id, "client id; by default one is made");
    adding->add_option("--scopes", wishes.scopes, "space-separated; by default all that the role may hold");
    adding->add_option("--public-key", wishes.public_key_file, "PEM file of a P-256 public key, for private_key_jwt");
    adding->add_flag("--no-secret", wishes.no_secret, "no client secret: private_key_jwt only");
    CLI::App* listing = app.add_subcommand("list", "list all clients");
    CLI::App* revoking = app.add_subcommand("revoke", "end a client's access");
    revoking->add_option("id", wishes.id, "client id")->required();
    for (CLI::App* each : {adding, listing, revoking}) {
        each->add_option("--database", wishes.database, "PostgreSQL connection URI of the schema's owner")->envname("PUENTE_DATABASE")->required();
        each->add_flag("--json", wishes.json, "answer in JSON");
    }
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    if (adding->parsed()) return add(wishes);
    return listing->parsed() ? list(wishes) : revoke(wishes);
}

}  // namespace puente::main
