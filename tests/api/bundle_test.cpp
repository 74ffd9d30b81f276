// The bundle of a rule set over the wire: the command's own bytes, for whoever may see them.
#include "api/rule_test.hpp"

namespace puente::test {

namespace {

/// The rules of the house.
class HouseBundle : public AtStation<HouseBundle> {
public:
    static Station::Options options() { return {}; }

protected:
    std::string by_command(const std::string& set, std::vector<std::string> more = {}) {
        std::vector<std::string> line{"rules-bundle", set, "--rules", station.rules()};
        line.insert(line.end(), more.begin(), more.end());
        const Finished finished = puente(line);
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        return finished.out;
    }
    Answer bundle(const std::string& set, const std::string& query = "") { return station.ask({"GET", "/v1/rulesets/" + set + "/bundle" + query}); }
};

TEST_F(HouseBundle, is_to_the_byte_what_the_command_writes) {
    for (const char* set : {"shared", "cbp", "sat"}) {
        const Answer answer = bundle(set);
        ASSERT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.header("Content-Type"), "application/json");
        EXPECT_TRUE(answer.body == by_command(set)) << set;
        EXPECT_TRUE(bundle(set, "?asOf=2027-02-11").body == by_command(set, {"--day", "2027-02-11"})) << set;
        EXPECT_TRUE(bundle(set, "?version=shipped").body == answer.body) << set;
        const nlohmann::json document = answer.json();
        EXPECT_EQ(document["version"], station.ask({"GET", "/readyz"}).json()["ruleSets"][set]);
        for (const char* part : {"rules", "lists", "functions", "facts", "descriptors", "schema"})
            EXPECT_FALSE(document[part].empty()) << set << part;
    }
}

TEST_F(HouseBundle, has_an_entity_tag_of_its_content) {
    const Answer first = bundle("sat");
    const std::string tag = first.header("ETag");
    EXPECT_TRUE(tag.starts_with('"')) << "strong: " << tag;
    EXPECT_EQ(bundle("sat").header("ETag"), tag);
    EXPECT_NE(bundle("cbp").header("ETag"), tag);
    EXPECT_NE(bundle("sat", "?asOf=2027-02-11").header("ETag"), tag);
    const Answer known = station.ask({"GET", "/v1/rulesets/sat/bundle", {{"If-None-Match", tag}}});
    EXPECT_EQ(known.status, 304);
    EXPECT_EQ(known.header("ETag"), tag);
    EXPECT_TRUE(known.body.empty());
    EXPECT_EQ(station.ask({"GET", "/v1/rulesets/sat/bundle", {{"If-None-Match", "\"another\""}}}).status, 200);
    const Answer head = station.ask({"HEAD", "/v1/rulesets/sat/bundle"});
    EXPECT_EQ(head.header("ETag"), tag);
    EXPECT_EQ(head.header("Content-Length"), std::to_string(first.body.size()));
}

TEST_F(HouseBundle, keeps_targeting_to_its_agency) {
    const std::string for_all = by_command("cbp");
    const std::string for_cbp = by_command("cbp", {"--targeting"});
    ASSERT_NE(for_all, for_cbp);
    EXPECT_TRUE(station.get(station.cbp, "/v1/rulesets/cbp/bundle").body == for_cbp);
    for (const Party& other : {station.broker, station.carrier, station.sat})
        EXPECT_TRUE(station.get(other, "/v1/rulesets/cbp/bundle").body == for_all) << other.id;
    EXPECT_TRUE(bundle("cbp").body == for_all) << "what an officer was given before is not for anyone";
    EXPECT_TRUE(station.get(station.sat, "/v1/rulesets/sat/bundle").body == by_command("sat", {"--targeting"}));
    EXPECT_TRUE(station.get(station.cbp, "/v1/rulesets/sat/bundle").body == by_command("sat"));
    EXPECT_EQ(station.ask({"GET", "/v1/rulesets/cbp/bundle", {{"Authorization", "Bearer nonsense"}}}).status, 401);
}

TEST_F(HouseBundle, is_refused_by_what_cannot_be_asked) {
    const std::pair<const char*, int> cases[] = {
        {"/v1/rulesets/fda/bundle",                                 404},
        {"/v1/rulesets/cbp/bundle?version=none",                    404},
        {"/v1/rulesets/cbp/bundle?asOf=tomorrow",                   400},
        {"/v1/rulesets/cbp/bundle?asof=2027-02-11",                 400},
        {"/v1/rulesets/cbp/bundle?asOf=2027-02-11&version=shipped", 400},
    };
    for (const auto& [target, status] : cases) EXPECT_EQ(station.ask({"GET", target}).status, status) << target;
}

using PublishedBundle = RuleTest;

TEST_F(PublishedBundle, follows_what_is_in_force) {
    const auto ids = [this](const std::string& query) {
        std::vector<std::string> found;
        const nlohmann::json bundle = open_get("/v1/rulesets/cbp/bundle" + query).json();
        for (const nlohmann::json& each : bundle["rules"]) found.push_back(each["id"]);
        return found;
    };
    const std::vector<std::string> before{"CBP-901"};
    const std::vector<std::string> after{"CBP-901", "CBP-902"};
    const std::string tag = open_get("/v1/rulesets/cbp/bundle").header("ETag");
    const std::string strict = publish_cbp(strict_rules).json()["version"];
    EXPECT_EQ(ids(""), before);
    EXPECT_EQ(ids("?version=" + strict), after);
    const std::string asked_before = open_get("/v1/rulesets/cbp/bundle?version=" + strict).body;
    ASSERT_EQ(activate(cbp_author, "cbp", strict).status, 200);
    ASSERT_TRUE(soon([&] { return in_force("cbp") == strict; }));
    EXPECT_EQ(ids(""), after);
    EXPECT_EQ(open_get("/v1/rulesets/cbp/bundle").body, asked_before);
    EXPECT_NE(open_get("/v1/rulesets/cbp/bundle").header("ETag"), tag);
    EXPECT_EQ(ids("?version=shipped"), before);
    EXPECT_EQ(ids("?asOf=2099-01-01"), after) << "the version that stands on that day";
    EXPECT_EQ(open_get("/v1/rulesets").json()["items"][1]["links"]["bundle"], "/v1/rulesets/cbp/bundle");
}

/// A gateway that lets a client, and an address that reads rules, ask twice at once.
class HeldToARate : public AtStation<HeldToARate> {
public:
    static Station::Options options() {
        return {
            {"--client-rate", "1"}
        };
    }
};

TEST_F(HeldToARate, readers_of_rules_are_counted_by_address) {
    Answer last;
    for (int i = 0; i < 20 && last.status != 429; ++i) last = station.ask({"GET", "/v1/rules/CBP-001"});
    EXPECT_EQ(last.status, 429);
    EXPECT_EQ(last.json()["type"], "/problems/too-many-requests");
    EXPECT_TRUE(last.has("Retry-After"));
    EXPECT_EQ(station.get(station.broker, "/v1/manifests").status, 200) << "a client who says who it is has a rate of its own";
    for (int i = 0; i < 5; ++i) EXPECT_EQ(station.ask({"GET", "/livez"}).status, 200);
}

}  // namespace

}  // namespace puente::test
