#include <gtest/gtest.h>

#include <map>

#include "puente/store/records.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

class RowLevelSecurity : public Desk {
protected:
    void SetUp() override {
        store::Filing other = selected_filing(2);
        other.company = "company-2";
        other.carrier_key = "WXYZ";
        ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
        ASSERT_EQ(file(other).kind, store::FilingOutcome::Kind::filed);
        ASSERT_EQ(sql("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, audience) "
                      "SELECT manifest_id, now(), 'note', 1, 1, who, 'HELD', who FROM puente.manifest, (VALUES ('CBP'), ('SAT')) AS agency (who)"),
                  "");
        ASSERT_EQ(sql("INSERT INTO puente.client (client_id, name, role, company, scopes) VALUES ('c', 'C', 'broker', 'company-1', '')"), "");
    }
    /// In the gateway's own login, as that role.
    std::string under(const std::string& role, const std::string& text, const std::string& settings = "") const {
        return sql("SET ROLE " + role + "; " + settings + text, "puente_app");
    }
};

// What each role gets to count with SELECT; - is "permission denied". Company-1 files one of two manifests.
struct Visible {
    const char* table;
    const char* gateway;
    const char* intake;
    const char* party;
    const char* cbp;
    const char* sat;
};
constexpr Visible visible[] = {
    {"manifest",         "-", "2", "1", "2", "2"},
    {"manifest_version", "-", "-", "1", "2", "2"},
    {"finding",          "-", "-", "1", "4", "4"},
    {"event",            "-", "-", "1", "4", "4"},
    {"inspection",       "-", "-", "-", "2", "2"},
    {"inspection_leg",   "-", "4", "2", "4", "4"},
    {"selection_factor", "-", "-", "-", "2", "2"},
    {"idempotency",      "-", "2", "-", "-", "-"},
    {"client",           "1", "-", "-", "-", "-"},
    {"assertion_id",     "0", "-", "-", "-", "-"},
};

std::string shortened(const std::string& said) {
    return said.rfind("ERROR:  permission denied", 0) == 0 ? "-" : said;
}

TEST_F(RowLevelSecurity, each_role_sees_its_share_of_each_table) {
    for (const Visible& each : visible) {
        const std::string count = std::string{"SELECT count(*) FROM puente."} + each.table;
        const std::map<std::string, const char*> expected{
            {"puente_gateway", each.gateway},
            {"puente_intake",  each.intake },
            {"puente_party",   each.party  },
            {"puente_cbp",     each.cbp    },
            {"puente_sat",     each.sat    }
        };
        for (const auto& [role, wanted] : expected) {
            const std::string settings = role == "puente_party" ? "SET puente.company = 'company-1'; " : "";
            EXPECT_EQ(shortened(under(role, count, settings)), wanted) << each.table << " as " << role;
        }
    }
}

TEST_F(RowLevelSecurity, the_login_itself_and_forgotten_settings_see_nothing) {
    EXPECT_EQ(shortened(sql("SELECT count(*) FROM puente.manifest", "puente_app")), "-");
    for (const char* table : {"manifest", "manifest_version", "finding", "event", "inspection_leg"}) {
        const std::string count = std::string{"SELECT count(*) FROM puente."} + table;
        EXPECT_EQ(under("puente_party", count), "0") << table;
        EXPECT_EQ(under("puente_party", count, "SET puente.company = ''; SET puente.scac = ''; "), "0") << table;
        EXPECT_EQ(under("puente_party", count, "BEGIN; SET LOCAL puente.company = 'company-1'; COMMIT; "), "0")
            << table << ": a setting does not outlive its transaction";
    }
}

TEST_F(RowLevelSecurity, the_owner_is_bound_as_well) {
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest", "puente_owner"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.selection_factor", "puente_owner"), "0");
}

TEST_F(RowLevelSecurity, a_carrier_sees_the_trips_under_its_code_only) {
    EXPECT_EQ(under("puente_party", "SELECT carrier_key FROM puente.manifest", "SET puente.scac = 'WXYZ'; "), "WXYZ");
    EXPECT_EQ(under("puente_party", "SELECT count(*) FROM puente.manifest", "SET puente.scac = 'NONE'; "), "0");
}

