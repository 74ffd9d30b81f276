#include "puente/store/rule_sets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "puente/store/listen.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using rules::RuleSetName;
using store::Transaction;

std::string hash(char digit) {
    return std::string(64, digit);
}

const std::vector<store::RuleFile> cbp_files{
    {"cbp/entry.yaml",  "rules: [] # ñ", false},
    {"cbp/target.yaml", "rules: []",      true }
};

class RuleSets : public Desk {
protected:
    Result<bool> publish(const std::string& agency, RuleSetName set, const std::string& version, const std::vector<store::RuleFile>& files) {
        const std::function<Result<bool>(Transaction&)> work = [&](Transaction& tx) {
            return store::publish_rule_set(tx, set, version, files, "author-" + agency);
        };
        return as<bool>(officer(agency), work);
    }
    Result<store::RuleSetActivation> activate(const std::string& agency, RuleSetName set, const std::string& version,
                                              std::optional<Instant> from = {}) {
        const std::function<Result<store::RuleSetActivation>(Transaction&)> work = [&](Transaction& tx) {
            return store::activate_rule_set(tx, set, version, from, "author-" + agency);
        };
        return as<store::RuleSetActivation>(officer(agency), work);
    }
    Result<store::RuleSetOutlook> outlook(const store::As& who = store::As::gateway()) {
        const std::function<Result<store::RuleSetOutlook>(Transaction&)> work = [](Transaction& tx) { return store::find_rule_set_outlook(tx); };
        return as<store::RuleSetOutlook>(who, work);
    }
    std::string in_force(RuleSetName set) {
        const auto active = outlook()->in_force[static_cast<std::size_t>(set)];
        return active ? active->version : "";
    }
    std::vector<std::string> files_for(const store::As& who) {
        const std::function<Result<std::vector<store::RuleFile>>(Transaction&)> work = [](Transaction& tx) {
            return store::find_rule_files(tx, RuleSetName::cbp, hash('1'));
        };
        std::vector<std::string> names;
        for (const store::RuleFile& file : *as<std::vector<store::RuleFile>>(who, work)) names.push_back(file.name);
        return names;
    }
    std::string under(const std::string& role, const std::string& text) const { return sql("SET ROLE " + role + "; " + text, "puente_app"); }
};

TEST_F(RuleSets, a_version_is_published_once_and_kept_as_it_is) {
    EXPECT_TRUE(*publish("CBP", RuleSetName::cbp, hash('1'), cbp_files));
    EXPECT_FALSE(*publish("CBP", RuleSetName::cbp, hash('1'), cbp_files)) << "the same again";
    EXPECT_EQ(sql("SELECT text FROM puente.rule_set_file WHERE name = 'cbp/entry.yaml'"), "rules: [] # ñ");
    EXPECT_EQ(sql("SELECT agency, by_client FROM puente.rule_set_approval"), "CBP|author-CBP");
}

TEST_F(RuleSets, files_of_targeting_are_for_their_agency) {
    ASSERT_TRUE(publish("CBP", RuleSetName::cbp, hash('1'), cbp_files));
    const std::vector<std::string> all{"cbp/entry.yaml", "cbp/target.yaml"};
    const std::vector<std::string> of_public{"cbp/entry.yaml"};
    EXPECT_EQ(files_for(officer("CBP")), all);
    EXPECT_EQ(files_for(officer("SAT")), of_public);
    EXPECT_EQ(files_for(store::As::gateway()), of_public);
    EXPECT_EQ(files_for(broker("company-1")), of_public);
}

TEST_F(RuleSets, no_agency_writes_for_the_other) {
    EXPECT_EQ(publish("SAT", RuleSetName::cbp, hash('1'), cbp_files).error().kind(), ErrorKind::forbidden);
    ASSERT_TRUE(publish("CBP", RuleSetName::cbp, hash('1'), cbp_files));
    EXPECT_EQ(publish("SAT", RuleSetName::cbp, hash('1'), cbp_files).error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(activate("SAT", RuleSetName::cbp, hash('1')).error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(in_force(RuleSetName::cbp), "");
}

TEST_F(RuleSets, a_set_of_one_agency_needs_one_key) {
    ASSERT_TRUE(publish("CBP", RuleSetName::cbp, hash('1'), cbp_files));
    EXPECT_EQ(activate("CBP", RuleSetName::cbp, hash('2')).error().kind(), ErrorKind::not_found);
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('1')));
    EXPECT_EQ(in_force(RuleSetName::cbp), hash('1'));
    EXPECT_EQ(in_force(RuleSetName::sat), "");
}

