// Rule sets as everyone reads them: differences, dates, explanations; and what is not for everyone.
#include <cstdio>

#include "api/rule_test.hpp"
#include "puente/instant.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

using RulesRead = RuleTest;

TEST_F(RulesRead, a_difference_is_told_rule_by_rule) {
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

TEST_F(RulesRead, a_version_may_wait_for_its_day_and_be_asked_before) {
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

TEST_F(RulesRead, an_explanation_shows_the_values_of_the_expressions) {
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

TEST_F(RulesRead, an_explanation_goes_by_the_day_of_the_verdict) {
    std::string text = kind_rules;
    const std::string condition = "startsWith('TSTA')\"";
    text.replace(text.find(condition), condition.size(), "startsWith('TSTA') && '01' in list.mxDocumentTypes\"");
    put_in_force(text);
    EXPECT_TRUE(validate("?explain=true").json()["explanations"].empty()) << "the document type is in force on the day of arrival";
    const nlohmann::json before = validate("?explain=true&asOf=2024-07-16").json();
    ASSERT_EQ(before["findings"].size(), 1u) << before;
    ASSERT_EQ(before["explanations"].size(), 1u) << before;
    EXPECT_EQ(before["explanations"][0]["ruleUrl"], before["findings"][0]["ruleUrl"]);
    EXPECT_EQ(before["explanations"][0]["assert"].back()["value"], "false");
    EXPECT_TRUE(validate("?explain=true&asOf=2024-07-17").json()["explanations"].empty());
}

TEST_F(RulesRead, the_law_is_public_and_targeting_is_not) {
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

}  // namespace

}  // namespace puente::test