TEST_F(RowLevelSecurity, agency_matter_stays_with_the_agency) {
    EXPECT_EQ(under("puente_cbp", "SELECT DISTINCT rule_id FROM puente.finding ORDER BY 1"), "CBP-1\nSHARED-1");
    EXPECT_EQ(under("puente_sat", "SELECT DISTINCT rule_id FROM puente.finding ORDER BY 1"), "SAT-1\nSHARED-1");
    EXPECT_EQ(under("puente_cbp", "SELECT DISTINCT name FROM puente.selection_factor"), "draw");
    EXPECT_EQ(under("puente_sat", "SELECT DISTINCT name FROM puente.selection_factor"), "risk:value");
    EXPECT_EQ(under("puente_cbp", "SELECT count(*) FROM puente.event WHERE audience = 'SAT'"), "0");
    EXPECT_EQ(under("puente_party", "SELECT rule_id FROM puente.finding", "SET puente.company = 'company-1'; "), "SHARED-1");
    EXPECT_EQ(under("puente_party", "SELECT DISTINCT audience FROM puente.event", "SET puente.company = 'company-1'; "), "ALL");
}

TEST_F(RowLevelSecurity, the_holder_of_a_leg_is_hidden_from_parties) {
    EXPECT_EQ(shortened(under("puente_party", "SELECT holder FROM puente.leg_holder", "SET puente.company = 'company-1'; ")), "-");
    EXPECT_EQ(shortened(under("puente_party", "SELECT found FROM puente.inspection_leg", "SET puente.company = 'company-1'; ")), "-");
}

// What nobody, or nobody but the one named, may write. Each is refused, by privilege or by policy.
struct Forbidden {
    const char* role;
    const char* text;
};
constexpr Forbidden forbidden[] = {
    {"puente_gateway", "UPDATE puente.client SET revoked = false RETURNING 1"                                                               },
    {"puente_gateway", "INSERT INTO puente.client (client_id, name, role, company, scopes) VALUES ('d', 'D', 'broker', 'x', '') RETURNING 1"},
    {"puente_gateway", "DELETE FROM puente.client RETURNING 1"                                                                              },
    {"puente_intake",  "UPDATE puente.manifest SET status = 'CLEARED' RETURNING 1"                                                          },
    {"puente_intake",  "DELETE FROM puente.manifest"                                                                                        },
    {"puente_intake",  "SELECT company FROM puente.manifest"                                                                                },
    {"puente_intake",  "SELECT document FROM puente.manifest_version"                                                                       },
    {"puente_intake",  "UPDATE puente.idempotency SET status = 200"                                                                         },
    {"puente_intake",  "UPDATE puente.inspection_leg SET state = 'RELEASED'"                                                                },
    {"puente_intake",  "SELECT holder FROM puente.leg_holder"                                                                               },
    {"puente_intake",  "INSERT INTO puente.manifest_version SELECT gen_random_uuid(), 2, now(), 'x', sha256('x'), '{}', '', 'x'"            },
    {"puente_party",   "INSERT INTO puente.manifest (manifest_id) VALUES (gen_random_uuid())"                                               },
    {"puente_party",   "UPDATE puente.manifest SET status = 'CLEARED'"                                                                      },
    {"puente_party",   "DELETE FROM puente.manifest"                                                                                        },
    {"puente_party",   "INSERT INTO puente.event (manifest_id) VALUES (gen_random_uuid())"                                                  },
    {"puente_party",   "UPDATE puente.inspection_leg SET state = 'RELEASED'"                                                                },
    {"puente_cbp",     "INSERT INTO puente.manifest (manifest_id) VALUES (gen_random_uuid())"                                               },
    {"puente_cbp",     "DELETE FROM puente.manifest"                                                                                        },
    {"puente_cbp",     "UPDATE puente.manifest SET company = 'company-1'"                                                                   },
    {"puente_cbp",     "UPDATE puente.inspection SET turn_at = now()"                                                                              },
    {"puente_cbp",     "UPDATE puente.inspection_leg SET agency = 'SAT', kind = 'REVIEW'"},
    {"puente_cbp",     "UPDATE puente.inspection_leg SET agency = 'SAT' WHERE agency = 'CBP'"                                               },
    {"puente_cbp",     "DELETE FROM puente.inspection_leg"                                                                                  },
    {"puente_cbp",     "INSERT INTO puente.selection_factor SELECT inspection_id, 9, 'SAT', 'x', 'x', 1 FROM puente.inspection"             },
    {"puente_cbp",     "UPDATE puente.selection_factor SET points = 0"                                                                      },
    {"puente_cbp",
     "INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status) SELECT manifest_id, now(), 'x', 1, 1, 'SAT', 'x' FROM "
     "puente.manifest"                                                                                                                      },
    {"puente_cbp",
     "INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, audience) SELECT manifest_id, now(), 'x', 1, 1, 'CBP', 'x', "
     "'SAT' "
     "FROM puente.manifest"                                                                                                                 },
    {"puente_cbp",     "UPDATE puente.event SET kind = 'x'"                                                                                 },
    {"puente_cbp",     "DELETE FROM puente.event"                                                                                           },
    {"puente_cbp",     "UPDATE puente.manifest_version SET document = ''"                                                                   },
    {"puente_cbp",     "DELETE FROM puente.finding"                                                                                         },
    {"puente_cbp",     "TRUNCATE puente.event"                                                                                              },
    {"puente_sat",     "DELETE FROM puente.event"                                                                                           },
    {"puente_sat",     "UPDATE puente.finding SET agency_only = false"                                                                      },
    {"puente_sat",     "SELECT client_id FROM puente.idempotency"                                                                           },
    {"puente_sat",     "SET ROLE postgres"                                                                                                  },
};

