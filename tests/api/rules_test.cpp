// Rule sets: published by their authors, put in force on every gateway without a restart.
#include <signal.h>

#include <filesystem>

#include "api/rule_test.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

using Rules = RuleTest;

/// A second gateway on the station's database, for the same clients.
class Neighbour {
public:
    explicit Neighbour(const Station& station) {
        std::vector<std::string> line = station.command(port_);
        line.insert(line.end(), {"--public-url", station.url()});
        process_ = std::make_unique<Process>(line, Environment{}, Process::Files{"/dev/null", folder_.file("out"), folder_.file("err")});
        const auto ready = [this] {
            try {
                return client().ask({"GET", "/readyz"}).status == 200;
            } catch (const Lost&) {
                return false;
            }
        };
        if (!soon(ready, 60s)) throw std::runtime_error{"the second gateway does not become ready: " + read_file(folder_.file("err"))};
    }
    HttpsClient client() const { return HttpsClient{port_, Certificates::shared().plain}; }

private:
    TemporaryFolder folder_;
    const std::uint16_t port_ = free_port();
    std::unique_ptr<Process> process_;
};

/// Validates again and again on a gateway; every request has to be answered by one verdict or the other.
class Asking {
public:
    Asking(HttpsClient client, std::pair<std::string, std::string> bearer) : client_{std::move(client)} {
        request_ = {"POST", "/v1/manifests:validate", {std::move(bearer), {"Content-Type", "application/json"}}, fresh().dump()};
    }
    int status() {
        const int status = client_.ask(request_).status;
        EXPECT_TRUE(status == 200 || status == 422) << status;
        ++asked_;
        return status;
    }
    int asked() const { return asked_; }

private:
    HttpsClient client_;
    Ask request_;
    int asked_ = 0;
};

TEST_F(Rules, a_version_reaches_every_gateway_within_two_seconds_and_is_rolled_back_as_fast) {
    const Neighbour neighbour{station};
    Asking here{station.client(), station.bearer(station.broker)};
    Asking there{neighbour.client(), station.bearer(station.broker)};
    const auto all_say = [&](int status) {
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_TRUE(soon([&] { return here.status() == status && there.status() == status; }));
        return std::chrono::steady_clock::now() - begun;
    };
    const Answer published = publish_cbp(strict_rules);
    ASSERT_EQ(published.status, 201) << published.body;
    const std::string strict = published.json()["version"];
    EXPECT_EQ(published.header("Location"), "/v1/rulesets/cbp/versions/" + strict);
    EXPECT_EQ(published.json()["approvals"][0]["agency"], "CBP");
    EXPECT_EQ(publish_cbp(strict_rules).status, 200) << "the same again";
    EXPECT_EQ(here.status(), 200) << "published is not yet in force";

    const Answer activated = activate(cbp_author, "cbp", strict);
    ASSERT_EQ(activated.status, 200) << activated.body;
    EXPECT_LT(all_say(422), 2s);
    const Answer rejected = validate();
    EXPECT_EQ(rejected.json()["findings"][0]["rule"], "CBP-901");
    EXPECT_EQ(rejected.json()["ruleSets"]["cbp"], strict);
    const nlohmann::json listed = open_get("/v1/rulesets").json()["items"][1];
    EXPECT_EQ(listed["version"], strict);
    EXPECT_EQ(listed["source"], "published");
    EXPECT_EQ(listed["since"], activated.json()["effectiveFrom"]);
    EXPECT_EQ(listed["rules"], 2);

    const std::string kind = publish_cbp(kind_rules).json()["version"];
    EXPECT_EQ(kind, open_get("/v1/rulesets/cbp/versions").json()["shipped"]) << "what is shipped, published";
    EXPECT_EQ(activate(cbp_author, "cbp", kind).status, 200);
    EXPECT_LT(all_say(200), 2s);
    EXPECT_EQ(open_get("/v1/rulesets/cbp/versions").json()["activations"].size(), 2u);
    EXPECT_GT(here.asked(), 4);
    EXPECT_EQ(station.submit(station.broker, fresh().dump()).json()["ruleSets"]["cbp"], kind);
}

TEST_F(Rules, the_database_wins_over_the_folder_at_start) {
    const std::string strict = put_in_force(strict_rules);
    station.stop();
    station.start();
    EXPECT_EQ(in_force("cbp"), strict);
    EXPECT_EQ(validate().status, 422);
}

