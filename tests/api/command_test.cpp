// The command line: offline validation, CEL, settings and their order, and clear words when something is missing.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>

#include "api/station.hpp"

namespace puente::test {

namespace {

std::string sample_file(const std::string& name) {
    return PUENTE_SOURCE_DIR "/tests/samples/" + name + ".json";
}

/// The value of an option in a command line replaced; without a value the option is left out.
std::vector<std::string> changed(std::vector<std::string> line, const std::string& option, const std::optional<std::string>& value) {
    const auto at = std::find(line.begin(), line.end(), option);
    if (value) {
        *(at + 1) = *value;
    } else {
        line.erase(at, at + 2);
    }
    return line;
}

}  // namespace

class Command : public AtStation<Command> {
public:
    static Station::Options options() { return {}; }

protected:
    /// A start that must fail; gives what it said.
    static Finished failed_start(const std::vector<std::string>& line, const Environment& environment = {}) {
        const Finished finished = run_to_end(line, environment);
        EXPECT_NE(finished.exit_code, 0) << finished.out;
        EXPECT_NE(finished.exit_code, -1) << "it runs";
        EXPECT_LT(finished.exit_code, 128) << "it crashed: " << finished.err;
        return finished;
    }
};

TEST_F(Command, validate_agrees_with_the_gateway) {
    for (const char* kind : {"", ".broken", ".malformed"}) {
        std::vector<std::string> line{"validate", "--json", "--rules", station.rules()};
        for (const std::string& name : samples_of_kind(kind)) line.push_back(sample_file(name));
        const Finished offline = puente(line);
        EXPECT_EQ(offline.exit_code, *kind == 0 ? 0 : 1) << offline.out << offline.err;
        std::istringstream verdicts{offline.out};
        for (const std::string& name : samples_of_kind(kind)) {
            std::string text;
            std::getline(verdicts, text);
            const nlohmann::json verdict = nlohmann::json::parse(text);
            ASSERT_EQ(verdict["file"], sample_file(name));
            const Answer online = station.ask(
                {"POST", "/v1/manifests:validate", {{"Content-Type", "application/json"}, station.bearer(station.broker)}, sample_text(name)});
            const nlohmann::json answer = online.json();
            EXPECT_EQ(online.status == 200, *kind == 0) << name << online.body;
            if (online.status == 400) {
                EXPECT_EQ(verdict["verdict"], "NOT_THE_FORMAT");
                EXPECT_EQ(verdict["errors"], answer["errors"]) << name;
                continue;
            }
            EXPECT_EQ(verdict["verdict"], online.status == 200 ? "ACCEPTABLE" : "REJECTED") << name;
            // Who has the rules also has those of severity inspect; the gateway keeps what they find to the agency.
            std::vector<nlohmann::json> told;
            for (const nlohmann::json& finding : verdict["findings"]) {
                if (finding["severity"] != "inspect") told.push_back(finding);
            }
            ASSERT_EQ(told.size(), answer["findings"].size()) << name;
            for (std::size_t i = 0; i < told.size(); ++i) {
                for (const char* member : {"rule", "pointer", "severity", "message", "fix", "citation"})
                    EXPECT_EQ(told[i][member], answer["findings"][i][member]) << name << " " << member;
            }
        }
    }
}

TEST_F(Command, validate_reads_binary_and_speaks_spanish) {
    const TemporaryFolder folder;
    write_file(folder.file("one.pb"), protobuf_of(sample_text("produce-northbound.broken")));
    const Finished binary = puente({"validate", "--json", "--language", "es", folder.file("one.pb")});
    const Finished json = puente({"validate", "--json", "--language", "es", sample_file("produce-northbound.broken")});
    EXPECT_EQ(binary.exit_code, 1);
    EXPECT_EQ(nlohmann::json::parse(binary.out)["findings"], nlohmann::json::parse(json.out)["findings"]);
    EXPECT_NE(puente({"validate", "--json", sample_file("produce-northbound.broken")}).out, json.out);
}

TEST_F(Command, validate_tells_by_its_exit_code) {
    const std::string good = sample_file("produce-northbound");
    const std::string bad = sample_file("produce-northbound.broken");
    EXPECT_EQ(puente({"validate", "--received", "2026-12-08T08:00:00-07:00", good}).exit_code, 0);
    EXPECT_EQ(puente({"validate", good, bad}).exit_code, 1);
    EXPECT_EQ(puente({"validate", bad, "/nowhere.json"}).exit_code, 2);
    EXPECT_EQ(puente({"validate"}).exit_code, 2);
    EXPECT_EQ(puente({"validate", "--rules", "/nowhere", good}).exit_code, 2);
    EXPECT_EQ(puente({"validate", "--language", "fr", good}).exit_code, 2);
    EXPECT_EQ(puente({"validate", "--received", "tomorrow", good}).exit_code, 2);
    EXPECT_EQ(puente({"validate", "--help"}).exit_code, 0);
}

TEST_F(Command, unknown_commands_and_options_are_refused) {
    EXPECT_EQ(puente({}).exit_code, 2);
    EXPECT_EQ(puente({"dance"}).exit_code, 2);
    EXPECT_NE(puente({"dance"}).err.find("dance"), std::string::npos);
    EXPECT_EQ(puente({"serve", "--dance"}).exit_code, 2);
    EXPECT_EQ(puente({"--help"}).exit_code, 0);
    EXPECT_EQ(puente({"serve", "--help"}).exit_code, 0);
    const Finished version = puente({"--version"});
    EXPECT_EQ(version.exit_code, 0);
    EXPECT_TRUE(version.out.starts_with("puente ")) << version.out;
}

TEST_F(Command, cel_answers_line_by_line) {
    const std::string lines =
        "{\"expr\":\"1 + 2\"}\n{\"expr\":\"1 +\"}\n\n{\"expr\":\"x.size() > "
        "2\",\"bindings\":{\"x\":{\"stringValue\":\"abc\"}},\"disable_check\":true}\nnot json\n{\"expr\":\"1 / 0\"}\n";
    const Finished finished = puente({"cel"}, {}, lines);
    EXPECT_EQ(finished.exit_code, 0);
    std::istringstream out{finished.out};
    std::vector<nlohmann::json> answers;
    for (std::string line; std::getline(out, line);) answers.push_back(nlohmann::json::parse(line, nullptr, false));
    ASSERT_EQ(answers.size(), 5u) << finished.out;
    EXPECT_NE(answers[0]["value"].dump().find('3'), std::string::npos) << answers[0];
    for (const std::size_t faulty : {1u, 3u, 4u}) EXPECT_TRUE(answers[faulty].contains("error")) << answers[faulty];
    EXPECT_NE(answers[2].dump().find("true"), std::string::npos) << answers[2];
}

TEST_F(Command, rules_check_names_the_place_of_a_fault) {
    const TemporaryFolder folder;
    const std::string rules = rules_for_tests(folder.path());
    EXPECT_EQ(puente({"rules", "check", rules}).exit_code, 0);
    write_file(rules + "/cbp/tests.yaml", "rules:\n  - id: CBP-T9\n    assert: manifest.nothing\n");
    const Finished finished = puente({"rules", "check", rules});
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_NE(finished.err.find("cbp/tests.yaml:"), std::string::npos) << finished.err;
}

TEST_F(Command, the_command_line_wins_over_the_environment_and_that_over_the_file) {
    const TemporaryFolder folder;
    write_file(folder.file("puente.conf"), "token-minutes = 11\nlease-minutes = 12\nlong-poll-seconds = 1\n");
    Station other{
        {{"--config", folder.file("puente.conf"), "--token-minutes", "33"}, {{"PUENTE_TOKEN_MINUTES", "22"}, {"PUENTE_LEASE_MINUTES", "23"}}}};
    const auto lifetime = [&] {
        const std::string form = "grant_type=client_credentials&client_id=" + other.broker.id + "&client_secret=" + other.broker.secret;
        return other.ask({"POST", "/oauth2/token", {{"Content-Type", "application/x-www-form-urlencoded"}}, form}).json()["expires_in"];
    };
    EXPECT_EQ(lifetime(), 33 * 60);
    const std::string id = filed(other, fresh("produce-northbound", Look::cbp_inspects))["manifestId"];
    other.post(other.cbp, "/v1/ports/2604/inspections:claim", nlohmann::json::object());
    const std::string minutes =
        other.sql("SELECT round(extract(epoch FROM lease_until - clock_timestamp()) / 60) FROM puente.inspection_leg WHERE agency = 'CBP'");
    EXPECT_EQ(minutes, "23") << "from the environment";
    const auto begun = std::chrono::steady_clock::now();
    other.get(other.broker, "/v1/manifests/" + id + "/status",
              {{"If-None-Match", other.get(other.broker, "/v1/manifests/" + id + "/status").header("ETag")}, {"Prefer", "wait=15"}});
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{8}) << "the longest wait is from the file";
}

