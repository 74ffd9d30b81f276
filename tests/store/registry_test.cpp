#include "puente/store/registry.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "puente/store/listen.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using selection::IdKind;
using selection::Programme;
using store::RegistryChange;
using store::RegistryEntry;
using store::RegistryTally;
using store::Transaction;

const std::chrono::sys_days long_ago{std::chrono::year{2020} / 1 / 1};

RegistryEntry entry(IdKind kind, const std::string& id, int tier = 0, store::StandingStatus status = store::StandingStatus::active) {
    RegistryEntry made;
    made.kind = kind;
    made.id = id;
    made.name = "Señal & Söhne, \"" + id + "\"";
    made.tier = tier;
    made.status = status;
    made.valid_from = long_ago;
    return made;
}

const store::As intake{store::As::Kind::intake, "", "", ""};

class Registers : public Desk {
protected:
    /// One change that puts these; `whole` ends all others.
    Result<RegistryTally> put(const std::string& agency, Programme programme, const std::vector<RegistryEntry>& entries, bool whole = false) {
        const std::function<Result<RegistryTally>(Transaction&)> work = [&](Transaction& tx) -> Result<RegistryTally> {
            const Result<RegistryChange> change = store::begin_registry_change(tx, programme, "list.csv", "officer-" + agency);
            if (!change) return change.error();
            RegistryTally tally;
            if (const auto done = store::put_registry_entries(tx, *change, entries, tally); !done) return done.error();
            if (whole) {
                if (const auto done = store::end_other_registry_entries(tx, *change, tally); !done) return done.error();
            }
            if (const auto done = store::finish_registry_change(tx, *change, tally); !done) return done.error();
            return tally;
        };
        return as<RegistryTally>(officer(agency), work);
    }
    Result<RegistryTally> end(const std::string& agency, Programme programme, IdKind kind, const std::string& id) {
        const std::function<Result<RegistryTally>(Transaction&)> work = [&](Transaction& tx) -> Result<RegistryTally> {
            const Result<RegistryChange> change = store::begin_registry_change(tx, programme, "api", "officer-" + agency);
            if (!change) return change.error();
            RegistryTally tally;
            if (const auto done = store::end_registry_entry(tx, *change, kind, id, tally); !done) return done.error();
            if (const auto done = store::finish_registry_change(tx, *change, tally); !done) return done.error();
            return tally;
        };
        return as<RegistryTally>(officer(agency), work);
    }
    Result<std::vector<store::RegistryRecord>> listed(const store::As& who, Programme programme, const std::string& after = "",
                                                      std::size_t limit = 10) {
        const std::function<Result<std::vector<store::RegistryRecord>>(Transaction&)> work = [&](Transaction& tx) {
            return store::list_registry_entries(tx, programme, after, limit);
        };
        return as<std::vector<store::RegistryRecord>>(who, work);
    }
    store::RollAtVersion roll(Programme programme) {
        const std::function<Result<store::RollAtVersion>(Transaction&)> work = [&](Transaction& tx) { return store::read_roll(tx, programme); };
        return *as<store::RollAtVersion>(intake, work);
    }
    std::string under(const std::string& role, const std::string& text) const { return sql("SET ROLE " + role + "; " + text, "puente_app"); }
};

std::string text_of(const Result<RegistryTally>& tally) {
    if (!tally) return tally.error().detail();
    return std::to_string(tally->added) + " " + std::to_string(tally->changed) + " " + std::to_string(tally->unchanged) + " " +
           std::to_string(tally->ended);
}