TEST_F(RuleSets, the_shared_set_needs_both_keys) {
    const std::vector<store::RuleFile> files{
        {"shared/goods.yaml", "rules: []", false}
    };
    ASSERT_TRUE(publish("SAT", RuleSetName::shared, hash('3'), files));
    const Result<store::RuleSetActivation> early = activate("SAT", RuleSetName::shared, hash('3'));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().kind(), ErrorKind::conflict);
    EXPECT_NE(early.error().detail().find("CBP"), std::string::npos) << early.error().detail();
    EXPECT_EQ(sql("INSERT INTO puente.rule_set_activation (rule_set, version, effective_from, agency, by_client) VALUES ('shared', '" + hash('3') +
                  "', now(), 'SAT', 'x')"),
              "ERROR:  an approval is missing")
        << "nor does the database let anybody";
    ASSERT_TRUE(publish("CBP", RuleSetName::shared, hash('3'), files));
    EXPECT_TRUE(activate("SAT", RuleSetName::shared, hash('3')));
    EXPECT_EQ(in_force(RuleSetName::shared), hash('3'));
}

TEST_F(RuleSets, the_latest_moment_up_to_now_counts_and_of_equals_the_later_entry) {
    for (const char digit : {'1', '2', '4'}) ASSERT_TRUE(publish("CBP", RuleSetName::cbp, hash(digit), cbp_files));
    const Instant tomorrow = outlook()->now + std::chrono::hours{24};
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('1')));
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('2'), tomorrow));
    EXPECT_EQ(in_force(RuleSetName::cbp), hash('1'));
    EXPECT_EQ(outlook()->next[1]->version, hash('2'));
    EXPECT_EQ(outlook()->next[1]->effective_from, tomorrow);
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('4'), tomorrow));
    EXPECT_EQ(outlook()->next[1]->version, hash('4'));
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('2')));
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('1')));
    EXPECT_EQ(in_force(RuleSetName::cbp), hash('1')) << "rolled back";

    const std::function<Result<std::string>(Transaction&)> then = [tomorrow](Transaction& tx) -> Result<std::string> {
        return (*store::find_rule_sets_at(tx, tomorrow + std::chrono::seconds{1}))[1]->version;
    };
    EXPECT_EQ(*as<std::string>(store::As::gateway(), then), hash('4'));
}

TEST_F(RuleSets, a_moment_that_is_past_means_now) {
    ASSERT_TRUE(publish("CBP", RuleSetName::cbp, hash('1'), cbp_files));
    const Instant before = outlook()->now;
    const Result<store::RuleSetActivation> activated = activate("CBP", RuleSetName::cbp, hash('1'), before - std::chrono::hours{1});
    ASSERT_TRUE(activated);
    EXPECT_GE(activated->effective_from, before);
}

TEST_F(RuleSets, activations_are_heard) {
    std::atomic<int> heard{0};
    std::atomic<bool> up{false};
    store::Listener listener{cluster_.url(database_),
                             [&](const store::Notice& notice) { heard += notice.channel == "rules_changed" && notice.payload == "cbp" ? 1 : 0; },
                             [&](bool is_up) { up = is_up; }};
    ASSERT_TRUE(soon([&] { return up.load(); }));
    ASSERT_TRUE(publish("CBP", RuleSetName::cbp, hash('1'), cbp_files));
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('1')));
    EXPECT_TRUE(soon([&] { return heard == 1; }));
}

