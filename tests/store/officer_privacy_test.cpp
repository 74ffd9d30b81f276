// What is private to an agency, the database keeps from everybody else; and both agencies have the same rights.
#include <gtest/gtest.h>

#include "puente/crypto/digest.hpp"
#include "puente/store/legal_holds.hpp"
#include "store/leg_desk.hpp"

namespace puente::test {

namespace {

using inspection::Decision;
using inspection::Visibility;

class OfficerPrivacy : public LegDesk {
protected:
    Result<store::Attached> attach(const store::As& who, const std::string& content, Visibility visibility, const Uuid& id) {
        const store::NewAttachment attachment{crypto::sha256(content), "application/pdf", visibility, "ann-of-" + who.agency};
        const std::function<Result<store::Attached>(Tx&)> write = [=](Tx& tx) { return store::attach(tx, id, attachment, content); };
        return as<store::Attached>(who, write);
    }
    Result<std::vector<store::Attachment>> attachments(const store::As& who, const Uuid& id) {
        const std::function<Result<std::vector<store::Attachment>>(Tx&)> find = [=](Tx& tx) { return store::find_attachments(tx, id); };
        return as<std::vector<store::Attachment>>(who, find);
    }
    Result<store::AttachmentContent> content(const store::As& who, const Uuid& id, const std::string& bytes) {
        const std::function<Result<store::AttachmentContent>(Tx&)> read = [=](Tx& tx) {
            return store::read_attachment(tx, id, crypto::sha256(bytes));
        };
        return as<store::AttachmentContent>(who, read);
    }
    std::string under(const std::string& role, const std::string& text) const {
        return sql("SET ROLE " + role + "; SET puente.company = 'company-1'; " + text, "puente_app");
    }