TEST_F(Registers, say_what_a_change_did) {
    EXPECT_EQ(text_of(put("CBP", Programme::ctpat, {entry(IdKind::scac, "TSTA"), entry(IdKind::irs, "26-164751100", 2)})), "2 0 0 0");
    EXPECT_EQ(text_of(put("CBP", Programme::ctpat, {entry(IdKind::scac, "TSTA"), entry(IdKind::irs, "26-164751100", 3)})), "0 1 1 0");
    EXPECT_EQ(text_of(put("CBP", Programme::ctpat, {entry(IdKind::scac, "TSTA"), entry(IdKind::scac, "TSTB")}, true)), "1 0 1 1") << "the other ends";
    EXPECT_EQ(text_of(put("CBP", Programme::ctpat, {entry(IdKind::irs, "26-164751100", 3)})), "1 0 0 0") << "it is back";
    EXPECT_EQ(text_of(end("CBP", Programme::ctpat, IdKind::scac, "TSTB")), "0 0 0 1");
    EXPECT_EQ(end("CBP", Programme::ctpat, IdKind::scac, "TSTB").error().kind(), ErrorKind::not_found) << "once";
    EXPECT_EQ(sql("SELECT version, added, changed, unchanged, ended, by_client FROM puente.registry_change ORDER BY version"),
              "1|2|0|0|0|officer-CBP\n2|0|1|1|0|officer-CBP\n3|1|0|1|1|officer-CBP\n4|1|0|0|0|officer-CBP\n5|0|0|0|1|officer-CBP");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.registry_entry"), "3") << "ended, not deleted";
}

TEST_F(Registers, are_read_in_order_and_pages_by_both_agencies) {
    ASSERT_TRUE(put("SAT", Programme::oea, {entry(IdKind::rfc, "EKU9003173C9"), entry(IdKind::caat, "9PR1"), entry(IdKind::caat, "9PR2")}));
    for (const char* agency : {"CBP", "SAT"}) {
        const auto first = listed(officer(agency), Programme::oea, "", 2);
        ASSERT_TRUE(first) << first.error().detail();
        ASSERT_EQ(first->size(), 3u) << "one more says that there is more";
        EXPECT_EQ((*first)[0].entry.id, "9PR1");
        EXPECT_EQ((*first)[0].entry.name, "Señal & Söhne, \"9PR1\"");
        EXPECT_EQ((*first)[0].entry.valid_from, long_ago);
        EXPECT_EQ((*first)[0].by, "officer-SAT");
        const auto rest = listed(officer(agency), Programme::oea, "CAAT:9PR2", 2);
        ASSERT_EQ(rest->size(), 1u);
        EXPECT_EQ((*rest)[0].entry.id, "EKU9003173C9");
    }
    EXPECT_EQ(listed(officer("SAT"), Programme::oea, "nonsense").error().kind(), ErrorKind::malformed);
    EXPECT_EQ(listed(officer("SAT"), Programme::immex)->size(), 0u);
}