// What no role may do to the history of the law; %1 is a version that CBP published and activated.
struct Untouchable {
    const char* role;
    const char* text;
};
constexpr Untouchable untouchable[] = {
    {"puente_sat",
     "INSERT INTO puente.rule_set_activation (rule_set, version, effective_from, agency, by_client) VALUES ('cbp', '%1', now(), 'CBP', 'x')"},
    {"puente_sat",
     "INSERT INTO puente.rule_set_activation (rule_set, version, effective_from, agency, by_client) VALUES ('cbp', '%1', now(), 'SAT', 'x')"},
    {"puente_sat",     "INSERT INTO puente.rule_set_approval (rule_set, version, agency, by_client) VALUES ('cbp', '%1', 'SAT', 'x')"       },
    {"puente_sat",     "INSERT INTO puente.rule_set_approval (rule_set, version, agency, by_client) VALUES ('shared', '%1', 'CBP', 'x')"    },
    {"puente_cbp",     "INSERT INTO puente.rule_set_approval (rule_set, version, agency, by_client) VALUES ('shared', '%1', 'SAT', 'x')"    },
    {"puente_cbp",     "INSERT INTO puente.rule_set_version (rule_set, version) VALUES ('sat', '%1')"                                       },
    {"puente_cbp",     "INSERT INTO puente.rule_set_file VALUES ('cbp', '%1', 'cbp/late.yaml', false, 'x')"                                 },
    {"puente_cbp",
     "INSERT INTO puente.rule_set_activation (rule_set, version, effective_from, agency, by_client) VALUES ('cbp', '%1', now() - interval '1 day', "
     "'CBP', 'x')"                                                                                                                          },
    {"puente_cbp",     "UPDATE puente.rule_set_activation SET version = '%1'"                                                               },
    {"puente_cbp",     "UPDATE puente.rule_set_file SET text = ''"                                                                          },
    {"puente_cbp",     "DELETE FROM puente.rule_set_activation"                                                                             },
    {"puente_cbp",     "DELETE FROM puente.rule_set_approval"                                                                               },
    {"puente_gateway", "INSERT INTO puente.rule_set_version (rule_set, version) VALUES ('sat', '%1')"                                       },
    {"puente_gateway", "SELECT by_client FROM puente.rule_set_activation"                                                                   },
    {"puente_party",   "SELECT by_client FROM puente.rule_set_approval"                                                                     },
    {"puente_party",   "INSERT INTO puente.rule_set_version (rule_set, version) VALUES ('sat', '%1')"                                       },
    {"puente_intake",  "SELECT version FROM puente.rule_set_version"                                                                        },
};

TEST_F(RuleSets, history_is_written_by_its_agency_and_changed_by_nobody) {
    ASSERT_TRUE(publish("CBP", RuleSetName::cbp, hash('1'), cbp_files));
    ASSERT_TRUE(publish("CBP", RuleSetName::shared, hash('1'),
                        {
                            {"shared/a.yaml", "rules: []", false}
    }));
    ASSERT_TRUE(activate("CBP", RuleSetName::cbp, hash('1')));
    const std::string everything =
        "SELECT (SELECT count(*) FROM puente.rule_set_version), (SELECT count(*) FROM puente.rule_set_file), "
        "(SELECT count(*) FROM puente.rule_set_approval), (SELECT count(*) FROM puente.rule_set_activation)";
    const std::string before = sql(everything);
    for (const Untouchable& each : untouchable) {
        std::string text = each.text;
        for (std::size_t at = text.find("%1"); at != std::string::npos; at = text.find("%1")) text.replace(at, 2, hash('1'));
        EXPECT_EQ(under(each.role, text).rfind("ERROR:", 0), 0u) << each.role << ": " << text;
    }
    EXPECT_EQ(sql(everything), before);
}

TEST_F(RuleSets, authors_are_clients_of_an_agency) {
    EXPECT_EQ(sql("INSERT INTO puente.client (client_id, name, role, company, agency, scopes) VALUES ('a', 'A', 'author', '', 'SAT', 'rules:write')"),
              "");
    for (const char* wrong : {"'author', 'c', NULL", "'officer', 'c', NULL", "'broker', 'c', 'SAT'", "'broker', '', NULL", "'king', 'c', NULL"}) {
        const std::string said =
            sql(std::string{"INSERT INTO puente.client (client_id, name, role, company, agency, scopes) VALUES ('b', 'B', "} + wrong + ", '')");
        EXPECT_EQ(said.rfind("ERROR:", 0), 0u) << wrong;
    }
}

}  // namespace

}  // namespace puente::test