TEST_F(Command, serve_says_what_is_wrong_with_its_settings) {
    const std::vector<std::string> line = station.command();
    const TemporaryFolder folder;
    const auto says = [](const Finished& finished, const std::string& what) {
        EXPECT_NE(finished.err.find(what), std::string::npos) << what << " is not in: " << finished.err;
    };

    write_file(folder.file("typo.conf"), "tokn-minutes = 5\n");
    std::vector<std::string> with_file = line;
    with_file.insert(with_file.end(), {"--config", folder.file("typo.conf")});
    says(failed_start(with_file), "tokn-minutes");
    std::vector<std::string> with_missing_file = line;
    with_missing_file.insert(with_missing_file.end(), {"--config", folder.file("nowhere.conf")});
    says(failed_start(with_missing_file), "nowhere.conf");
    says(failed_start(changed(line, "--port", "eighty")), "--port");
    says(failed_start(changed(line, "--port", std::nullopt), {{"PUENTE_PORT", "99999"}}), "99999");

    says(failed_start(changed(line, "--database", std::nullopt)), "--database");
    says(failed_start(changed(line, "--certificate", std::nullopt)), "--certificate");
    says(failed_start(changed(line, "--certificate", "/nowhere.pem")), "/nowhere.pem");
    says(failed_start(changed(line, "--private-key", Certificates::shared().folder.file("client.key"))), "key");
    says(failed_start(changed(line, "--client-ca", "/nowhere.pem")), "/nowhere.pem");
    says(failed_start(changed(line, "--token-key-file", "/nowhere.key")), "/nowhere.key");
    says(failed_start(changed(line, "--draw-secret-file", "/dev/null")), "/dev/null");
    says(failed_start(changed(line, "--rules", "/nowhere")), "/nowhere");
    says(failed_start(line), std::to_string(station.port()));
}

