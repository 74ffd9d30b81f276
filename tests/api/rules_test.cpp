// Rule sets: published by their authors, put in force on every gateway without a restart, read by everyone.
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <thread>

#include "api/station.hpp"
#include "puente/instant.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

bool soon(const std::function<bool()>& is_so, std::chrono::milliseconds patience = 10s) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

/// A rule about the beginning of the trip number, which the sample produce-northbound keeps or breaks.
std::string rule(const std::string& id, const std::string& severity, bool sample_passes, const std::string& more = "") {
    const std::string sample = "[{sample: produce-northbound}]";
    const std::string changed = "[{sample: produce-northbound, patch: {trip: {tripNumber: XXXX00000001}}}]";
    return "  - id: " + id + "\n    title: {en: Trip, es: Viaje}\n    assert: \"" + (sample_passes ? "" : "!") +
           "manifest.trip.tripNumber.startsWith('TSTA')\"\n    severity: " + severity + more +
           "\n    pointer: /trip/tripNumber\n    message: {en: 'The trip is {value}.', es: 'El viaje es {value}.'}\n    fix: {en: None., es: "
           "Ninguna.}\n    citation: Test\n" +
           "    confidence: S1\n    examples:\n      pass: " + (sample_passes ? sample : changed) +
           "\n      fail: " + (sample_passes ? changed : sample) + "\n";
}

const std::string kind_rules = "rules:\n" + rule("CBP-901", "advise", true);
const std::string strict_rules = "rules:\n" + rule("CBP-901", "reject", false) + rule("CBP-902", "advise", true);

/// The code lists and the selection of the house, and one rule in each set.
std::string small_rules(const std::string& parent) {
    const std::string folder = rules_for_tests(parent);
    for (const char* set : {"shared", "cbp", "sat"}) {
        std::filesystem::remove_all(folder + "/" + set);
        std::filesystem::create_directory(folder + "/" + set);
    }
    write_file(folder + "/shared/trip.yaml", "rules:\n" + rule("SHARED-901", "advise", true));
    write_file(folder + "/cbp/trip.yaml", kind_rules);
    write_file(folder + "/sat/trip.yaml", "rules:\n" + rule("SAT-901", "advise", true));
    return folder;
}

nlohmann::json publication(const std::string& name, const std::string& text) {
    return {{"files", {{{"name", name}, {"text", text}}}}};
}

class Rules : public testing::Test {
protected:
    Answer publish(const Party& author, const std::string& set, const nlohmann::json& body) {
        return station.post(author, "/v1/rulesets/" + set + "/versions", body);
    }
    Answer publish_cbp(const std::string& text) { return publish(cbp_author, "cbp", publication("cbp/trip.yaml", text)); }
    Answer activate(const Party& author, const std::string& set, const std::string& version, const nlohmann::json& body = nlohmann::json::object()) {
        return station.post(author, "/v1/rulesets/" + set + "/versions/" + version + ":activate", body);
    }
    /// Publishes, activates and waits until this gateway judges by it.
    std::string put_in_force(const std::string& text) {
        const std::string version = publish_cbp(text).json().value("version", "");
        EXPECT_EQ(activate(cbp_author, "cbp", version).status, 200);
        EXPECT_TRUE(soon([&] { return in_force("cbp") == version; }));
        return version;
    }
    Answer open_get(const std::string& target) { return station.ask({"GET", target}); }
    std::string in_force(const std::string& set) { return open_get("/readyz").json()["ruleSets"][set]; }
    Answer validate(const std::string& query = "") { return station.post(station.broker, "/v1/manifests:validate" + query, fresh()); }

    TemporaryFolder folder;
    const std::string rules = small_rules(folder.path());
    Station station{{{"--rules", rules, "--samples", PUENTE_SOURCE_DIR "/tests/samples"}}};
    Party cbp_author = station.add_client({"--role", "author", "--agency", "CBP"});
    Party sat_author = station.add_client({"--role", "author", "--agency", "SAT"});
};