    /// Everything that a role can read of the database, as text and as hexadecimal of bytes: every column that it may select of every table and view,
    /// the system's own with their statistics included.
    std::string everything(const std::string& role) const {
        const std::string statements =
            sql("SELECT string_agg(format('SELECT row_to_json(r)::text FROM (SELECT %s FROM %s) AS r', columns, name), ' UNION ALL ') FROM "
                "(SELECT c.oid::regclass AS name, "
                "string_agg(quote_ident(a.attname), ', ') AS columns FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > "
                "0 AND NOT a.attisdropped "
                "WHERE c.relnamespace IN ('puente'::regnamespace, 'pg_catalog'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm') AND "
                "has_column_privilege('" +
                role + "', c.oid, a.attnum, 'SELECT') GROUP BY 1) AS t");
        return role == "puente_owner" ? sql(statements, role) : under(role, statements);
    }
    /// A load through the hands of an officer; and another that stays in them.
    void put_holder(const store::As& who, const Uuid& done, const Uuid& in_hand, const std::string& name) {
        const Claimed held = claim(who, name, done);
        ASSERT_TRUE(held) << held.error().detail();
        ASSERT_TRUE(start(who, name, *held));
        ASSERT_TRUE(decide(who, name, *held, Decision::release));
        ASSERT_TRUE(claim(who, name, in_hand));
    }
    /// Fills every private place of an agency with its canary.
    void put_canaries(const store::As& who, const Uuid& id, const Uuid& in_hand) {
        const std::string canary = "CANARY-OF-" + who.agency;
        ASSERT_TRUE(annotate(who, id, Visibility::agency, canary));
        ASSERT_TRUE(attach(who, "%PDF-" + canary, Visibility::agency, id));
        const Uuid hold_id = *Uuid::parse(sql("SELECT gen_random_uuid()"));
        const std::function<Result<store::LegalHold>(Tx&)> hold = [=](Tx& tx) {
            return store::place_legal_hold(tx, {hold_id, selected_filing(1).manifest_id, canary, canary});
        };
        ASSERT_TRUE(as<store::LegalHold>(who, hold));
        const std::function<Result<store::LegalHold>(Tx&)> lift = [=](Tx& tx) {
            return store::lift_legal_hold(tx, selected_filing(1).manifest_id, hold_id, canary, canary);
        };
        ASSERT_TRUE(as<store::LegalHold>(who, lift));
        put_holder(who, id, in_hand, "HOLDER-" + canary);
        const store::SignedRehold back{
            {"public reason",                    "desk", verdict(Decision::hold).hold->due},
            1, {                                 },
            canary, "header.." + std::string(86, 'A'), canary, canary
        };
        ASSERT_TRUE(run(who, [=](Tx& tx) { return store::rehold_leg(tx, id, back); }));
        ASSERT_EQ(sql("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience) SELECT manifest_id, "
                      "now(), 'note', 1, 1, '" +
                      who.agency + "', 'x', '{\"x\": \"" + canary + "\"}', '" + who.agency + "' FROM puente.inspection"),
                  "");
    }
};

std::string hex_of(const std::string& text) {
    return crypto::hex(text);
}

TEST_F(OfficerPrivacy, nobody_but_the_agency_reads_its_private_matter_in_any_table) {
    store::Filing filing = selected_filing(1);
    for (store::FindingRow& finding : filing.findings) {
        if (finding.agency_only) finding.message_en = "CANARY-OF-" + finding.rule_set;
    }
    for (selection::Factor& factor : filing.inspection->factors) factor.detail = "CANARY-OF-" + std::string{identifiers::code(factor.agency)};
    ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    const Uuid id = filing.inspection->inspection_id;
    ASSERT_EQ(file(selected_filing(2)).kind, store::FilingOutcome::Kind::filed);
    const Uuid in_hand = selected_filing(2).inspection->inspection_id;
    ASSERT_EQ(add_agency("TESTAGENCY"), "puente_agency_testagency");
    for (const Uuid& each : {id, in_hand}) ASSERT_TRUE(join(officer("TESTAGENCY"), each));
    const std::pair<std::string, std::string> agencies[] = {
        {"CBP",        "puente_cbp"              },
        {"SAT",        "puente_sat"              },
        {"TESTAGENCY", "puente_agency_testagency"}
    };
    for (const auto& [agency, role] : agencies) put_canaries(officer(agency), id, in_hand);
    ASSERT_EQ(sql("ANALYZE"), "") << "statistics are a side door: they hold samples of the values";

    for (const auto& [agency, role] : agencies) {
        const std::string seen = everything(role);
        EXPECT_NE(seen.find("CANARY-OF-" + agency), std::string::npos) << role << " reads its own: " << seen.substr(0, 300);
        EXPECT_NE(seen.find(hex_of("CANARY-OF-" + agency)), std::string::npos) << role << " reads its own attachment";
        EXPECT_NE(seen.find("HOLDER-CANARY-OF-" + agency), std::string::npos) << role << " reads who of its own holds a leg";
        EXPECT_NE(seen.find("pg_stat"), std::string::npos) << role << " reads the system's tables";
        for (const auto& [other, other_role] : agencies) {
            if (other == agency) continue;
            EXPECT_EQ(seen.find("CANARY-OF-" + other), std::string::npos) << role << " reads " << other;
            EXPECT_EQ(seen.find(hex_of("CANARY-OF-" + other)), std::string::npos) << role << " reads an attachment of " << other;
        }
    }
    for (const char* role : {"puente_gateway", "puente_intake", "puente_sender", "puente_party", "puente_officer", "puente_watch", "puente_feed",
                             "puente_courier", "puente_owner"}) {
        const std::string seen = everything(role);
        EXPECT_NE(seen.rfind("ERROR", 0), 0u) << role << ": " << seen.substr(0, 300);
        EXPECT_EQ(seen.find("CANARY-OF-"), std::string::npos) << role;
        EXPECT_EQ(seen.find(hex_of("CANARY-OF-")), std::string::npos) << role;
    }
    for (const char* table : {"annotation", "attachment_content", "leg_holder", "legal_hold"})
        EXPECT_EQ(sql(std::string{"SELECT count(*) FROM puente."} + table, "puente_owner"), "0") << table << ": the owner is bound as well";
    EXPECT_EQ(under("puente_sat",
                    "SELECT count(*) FROM pg_stats WHERE schemaname = 'puente' AND tablename IN ('annotation', 'attachment_content', 'rehold', "
                    "'selection_factor', 'finding', 'leg_holder', 'legal_hold')"),
              "0");
}

TEST_F(OfficerPrivacy, shared_annotations_are_for_officers_and_say_the_agency_only) {
    ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
    const Uuid id = selected_filing(1).inspection->inspection_id;
    const std::string before = sql("SELECT state_no, changed_at FROM puente.manifest");
    ASSERT_EQ(annotate(cbp_, id, Visibility::agency, "for us")->by, "ann-of-CBP");
    ASSERT_TRUE(annotate(cbp_, id, Visibility::shared, "for both"));
    ASSERT_TRUE(annotate(sat_, id, Visibility::agency, "para nosotros"));
    EXPECT_EQ(sql("SELECT state_no, changed_at FROM puente.manifest"), before) << "parties are not told by a count either";
    EXPECT_EQ(sql("SELECT actor, audience FROM puente.event WHERE kind = 'annotated'"), "CBP|OFFICERS") << "of the private ones there is no event";
    const auto at_cbp = annotations(cbp_, id);
    ASSERT_EQ(at_cbp->size(), 2u);
    EXPECT_EQ((*at_cbp)[0].text, "for us");
    const auto at_sat = annotations(sat_, id);
    ASSERT_EQ(at_sat->size(), 2u);
    EXPECT_EQ((*at_sat)[0].text, "for both");
    EXPECT_EQ((*at_sat)[0].agency, "CBP");
    EXPECT_EQ((*at_sat)[0].by, "") << "never a person of the other agency";
    EXPECT_EQ((*at_sat)[1].by, "ann-of-SAT");
    EXPECT_EQ(annotations(broker("company-1"), id).error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(annotate(cbp_, selected_filing(9).manifest_id, Visibility::shared, "x").error().kind(), ErrorKind::not_found);
    EXPECT_EQ(annotate(cbp_, id, Visibility::shared, " ").error().kind(), ErrorKind::conflict) << "the database wants words";
}

TEST_F(OfficerPrivacy, attachments_are_kept_once_for_each_agency_and_tell_nothing_of_the_others) {
    ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
    ASSERT_EQ(file(selected_filing(2)).kind, store::FilingOutcome::Kind::filed);
    const Uuid id = selected_filing(1).inspection->inspection_id;
    const Uuid second = selected_filing(2).inspection->inspection_id;
    const std::string bytes = "%PDF-the same";
    EXPECT_TRUE(attach(cbp_, bytes, Visibility::agency, id)->is_new);
    EXPECT_FALSE(attach(cbp_, bytes, Visibility::agency, id)->is_new) << "the same again";
    EXPECT_EQ(attach(cbp_, bytes, Visibility::shared, id).error().kind(), ErrorKind::conflict)
        << "a secret does not become shared by sending it again";
    EXPECT_TRUE(attach(cbp_, bytes, Visibility::agency, second)->is_new);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.attachment_content"), "1") << "the bytes are kept once";
    EXPECT_EQ(content(sat_, id, bytes).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(attachments(sat_, id)->size(), 0u);
    EXPECT_TRUE(attach(sat_, bytes, Visibility::shared, id)->is_new) << "as if nobody had it";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.attachment_content"), "2");
    EXPECT_EQ(attachments(sat_, id)->size(), 1u);
    EXPECT_EQ(attachments(cbp_, id)->size(), 2u);
    EXPECT_EQ((*attachments(cbp_, id))[1].by, "");
    EXPECT_EQ(content(cbp_, id, bytes)->bytes, bytes);
    EXPECT_EQ(content(sat_, second, bytes).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(content(broker("company-1"), id, bytes).error().kind(), ErrorKind::forbidden);
}

TEST_F(OfficerPrivacy, a_leg_has_at_most_twenty_attachments) {
    const store::Filing filing = filed_for_sat(1);
    const Uuid id = filing.inspection->inspection_id;
    EXPECT_EQ(attach(cbp_, "%PDF-1", Visibility::agency, id).error().kind(), ErrorKind::conflict) << "CBP has no part in it";
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(attach(sat_, "%PDF-" + std::to_string(i), Visibility::agency, id));
    EXPECT_EQ(attach(sat_, "%PDF-20", Visibility::agency, id).error().kind(), ErrorKind::conflict);
    EXPECT_EQ(sql("INSERT INTO puente.attachment (inspection_id, agency, sha256, media_type, size, visibility) SELECT inspection_id, agency, sha256, "
                  "media_type, size, visibility "
                  "FROM puente.attachment LIMIT 1")
                  .rfind("ERROR:  a leg has at most 20", 0),
              0u);
    EXPECT_EQ(sql("INSERT INTO puente.attachment_content VALUES ('SAT', sha256('x'), 'y')").rfind("ERROR:", 0), 0u) << "another hash";
}

struct Rights {
    const char* what;
    const char* query;  ///< with one {} for the role
};
const Rights rights[] = {
    {"columns",
     "SELECT string_agg(format('%s.%s %s', c.relname, a.attname, v), E'\\n' ORDER BY c.relname, a.attname, v) FROM pg_class AS c JOIN pg_attribute "
     "AS a ON a.attrelid = c.oid AND "
     "a.attnum > 0 AND NOT a.attisdropped, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS v WHERE c.relnamespace = "
     "'puente'::regnamespace AND c.relkind IN ('r', 'p', "
     "'v') AND has_column_privilege('{}', c.oid, a.attnum, v)"                                                                                  },
    {"tables",
     "SELECT string_agg(format('%s %s', c.relname, v), E'\\n' ORDER BY c.relname, v) FROM pg_class AS c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', "
     "'DELETE', 'TRUNCATE', 'TRIGGER']) "
     "AS v WHERE c.relnamespace = 'puente'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege('{}', c.oid, v)"              },
    {"functions",
     "SELECT string_agg(p.oid::regprocedure::text, E'\\n' ORDER BY p.oid::regprocedure::text) FROM pg_proc AS p WHERE p.pronamespace = "
     "'puente'::regnamespace AND "
     "has_function_privilege('{}', p.oid, 'EXECUTE')"                                                                                           },
    {"sequences",
     "SELECT string_agg(c.relname, E'\\n' ORDER BY c.relname) FROM pg_class AS c WHERE c.relnamespace = 'puente'::regnamespace AND CASE WHEN "
     "c.relkind = 'S' THEN "
     "has_sequence_privilege('{}', c.oid, 'USAGE') ELSE false END"                                                                              },
    {"roles",
     "SELECT string_agg(r.rolname, E'\\n' ORDER BY r.rolname) FROM pg_roles AS r WHERE r.rolname <> '{}' AND pg_has_role('{}', r.oid, 'MEMBER')"},
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
    return text;
}

TEST_F(OfficerPrivacy, both_agencies_have_the_same_rights_to_every_table_column_and_function) {
    for (const Rights& each : rights) {
        const std::string cbp = sql(replaced(each.query, "{}", "puente_cbp"));
        EXPECT_EQ(cbp, sql(replaced(each.query, "{}", "puente_sat"))) << each.what;
        EXPECT_EQ(cbp.rfind("ERROR", 0), std::string::npos) << cbp;
    }
    EXPECT_GT(sql(replaced(rights[0].query, "{}", "puente_cbp")).size(), 1000u) << "there is something to compare";
}

/// The policies of a role, with every name of the agency replaced by a neutral one.
constexpr const char* policies_of =
    "SELECT string_agg(replace(replace(format('%s %s %s using %s check %s', c.relname, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid), "
    "pg_get_expr(p.polwithcheck, p.polrelid)), '{upper}', 'OWN'), '{lower}', 'own'), E'\\n' ORDER BY c.relname, replace(p.polname, '{lower}', "
    "'own')) "
    "FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid WHERE p.polroles @> ARRAY['puente_{lower}'::regrole::oid]";

TEST_F(OfficerPrivacy, and_the_same_policies_but_for_their_names) {
    const std::string cbp = sql(replaced(replaced(policies_of, "{upper}", "CBP"), "{lower}", "cbp"));
    const std::string sat = sql(replaced(replaced(policies_of, "{upper}", "SAT"), "{lower}", "sat"));
    // The programmes that an agency keeps are its own: their names are the one thing that differs.
    const auto neutral = [](std::string text) {
        for (const char* programme : {"CTPAT", "FAST", "OEA", "IMMEX"}) text = replaced(text, programme, "PROGRAMME");
        return text;
    };
    EXPECT_EQ(neutral(cbp), neutral(sat));
    EXPECT_FALSE(cbp.empty());
}

TEST_F(OfficerPrivacy, an_added_agency_works_its_legs_with_the_same_rights) {
    ASSERT_EQ(add_agency("TESTAGENCY"), "puente_agency_testagency");
    const char* own_matter =
        "SELECT string_agg(format('%s.%s %s', c.relname, a.attname, v), E'\\n' ORDER BY c.relname, a.attname, v) FROM pg_class AS c JOIN "
        "pg_attribute AS a ON a.attrelid = c.oid AND "
        "a.attnum > 0 AND NOT a.attisdropped, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS v WHERE c.relnamespace = 'puente'::regnamespace AND "
        "c.relname IN ('manifest', "
        "'manifest_version', 'finding', 'event', 'inspection', 'inspection_leg', 'selection_factor', 'annotation', 'attachment', "
        "'attachment_content', 'rehold', 'authorship', 'leg_holder', 'legal_hold', "
        "'agency', 'slot', 'bay_hours') AND has_column_privilege('{}', c.oid, a.attnum, v)";
    EXPECT_EQ(sql(replaced(own_matter, "{}", "puente_agency_testagency")), sql(replaced(own_matter, "{}", "puente_cbp")));
    const char* writes =
        "SELECT count(*) FROM pg_class AS c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) AS v WHERE c.relnamespace = 'puente'::regnamespace AND "
        "c.relkind IN ('r', 'p') AND (c.relname "
        "LIKE 'rule_set%' OR c.relname LIKE 'registry%' OR c.relname LIKE 'contingency%') AND has_any_column_privilege('puente_agency_testagency', "
        "c.oid, CASE v WHEN 'DELETE' THEN "
        "'UPDATE' ELSE v END)";
    EXPECT_EQ(sql(writes), "0") << "rule sets, registries and contingencies belong to the customs agencies";
}

struct Forbidden {
    const char* what;
    const char* text;
};
constexpr Forbidden forbidden[] = {
    {"annotates as the other",
     "INSERT INTO puente.annotation (inspection_id, agency, visibility, text) SELECT inspection_id, 'SAT', 'SHARED', 'x' FROM puente.inspection"},
    {"signs as the other",             "INSERT INTO puente.authorship SELECT gen_random_uuid(), 'SAT', 'x'"                                     },
    {"attaches to the other's leg",
     "INSERT INTO puente.attachment_content VALUES ('CBP', sha256('x'), 'x'); INSERT INTO puente.attachment (inspection_id, agency, sha256, "
     "media_type, size, visibility) "
     "SELECT inspection_id, 'SAT', sha256('x'), 'image/png', 1, 'SHARED' FROM puente.inspection"                                                },
    {"keeps bytes for the other",      "INSERT INTO puente.attachment_content VALUES ('SAT', sha256('x'), 'x')"                                 },
    {"takes the other's release back",
     "INSERT INTO puente.rehold (inspection_id, agency, fence, reason, signed_at, signed_text, signature, public_key, by_client) SELECT "
     "inspection_id, 'SAT', 1, 'x', now(), 'x', "
     "'h..' || repeat('A', 86), 'k', 'c' FROM puente.inspection"                                                                                },
    {"opens the other's leg",
     "INSERT INTO puente.inspection_leg (inspection_id, agency, manifest_id, state, kind) SELECT gen_random_uuid(), 'SAT', manifest_id, 'NONE', "
     "'REVIEW' FROM puente.manifest"                                                                                                            },
    {"opens a leg that is done",
     "INSERT INTO puente.inspection_leg (inspection_id, agency, manifest_id, state, kind) SELECT gen_random_uuid(), 'CBP', manifest_id, 'RELEASED', "
     "'REVIEW' FROM puente.manifest"                                                                                                            },
    {"claims for the other",           "INSERT INTO puente.leg_holder SELECT inspection_id, 'SAT', 1, 'x' FROM puente.inspection"               },
    {"rewrites who held a leg",        "UPDATE puente.leg_holder SET holder = 'x'"                                                              },
    {"forgets who held a leg",         "DELETE FROM puente.leg_holder"                                                                          },
    {"rewrites an annotation",         "UPDATE puente.annotation SET text = 'x'"                                                                },
    {"shares what was private",        "UPDATE puente.annotation SET visibility = 'SHARED'"                                                     },
    {"removes an annotation",          "DELETE FROM puente.annotation"                                                                          },
    {"removes an attachment",          "DELETE FROM puente.attachment"                                                                          },
    {"changes bytes",                  "UPDATE puente.attachment_content SET content = 'x'"                                                     },
    {"forgets a signature",            "DELETE FROM puente.rehold"                                                                              },
    {"holds as the other",
     "INSERT INTO puente.legal_hold (hold_id, manifest_id, agency, reason, placed_by) SELECT gen_random_uuid(), manifest_id, 'SAT', 'x', 'x' FROM "
     "puente.manifest"                                                                                                                          },
    {"holds from a day of its choice",
     "INSERT INTO puente.legal_hold (hold_id, manifest_id, agency, reason, placed_by, placed_at) SELECT gen_random_uuid(), manifest_id, 'CBP', 'x', "
     "'x', '2020-01-01' FROM puente.manifest"                                                                                                   },
    {"rewrites why it holds",          "UPDATE puente.legal_hold SET reason = 'x'"                                                              },
    {"gives a hold away",              "UPDATE puente.legal_hold SET agency = 'SAT'"                                                            },
    {"forgets a hold",                 "DELETE FROM puente.legal_hold"                                                                          },
    {"adds an agency",                 "INSERT INTO puente.agency (code, country, name_en, name_es) VALUES ('XX', 'MX', 'x', 'x')"              },
};

TEST_F(OfficerPrivacy, nobody_writes_for_another_agency_or_rewrites) {
    ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
    for (const Forbidden& each : forbidden) {
        for (const auto& [role, text] : {
                 std::pair<std::string, std::string>{"puente_cbp",   each.text},
                  {"puente_party", each.text}
        }) {
            const std::string said = under(role, text);
            EXPECT_TRUE(said.rfind("ERROR:  permission denied", 0) == 0 || said.rfind("ERROR:  new row violates row-level security", 0) == 0)
                << role << " " << each.what << ": " << said;
        }
    }
}

}  // namespace

}  // namespace puente::test