TEST_F(Command, serve_says_what_is_wrong_with_the_database) {
    const std::vector<std::string> line = changed(station.command(), "--port", "0");
    const Finished unreachable = failed_start(changed(line, "--database", "host=/nowhere dbname=puente"));
    EXPECT_NE(unreachable.err.find("/nowhere"), std::string::npos) << unreachable.err;

    const std::string empty = station.cluster().empty_database();
    const Finished unmigrated = failed_start(changed(line, "--database", station.cluster().url(empty)));
    EXPECT_NE(unmigrated.err.find("migrat"), std::string::npos) << unmigrated.err;
    const std::string owner = station.cluster().url(empty, "puente_owner");
    const Finished migrated = puente({"migrate", "--database", owner, "--migrations", PUENTE_SOURCE_DIR "/migrations"});
    EXPECT_EQ(migrated.exit_code, 0) << migrated.err;
    EXPECT_EQ(puente({"migrate", "--database", owner, "--migrations", PUENTE_SOURCE_DIR "/migrations"}).out.substr(0, 9), "0 applied");
    EXPECT_NE(puente({"client", "list", "--database", "host=/nowhere"}).exit_code, 0);
}

TEST_F(Command, clients_are_added_listed_and_refused) {
    const std::string url = station.owner_url();
    const std::vector<std::vector<std::string>> wrong{{"--role", "king"},
                                                      {"--role", "broker"},
                                                      {"--role", "carrier", "--company", "c"},
                                                      {"--role", "officer"},
                                                      {"--role", "broker", "--company", "c", "--agency", "CBP"},
                                                      {"--role", "broker", "--company", "c", "--scopes", "inspection:work"},
                                                      {"--role", "broker", "--company", "c", "--no-secret"},
                                                      {"--role", "broker", "--company", "c", "--public-key", "/dev/null"}};
    for (std::vector<std::string> options : wrong) {
        options.insert(options.begin(), {"client", "add", "--database", url});
        EXPECT_EQ(puente(options).exit_code, 2) << options.back();
    }
    const Finished first = puente({"client", "add", "--database", url, "--role", "broker", "--company", "c", "--id", "twice"});
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(puente({"client", "add", "--database", url, "--role", "broker", "--company", "c", "--id", "twice"}).exit_code, 1);
    const Finished listed = puente({"client", "list", "--database", url, "--json"});
    EXPECT_NE(listed.out.find("\"clientId\":\"twice\""), std::string::npos);
    EXPECT_EQ(listed.out.find("ecret"), std::string::npos);
}

}  // namespace puente::test