struct Broken {
    const char* what;
    std::string text;
    int line;    ///< 0: any
    int column;  ///< 0: any
    const char* says;
};

TEST_F(Rules, a_version_with_a_fault_is_refused_with_its_place) {
    std::string unknown_field = strict_rules;
    unknown_field.replace(unknown_field.find("manifest.trip.tripNumber"), 24, "manifest.trip.tripNumbre");
    std::string wrong_example = strict_rules;
    wrong_example.replace(wrong_example.find("pass: "), 6, "pass: [{sample: produce-northbound}] #");
    std::string escaping_sample = strict_rules;
    escaping_sample.replace(escaping_sample.find("produce-northbound"), 18, "../samples/produce-northbound");
    const Broken cases[] = {
        {"not yaml", "rules: [", 1, 0, ""},
        {"no rules", "{}", 1, 1, "rules"},
        {"a field that is not there", unknown_field, 4, 0, "tripNumbre"},
        {"an example that does not behave", wrong_example, 12, 1, "should pass"},
        {"a sample beyond the folder", escaping_sample, 0, 1, "no sample"},
        {"aliases, which could stand for billions of nodes", "rules: &a\n  - {id: CBP-904, title: {en: *a, es: *a}}\n", 2, 31, "alias"},
        {"an id of the other agency", "rules:\n" + rule("SAT-901", "advise", true), 2, 0, "CBP-"},
    };
    for (const Broken& each : cases) {
        const Answer answer = publish_cbp(each.text);
        ASSERT_EQ(answer.status, 422) << each.what << answer.body;
        EXPECT_EQ(answer.json()["type"], "/problems/rules-refused") << each.what;
        const nlohmann::json error = answer.json()["errors"][0];
        EXPECT_EQ(error["file"], "cbp/trip.yaml") << each.what;
        EXPECT_TRUE(each.line == 0 || error["line"] == each.line) << each.what << answer.body;
        EXPECT_TRUE(each.column == 0 || error["column"] == each.column) << each.what << answer.body;
        EXPECT_GE(error["column"], 1) << each.what;
        EXPECT_NE(error["message"].get<std::string>().find(each.says), std::string::npos) << each.what << answer.body;
    }
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.rule_set_version"), "0");
    EXPECT_EQ(validate().status, 200);
}

TEST_F(Rules, files_that_do_not_belong_to_the_set_are_refused) {
    const std::pair<const char*, int> names[] = {{"sat/trip.yaml", 422},   {"cbp/../sat/trip.yaml", 422}, {"cbp/Trip.yaml", 422},
                                                 {"codes/units.csv", 422}, {"cbp/trip.txt", 422},         {"", 422}};
    for (const auto& [name, status] : names) EXPECT_EQ(publish(cbp_author, "cbp", publication(name, kind_rules)).status, status) << name;
    nlohmann::json twice = publication("cbp/trip.yaml", kind_rules);
    twice["files"].push_back(twice["files"][0]);
    EXPECT_EQ(publish(cbp_author, "cbp", twice).status, 422);
    EXPECT_EQ(publish(cbp_author, "cbp", {{"files", nlohmann::json::array()}}).status, 422);
    EXPECT_EQ(publish(cbp_author, "cbp", publication("cbp/trip.yaml", std::string(2 * 1024 * 1024 + 1, '#'))).status, 422);
    for (const nlohmann::json& body : {nlohmann::json::object(), nlohmann::json{{"files", "x"}}, nlohmann::json{{"files", {1}}},
                                       nlohmann::json{{"files", {{{"name", "x"}}}}}, nlohmann::json{{"more", 1}}}) {
        EXPECT_EQ(publish(cbp_author, "cbp", body).status, 400) << body;
    }
    EXPECT_EQ(publish(cbp_author, "fda", publication("fda/trip.yaml", kind_rules)).status, 404);
}