TEST_F(Registers, are_kept_by_the_programmes_agency) {
    EXPECT_EQ(put("SAT", Programme::ctpat, {entry(IdKind::scac, "TSTA")}).error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(put("SAT", Programme::fast, {entry(IdKind::scac, "TSTA")}).error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(put("CBP", Programme::oea, {entry(IdKind::caat, "9PR1")}).error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(put("CBP", Programme::immex, {entry(IdKind::rfc, "EKU9003173C9")}).error().kind(), ErrorKind::forbidden);
    ASSERT_TRUE(put("CBP", Programme::ctpat, {entry(IdKind::scac, "TSTA")}));
    EXPECT_EQ(end("SAT", Programme::ctpat, IdKind::scac, "TSTA").error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(listed(broker("company-1"), Programme::ctpat).error().kind(), ErrorKind::forbidden);
    EXPECT_EQ(listed(carrier("TSTA"), Programme::ctpat).error().kind(), ErrorKind::forbidden) << "not even its own";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.registry_entry WHERE ended_at IS NULL"), "1");
}

struct Share {
    const char* table;
    const char* gateway;
    const char* intake;
    const char* party;
    const char* cbp;
    const char* sat;
};
constexpr Share shares[] = {
    {"registry_programme", "-", "4", "-", "4", "4"},
    {"registry_entry",     "-", "2", "-", "2", "2"},
    {"registry_change",    "-", "-", "-", "2", "2"},
};

TEST_F(Registers, are_seen_by_officers_and_intake_only) {
    ASSERT_TRUE(put("CBP", Programme::ctpat, {entry(IdKind::scac, "TSTA")}));
    ASSERT_TRUE(put("SAT", Programme::oea, {entry(IdKind::caat, "9PR1")}));
    for (const Share& each : shares) {
        const std::pair<const char*, const char*> expected[] = {
            {"puente_gateway", each.gateway},
            {"puente_intake",  each.intake },
            {"puente_party",   each.party  },
            {"puente_cbp",     each.cbp    },
            {"puente_sat",     each.sat    }
        };
        for (const auto& [role, wanted] : expected) {
            const std::string said = under(role, std::string{"SELECT count(*) FROM puente."} + each.table);
            EXPECT_EQ(said.rfind("ERROR:  permission denied", 0) == 0 ? "-" : said, wanted) << each.table << " as " << role;
        }
    }
    EXPECT_EQ(under("puente_intake", "SELECT name FROM puente.registry_entry").rfind("ERROR:", 0), 0u) << "intake needs no names";
}

constexpr std::pair<const char*, const char*> untouchable[] = {
    {"puente_sat",     "UPDATE puente.registry_programme SET version = 9 WHERE programme = 'CTPAT' RETURNING version"  },
    {"puente_sat",     "UPDATE puente.registry_entry SET status = 'revoked' WHERE programme = 'CTPAT' RETURNING status"},
    {"puente_sat",
     "INSERT INTO puente.registry_entry (programme, id_kind, id, status, valid_from, source, recorded_by, seen_in) VALUES ('CTPAT', 'SCAC', 'X', "
     "'active', "
     "now(), 'x', 'x', 1)"                                                                                             },
    {"puente_cbp",
     "INSERT INTO puente.registry_entry (programme, id_kind, id, status, valid_from, source, recorded_by, seen_in) VALUES ('OEA', 'CAAT', 'X', "
     "'active', "
     "now(), 'x', 'x', 1)"                                                                                             },
    {"puente_cbp",     "UPDATE puente.registry_entry SET programme = 'OEA', id_kind = 'RFC' WHERE programme = 'CTPAT'" },
    {"puente_cbp",     "UPDATE puente.registry_programme SET agency = 'SAT'"                                           },
    {"puente_cbp",     "DELETE FROM puente.registry_entry"                                                             },
    {"puente_cbp",     "UPDATE puente.registry_change SET by_client = 'x'"                                             },
    {"puente_cbp",     "DELETE FROM puente.registry_change"                                                            },
    {"puente_cbp",     "INSERT INTO puente.registry_programme VALUES ('X', 'CBP')"                                     },
    {"puente_cbp",     "INSERT INTO puente.registry_change VALUES ('OEA', 7, 'x', 'x', now(), 0, 0, 0, 0)"             },
    {"puente_intake",  "UPDATE puente.registry_entry SET status = 'active'"                                            },
    {"puente_party",   "UPDATE puente.registry_entry SET status = 'active'"                                            },
    {"puente_gateway", "INSERT INTO puente.registry_programme VALUES ('X', 'CBP')"                                     },
};

TEST_F(Registers, are_changed_by_nobody_else_whatever_the_statement) {
    ASSERT_TRUE(put("CBP", Programme::ctpat, {entry(IdKind::scac, "TSTA")}));
    const std::string everything =
        "SELECT (SELECT string_agg(e::text, ';') FROM puente.registry_entry AS e), (SELECT string_agg(p::text, ';' ORDER BY programme) FROM "
        "puente.registry_programme AS p), (SELECT string_agg(c::text, ';') FROM puente.registry_change AS c)";
    const std::string before = sql(everything);
    for (const auto& [role, text] : untouchable) {
        const std::string said = under(role, text);
        EXPECT_TRUE(said.empty() || said.rfind("ERROR:", 0) == 0) << role << ": " << text << ": " << said;
        EXPECT_EQ(sql(everything), before) << role << ": " << text;
    }
}

TEST_F(Registers, refuse_what_no_register_holds) {
    const auto insert = [&](const std::string& values) {
        return sql(
            "INSERT INTO puente.registry_entry (programme, id_kind, id, tier, status, valid_from, valid_until, source, recorded_by, seen_in) VALUES "
            "(" +
            values + ", 'x', 'x', 1)");
    };
    for (const char* wrong : {"'CTPAT', 'CAAT', 'A', 0, 'active', now(), NULL", "'FAST', 'RFC', 'A', 0, 'active', now(), NULL",
                              "'IMMEX', 'RFC', 'A', 1, 'active', now(), NULL", "'CTPAT', 'RFC', 'A', 4, 'active', now(), NULL",
                              "'CTPAT', 'RFC', 'A', 1, 'good', now(), NULL", "'CTPAT', 'RFC', 'A', 1, 'active', '2026-02-02', '2026-02-01'",
                              "'NEEC', 'RFC', 'A', 0, 'active', now(), NULL"})
        EXPECT_EQ(insert(wrong).rfind("ERROR:", 0), 0u) << wrong;
    EXPECT_EQ(insert("'CTPAT', 'RFC', 'A', 3, 'active', now(), NULL"), "");
}

TEST_F(Registers, give_the_active_standings_with_the_version_they_belong_to) {
    RegistryEntry lapsed = entry(IdKind::scac, "OLDA");
    lapsed.valid_until = long_ago;
    EXPECT_EQ(roll(Programme::ctpat).roll->size(), 0u);
    ASSERT_TRUE(
        put("CBP", Programme::ctpat,
            {entry(IdKind::scac, "TSTA"), entry(IdKind::irs, "26-164751100", 3), entry(IdKind::scac, "SUSP", 0, store::StandingStatus::suspended),
             entry(IdKind::scac, "REVO", 0, store::StandingStatus::revoked), lapsed}));
    const store::RollAtVersion found = roll(Programme::ctpat);
    EXPECT_EQ(found.version, 1);
    EXPECT_EQ(found.roll->size(), 2u);
    ASSERT_NE(found.roll->find(IdKind::irs, "26-1647511"), nullptr);
    EXPECT_EQ(found.roll->find(IdKind::irs, "26-1647511")->tier, 3);
    EXPECT_EQ(found.roll->find(IdKind::scac, "SUSP"), nullptr);
    ASSERT_TRUE(end("CBP", Programme::ctpat, IdKind::scac, "TSTA"));
    EXPECT_EQ(roll(Programme::ctpat).roll->find(IdKind::scac, "TSTA"), nullptr);
    EXPECT_EQ(roll(Programme::ctpat).version, 2);
    const std::function<Result<store::RegistryVersions>(Transaction&)> look = [](Transaction& tx) { return store::find_registry_versions(tx); };
    const store::RegistryVersions expected{2, 0, 0, 0};
    EXPECT_EQ(*as<store::RegistryVersions>(intake, look), expected);
}

TEST_F(Registers, find_those_who_stand_twice_in_one_change) {
    const std::function<Result<std::vector<std::int32_t>>(Transaction&)> work = [](Transaction& tx) -> Result<std::vector<std::int32_t>> {
        const auto change = store::begin_registry_change(tx, Programme::fast, "list.csv", "x");
        RegistryTally tally;
        std::vector<RegistryEntry> entries{entry(IdKind::scac, "TSTA"), entry(IdKind::scac, "TSTB")};
        entries[0].line = 2;
        entries[1].line = 7;
        if (const auto put = store::put_registry_entries(tx, *change, {entries[1]}, tally); !put) return put.error();
        return store::find_registry_repeats(tx, *change, entries);
    };
    EXPECT_EQ(*as<std::vector<std::int32_t>>(officer("CBP"), work), std::vector<std::int32_t>{7});
}

TEST_F(Registers, tell_of_their_changes) {
    std::atomic<int> heard{0};
    std::atomic<bool> up{false};
    store::Listener listener{cluster_.url(database_),
                             [&](const store::Notice& notice) { heard += notice.channel == "registry_changed" && notice.payload == "FAST" ? 1 : 0; },
                             [&](bool is_up) { up = is_up; }};
    ASSERT_TRUE(soon([&] { return up.load(); }));
    ASSERT_TRUE(put("CBP", Programme::fast, {entry(IdKind::fast, "42701234567801")}));
    EXPECT_TRUE(soon([&] { return heard == 1; }));
}

TEST_F(Registers, and_factors_declared_public_are_read_by_both_agencies) {
    store::Filing filing = selected_filing(1);
    filing.inspection->factors.push_back({identifiers::Agency::cbp, "risk:open", "weight 5", 5, selection::Visibility::public_});
    ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    EXPECT_EQ(under("puente_cbp", "SELECT string_agg(name, ' ' ORDER BY name) FROM puente.selection_factor"), "draw risk:open");
    EXPECT_EQ(under("puente_sat", "SELECT string_agg(name, ' ' ORDER BY name) FROM puente.selection_factor"), "risk:open risk:value");
    EXPECT_EQ(under("puente_party", "SELECT count(*) FROM puente.selection_factor").rfind("ERROR:  permission denied", 0), 0u);
}

}  // namespace

}  // namespace puente::test