/// A second gateway on the station's database, for the same clients.
class Neighbour {
public:
    explicit Neighbour(const Station& station) {
        std::vector<std::string> line = station.command();
        for (std::size_t i = 0; i + 1 < line.size(); ++i) {
            if (line[i] == "--port") line[i + 1] = std::to_string(port_);
        }
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
        {"aliases, which could stand for billions of nodes", "rules: &a\n  - {id: CBP-904, title: {en: *a, es: *a}}\n", 2, 34, "alias"},
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

TEST_F(Rules, a_difference_is_told_rule_by_rule) {
    const std::string strict = publish_cbp(strict_rules).json()["version"];
    const Answer answer = open_get("/v1/rulesets/cbp/versions/" + strict + "/diff?from=in-force");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const nlohmann::json difference = answer.json();
    ASSERT_EQ(difference["added"].size(), 1u);
    EXPECT_EQ(difference["added"][0]["id"], "CBP-902");
    EXPECT_TRUE(difference["removed"].empty());
    ASSERT_EQ(difference["changed"].size(), 1u);
    std::vector<std::string> fields;
    for (const nlohmann::json& each : difference["changed"][0]["fields"]) fields.push_back(each["field"]);
    EXPECT_EQ(fields, (std::vector<std::string>{"severity", "assert", "examples"}));
    EXPECT_EQ(difference["changed"][0]["fields"][0]["from"], "advise");
    EXPECT_EQ(difference["changed"][0]["fields"][0]["to"], "reject");

    const nlohmann::json back = open_get("/v1/rulesets/cbp/versions/shipped/diff?from=" + strict).json();
    EXPECT_EQ(back["removed"][0]["id"], "CBP-902");
    EXPECT_TRUE(open_get("/v1/rulesets/cbp/versions/in-force/diff?from=shipped").json()["changed"].empty());
    EXPECT_EQ(open_get("/v1/rulesets/cbp/versions/" + strict + "/diff?from=none").status, 404);
    EXPECT_EQ(open_get("/v1/rulesets/cbp/versions/none/diff").status, 404);
}

TEST_F(Rules, a_version_may_wait_for_its_day_and_be_asked_before) {
    using namespace std::chrono;
    const std::string strict = publish_cbp(strict_rules).json()["version"];
    const auto days_from_now = [](int count) { return sys_days{floor<days>(system_clock::now())} + days{count}; };
    const auto text = [](sys_days day) {
        const year_month_day date{day};
        char buffer[16];
        std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()));
        return std::string{buffer};
    };
    const Answer activated = activate(cbp_author, "cbp", strict, {{"from", text(days_from_now(10)) + "T06:00:00-06:00"}});
    ASSERT_EQ(activated.status, 200) << activated.body;
    EXPECT_EQ(activated.json()["effectiveFrom"], text(days_from_now(10)) + "T12:00:00.000Z");
    EXPECT_TRUE(soon([&] { return open_get("/v1/rulesets").json()["items"][1].contains("next"); }, 2s));
    EXPECT_EQ(open_get("/v1/rulesets").json()["items"][1]["next"]["version"], strict);

    EXPECT_EQ(validate().status, 200);
    EXPECT_EQ(validate("?asOf=" + text(days_from_now(9))).status, 200);
    const Answer then = validate("?asOf=" + text(days_from_now(10)));
    EXPECT_EQ(then.status, 422) << then.body;
    EXPECT_EQ(then.json()["ruleSets"]["cbp"], strict);
    EXPECT_EQ(then.json()["asOf"], text(days_from_now(10)));
    EXPECT_EQ(validate("?asOf=tomorrow").status, 400);
    EXPECT_EQ(validate("?asof=2026-01-01").status, 400) << "an option that is not there is not ignored";