TEST_F(RowLevelSecurity, what_is_not_granted_is_refused) {
    for (const Forbidden& each : forbidden) {
        const std::string said = under(each.role, each.text, "SET puente.company = 'company-1'; ");
        EXPECT_TRUE(said.rfind("ERROR:  permission denied", 0) == 0 || said.rfind("ERROR:  new row violates row-level security", 0) == 0)
            << each.role << ": " << each.text << ": " << said;
    }
}

TEST_F(RowLevelSecurity, one_agency_cannot_touch_the_leg_of_the_other) {
    EXPECT_EQ(under("puente_cbp", "UPDATE puente.inspection_leg SET fence = fence + 1 WHERE agency = 'SAT' RETURNING agency"), "");
    EXPECT_EQ(under("puente_cbp", "UPDATE puente.inspection_leg SET fence = fence + 1 RETURNING agency"), "CBP\nCBP");
}

TEST_F(RowLevelSecurity, readers_through_the_pool_see_the_same_share) {
    const Uuid theirs = cleared_filing(2).manifest_id;
    const std::function<Result<store::ManifestRecord>(store::Transaction&)> read = [&](store::Transaction& tx) {
        return store::find_manifest(tx, theirs);
    };
    EXPECT_EQ(as<store::ManifestRecord>(broker("company-1"), read).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(as<store::ManifestRecord>(broker(""), read).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(as<store::ManifestRecord>(carrier("ABCD"), read).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(as<store::ManifestRecord>(broker("company-2"), read)->findings.size(), 1u);
    EXPECT_EQ(as<store::ManifestRecord>(carrier("WXYZ"), read)->status.legs.size(), 2u);
    EXPECT_EQ(as<store::ManifestRecord>(officer("CBP"), read)->findings.size(), 2u);
    EXPECT_EQ(as<store::ManifestRecord>(store::As::gateway(), read).error().kind(), ErrorKind::forbidden);
    const std::function<Result<std::vector<store::EventRecord>>(store::Transaction&)> events = [&](store::Transaction& tx) {
        return store::find_events(tx, theirs);
    };
    const std::function<Result<std::vector<store::VersionRecord>>(store::Transaction&)> versions = [&](store::Transaction& tx) {
        return store::find_versions(tx, theirs);
    };
    EXPECT_EQ(as<std::vector<store::EventRecord>>(broker("company-1"), events).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(as<std::vector<store::VersionRecord>>(broker("company-1"), versions).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(as<std::vector<store::EventRecord>>(broker("company-2"), events)->size(), 1u);
    EXPECT_EQ(as<std::vector<store::EventRecord>>(officer("SAT"), events)->size(), 2u);
}

}  // namespace

}  // namespace puente::test