TEST_F(Rules, only_an_author_of_the_agency_publishes_and_activates) {
    const std::string version = publish_cbp(strict_rules).json()["version"];
    EXPECT_EQ(publish(sat_author, "cbp", publication("cbp/trip.yaml", strict_rules)).status, 403);
    EXPECT_EQ(activate(sat_author, "cbp", version).status, 403);
    EXPECT_EQ(activate(station.cbp, "cbp", version).status, 403) << "officers only read";
    EXPECT_EQ(activate(station.broker, "cbp", version).status, 403);
    EXPECT_EQ(station.ask({"POST", "/v1/rulesets/cbp/versions/" + version + ":activate"}).status, 401);
    EXPECT_EQ(activate(cbp_author, "cbp", std::string(64, '0')).status, 404);
    EXPECT_EQ(station.get(cbp_author, "/v1/manifests").status, 403) << "and authors read no manifests";
    EXPECT_NE(in_force("cbp"), version);
}

TEST_F(Rules, the_shared_set_needs_both_keys) {
    nlohmann::json body{{"files", nlohmann::json::array()}};
    for (const char* part : {"shared", "codes"}) {
        for (const auto& entry : std::filesystem::directory_iterator{rules + "/" + part}) {
            body["files"].push_back(
                {{"name", std::string{part} + "/" + entry.path().filename().string()}, {"text", read_file(entry.path().string())}});
        }
    }
    body["files"].push_back({{"name", "shared/more.yaml"}, {"text", "rules:\n" + rule("SHARED-902", "advise", false)}});
    const Answer first = publish(sat_author, "shared", body);
    ASSERT_EQ(first.status, 201) << first.body;
    const std::string version = first.json()["version"];
    EXPECT_EQ(first.json()["approvalsMissing"], nlohmann::json::array({"CBP"}));
    EXPECT_EQ(publish(sat_author, "shared", body).json()["approvalsMissing"].size(), 1u) << "twice the same key is one key";
    EXPECT_EQ(activate(sat_author, "shared", version).status, 409);
    EXPECT_EQ(activate(cbp_author, "shared", version).status, 409) << "to activate is not to agree";

    const Answer second = publish(cbp_author, "shared", body);
    EXPECT_EQ(second.status, 200) << second.body;
    EXPECT_EQ(second.json()["approvals"].size(), 2u);
    EXPECT_EQ(activate(sat_author, "shared", version).status, 200);
    EXPECT_TRUE(soon([&] { return in_force("shared") == version; }, 2s));
    EXPECT_EQ(validate().json()["findings"][0]["rule"], "SHARED-902");

    body["files"].back()["text"] = "rules:\n" + rule("SHARED-902", "inspect", false);
    EXPECT_EQ(publish(cbp_author, "shared", body).status, 422) << "what both share cannot be private";
}

TEST_F(Rules, a_version_that_does_not_load_never_takes_effect) {
    const std::string version(64, 'a');
    const std::string said = station.sql(
        "BEGIN; INSERT INTO puente.rule_set_version (rule_set, version) VALUES ('cbp', '" + version +
        "'); INSERT INTO puente.rule_set_file VALUES ('cbp', '" + version +
        "', 'cbp/trip.yaml', false, 'rules: ['); INSERT INTO puente.rule_set_approval (rule_set, version, agency, by_client) VALUES ('cbp', '" +
        version + "', 'CBP', 'x'); COMMIT");
    ASSERT_EQ(said.find("ERROR"), std::string::npos) << said;
    const Answer refused = activate(cbp_author, "cbp", version);
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_EQ(refused.json()["errors"][0]["file"], "cbp/trip.yaml");

    station.sql("INSERT INTO puente.rule_set_activation (rule_set, version, effective_from, agency, by_client) VALUES ('cbp', '" + version +
                "', now(), 'CBP', 'x')");
    EXPECT_TRUE(soon([&] { return station.log().find("rules.refused") != std::string::npos; }, 5s));
    EXPECT_EQ(validate().status, 200);
    const std::string strict = put_in_force(strict_rules);
    EXPECT_EQ(validate().json()["ruleSets"]["cbp"], strict) << "the next good one does";
}

TEST_F(Rules, hang_up_rereads_the_folder_behind_what_is_published) {
    const std::string strict = put_in_force(strict_rules);
    const std::string sat_before = in_force("sat");
    write_file(rules + "/sat/trip.yaml", "rules:\n" + rule("SAT-901", "review", true));
    write_file(rules + "/cbp/trip.yaml", "rules:\n" + rule("CBP-901", "review", true));
    station.process().signal(SIGHUP);
    EXPECT_TRUE(soon([&] { return in_force("sat") != sat_before; }));
    EXPECT_EQ(in_force("cbp"), strict);
}

}  // namespace

}  // namespace puente::test