    EXPECT_EQ(activate(cbp_author, "cbp", strict, {{"from", "2020-01-01T00:00:00Z"}}).status, 400) << "history is not rewritten";
    EXPECT_EQ(activate(cbp_author, "cbp", strict, {{"from", "soon"}}).status, 400);
    const Instant shortly = floor<microseconds>(system_clock::now()) + milliseconds{2500};
    EXPECT_EQ(activate(cbp_author, "cbp", strict, {{"from", to_text(shortly)}}).status, 200);
    EXPECT_EQ(validate().status, 200);
    EXPECT_TRUE(soon([&] { return validate().status == 422; }, 5s)) << "it comes into force by itself";
    EXPECT_GE(system_clock::now(), shortly);
}

TEST_F(Rules, an_explanation_shows_the_values_of_the_expressions) {
    put_in_force(strict_rules);
    const nlohmann::json plain = validate().json();
    EXPECT_FALSE(plain.contains("explanations"));
    const nlohmann::json answer = validate("?explain=true").json();
    ASSERT_EQ(answer["explanations"].size(), answer["findings"].size());
    EXPECT_EQ(answer["explanations"][0]["rule"], "CBP-901");
    const nlohmann::json last = answer["explanations"][0]["assert"].back();
    EXPECT_EQ(last["expression"], "!manifest.trip.tripNumber.startsWith('TSTA')");
    EXPECT_EQ(last["value"], "false");
    EXPECT_EQ(validate("?explain=yes").status, 400);
}

TEST_F(Rules, the_law_is_public_and_targeting_is_not) {
    const std::string version = publish(cbp_author, "cbp",
                                        {{"files",
                                          {{{"name", "cbp/trip.yaml"}, {"text", kind_rules}},
                                           {{"name", "cbp/target.yaml"}, {"text", "rules:\n" + rule("CBP-903", "inspect", true)}}}}})
                                    .json()["version"];
    ASSERT_EQ(activate(cbp_author, "cbp", version).status, 200);
    ASSERT_TRUE(soon([&] { return in_force("cbp") == version; }));

    const nlohmann::json page = open_get("/v1/rules/CBP-901").json();
    EXPECT_EQ(page["assert"], "manifest.trip.tripNumber.startsWith('TSTA')");
    EXPECT_EQ(page["title"]["es"], "Viaje");
    EXPECT_EQ(page["message"]["en"], "The trip is {value}.");
    EXPECT_EQ(page["examples"]["fail"][0]["patch"]["trip"]["tripNumber"], "XXXX00000001");
    EXPECT_EQ(page["version"], version);
    EXPECT_EQ(open_get("/v1/rulesets/cbp").json()["rules"].size(), 1u);
    EXPECT_EQ(open_get("/v1/rulesets/fda").status, 404);
    EXPECT_EQ(open_get("/v1/rulesets/cbp/versions/" + version + "x").status, 404);

    struct Viewer {
        const char* name;
        const Party* party;  ///< null: nobody in particular
        bool sees;
    };
    const Viewer viewers[] = {{"anyone", nullptr, false},
                              {"a broker", &station.broker, false},
                              {"the other agency", &sat_author, false},
                              {"its officer", &station.cbp, true},
                              {"its author", &cbp_author, true}};
    for (const Viewer& viewer : viewers) {
        const auto get = [&](const std::string& target) { return viewer.party == nullptr ? open_get(target) : station.get(*viewer.party, target); };
        EXPECT_EQ(get("/v1/rules/CBP-903").status, viewer.sees ? 200 : 404) << viewer.name;
        EXPECT_EQ(get("/v1/rulesets/cbp").json()["rules"].size(), viewer.sees ? 2u : 1u) << viewer.name;
        for (const std::string& name : {version, std::string{"in-force"}}) {
            EXPECT_EQ(get("/v1/rulesets/cbp/versions/" + name).json()["files"].size(), viewer.sees ? 2u : 1u) << viewer.name << name;
        }
        EXPECT_EQ(get("/v1/rulesets/cbp/versions/in-force/diff?from=shipped").json()["added"].size(), viewer.sees ? 1u : 0u) << viewer.name;
    }
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
