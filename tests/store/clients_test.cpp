#include "puente/store/clients.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "puente/store/listen.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using store::Transaction;

access::Client client(const std::string& id) {
    access::Client client;
    client.caller.client_id = id;
    client.caller.role = access::Role::carrier;
    client.caller.company = "company-1";
    client.caller.scac = "ABCD";
    client.caller.scopes.add(access::Scope::status_read);
    client.name = "Línea";
    client.secret_sha256 = std::string(31, '\0') + "\xff";
    return client;
}

class Clients : public Desk {
protected:
    Result<void> as_owner(const std::function<Result<void>(Transaction&)>& work) {
        return store::run_once(cluster_.url(database_, "puente_owner"), store::As::gateway(), work);
    }
    Result<access::Client> find(const std::string& id) {
        const std::function<Result<access::Client>(Transaction&)> work = [id](Transaction& tx) { return store::find_client(tx, id); };
        return as<access::Client>(store::As::gateway(), work);
    }
    ErrorKind remember(const std::string& token, Instant until) {
        const std::function<Result<bool>(Transaction&)> work = [&](Transaction& tx) -> Result<bool> {
            const Result<void> done = store::remember_assertion(tx, "c1", token, until);
            if (!done) return done.error();
            return true;
        };
        const Result<bool> done = as<bool>(store::As::gateway(), work);
        return done ? ErrorKind::internal : done.error().kind();  // internal stands for "taken"
    }
};

TEST_F(Clients, are_added_by_the_owner_and_found_by_the_gateway) {
    ASSERT_TRUE(as_owner([](Transaction& tx) { return store::add_client(tx, client("c1")); }));
    EXPECT_EQ(as_owner([](Transaction& tx) { return store::add_client(tx, client("c1")); }).error().kind(), ErrorKind::conflict);
    const Result<access::Client> found = find("c1");
    ASSERT_TRUE(found) << found.error().detail();
    EXPECT_EQ(found->caller.role, access::Role::carrier);
    EXPECT_EQ(found->caller.scac, "ABCD");
    EXPECT_FALSE(found->caller.agency);
    EXPECT_TRUE(found->caller.scopes.has(access::Scope::status_read));
    EXPECT_EQ(found->name, "Línea");
    EXPECT_EQ(found->secret_sha256, client("c1").secret_sha256);
    EXPECT_FALSE(found->revoked);
    EXPECT_EQ(find("c2").error().kind(), ErrorKind::not_found);

    access::Client officer = client("c2");
    officer.caller.role = access::Role::officer;
    officer.caller.agency = identifiers::Agency::sat;
    officer.secret_sha256.clear();
    ASSERT_TRUE(as_owner([&](Transaction& tx) { return store::add_client(tx, officer); }));
    EXPECT_EQ(find("c2")->caller.agency, identifiers::Agency::sat);
    EXPECT_TRUE(find("c2")->secret_sha256.empty());
    EXPECT_TRUE(as_owner([](Transaction& tx) -> Result<void> {
        EXPECT_EQ(store::list_clients(tx)->size(), 2u);
        return {};
    }));

    ASSERT_TRUE(as_owner([](Transaction& tx) { return store::revoke_client(tx, "c1"); }));
    EXPECT_TRUE(find("c1")->revoked);
    EXPECT_EQ(as_owner([](Transaction& tx) { return store::revoke_client(tx, "none"); }).error().kind(), ErrorKind::not_found);
}

TEST_F(Clients, cannot_be_added_by_the_gateway) {
    const std::function<Result<bool>(Transaction&)> work = [](Transaction& tx) -> Result<bool> {
        const Result<void> added = store::add_client(tx, client("c1"));
        if (!added) return added.error();
        return true;
    };
    EXPECT_EQ(as<bool>(store::As::gateway(), work).error().kind(), ErrorKind::forbidden);
}

TEST_F(Clients, an_assertion_counts_once) {
    ASSERT_TRUE(as_owner([](Transaction& tx) { return store::add_client(tx, client("c1")); }));
    const Instant now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_EQ(remember("t1", now + std::chrono::minutes{5}), ErrorKind::internal);
    EXPECT_EQ(remember("t1", now + std::chrono::minutes{5}), ErrorKind::conflict);
    EXPECT_EQ(remember("t2", now - std::chrono::minutes{5}), ErrorKind::internal);
    EXPECT_EQ(remember("t3", now + std::chrono::minutes{5}), ErrorKind::internal);
    EXPECT_EQ(sql("SELECT token_id FROM puente.assertion_id ORDER BY 1"), "t1\nt3") << "what has expired is forgotten";
}

TEST_F(Clients, changes_are_heard_and_a_lost_connection_is_told_and_made_again) {
    std::mutex mutex;
    std::vector<std::string> heard;
    std::atomic<int> ups{0};
    std::atomic<int> downs{0};
    const auto hear = [&](const store::Notice& notice) {
        const std::lock_guard lock{mutex};
        heard.push_back(notice.channel + ":" + notice.payload);
    };
    const auto has = [&](const std::string& text) {
        const std::lock_guard lock{mutex};
        return std::find(heard.begin(), heard.end(), text) != heard.end();
    };
    store::Listener listener{cluster_.url(database_), hear, [&](bool up) { ++(up ? ups : downs); }};
    ASSERT_TRUE(soon([&] { return ups == 1; }));
    ASSERT_TRUE(as_owner([](Transaction& tx) { return store::add_client(tx, client("c1")); }));
    EXPECT_TRUE(soon([&] { return has("client_changed:c1"); }));

    cluster_.terminate_sessions(database_);
    EXPECT_TRUE(soon([&] { return downs == 1 && ups == 2; }));
    ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
    const std::function<Result<store::Claim>(Transaction&)> take = [](Transaction& tx) {
        return store::claim_leg(tx, "2304", identifiers::Agency::cbp, "ann", std::nullopt, std::chrono::seconds{60});
    };
    const Result<store::Claim> claim = as<store::Claim>(officer("CBP"), take);
    ASSERT_TRUE(claim);
    const std::function<Result<store::LegMove>(Transaction&)> begin = [&](Transaction& tx) {
        return store::start_leg(tx, claim->inspection_id, identifiers::Agency::cbp, "ann", claim->fence);
    };
    ASSERT_TRUE(as<store::LegMove>(officer("CBP"), begin));
    EXPECT_TRUE(soon([&] { return has("manifest_changed:" + cleared_filing(1).manifest_id.text()); }));
    const auto began = std::chrono::steady_clock::now();
    listener.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{1500});
}

}  // namespace

}  // namespace puente::test
