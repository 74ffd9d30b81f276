// Both agencies get the same work for the same calls, and what is hidden costs what is missing costs. No time is asserted: PostgreSQL counts the
// calls, rows and blocks of every statement by the role that ran it, and equal work is what makes equal times.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <thread>

#include "api/station.hpp"
#include "puente/access/rehold.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/crypto/key.hpp"
#include "puente/instant.hpp"

namespace puente::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// What a statement did under one role.
struct Work {
    std::int64_t calls = 0;
    std::int64_t rows = 0;
    std::int64_t blocks = 0;  ///< of shared buffers, found there or read
};
/// By query id and the beginning of the text.
using Statements = std::map<std::string, Work>;

const std::string png = std::string{"\x89PNG\r\n\x1a\n", 8} + "picture";

struct Officer {
    std::string agency;
    Party party;
    crypto::Key key;
};

struct Load {
    std::string trip;
    std::string manifest;
    std::string inspection;
};

json with(const std::string& member, const json& value, json body = json::object()) {
    body[member] = value;
    return body;
}

}  // namespace

/// A station whose database counts what each statement did. The cluster is the program's own: it is left as it was.
class Symmetry : public AtStation<Symmetry> {
public:
    /// One connection for readers and moves: what a backend learns at its first use of a table is learnt once, before anything is counted.
    static Station::Options options() {
        return {
            {"--database-readers", "1"}
        };
    }
    static void SetUpTestSuite() {
        Cluster& cluster = Cluster::shared();
        cluster.preload("pg_stat_statements");
        for (const char* setting : {"pg_stat_statements.track = 'all'", "pg_stat_statements.track_utility = 'off'"})
            ASSERT_EQ(cluster.sql("postgres", std::string{"ALTER SYSTEM SET "} + setting), "");
        ASSERT_EQ(cluster.sql("postgres", "SELECT pg_reload_conf()"), "t");
        AtStation::SetUpTestSuite();
        ASSERT_EQ(station_->sql("CREATE EXTENSION pg_stat_statements SCHEMA public"), "");
        for (const char* agency : {"CBP", "SAT"}) officers_.push_back(registered(agency));
    }
    static void TearDownTestSuite() {
        officers_.clear();
        AtStation::TearDownTestSuite();
        Cluster::shared().preload("");
    }

protected:
    static Officer registered(const std::string& agency) {
        crypto::Key key = crypto::Key::generate();
        const TemporaryFolder folder;
        write_file(folder.file("key.pem"), key.public_pem());
        const Party party = station_->add_client({"--role", "officer", "--agency", agency, "--public-key", folder.file("key.pem")});
        return {agency, party, std::move(key)};
    }
    static Officer& cbp() { return officers_[0]; }
    static Officer& sat() { return officers_[1]; }
    /// Whose a thing is, and who asks for it.
    static std::array<std::pair<const Officer*, const Officer*>, 2> both_ways() {
        return {
            std::pair{&cbp(), &sat()},
            std::pair{&sat(), &cbp()}
        };
    }

    Load load() {
        const Json document = fresh("produce-northbound", Look::both_inspect);
        const std::string manifest = filed(station, document)["manifestId"];
        return {document["trip"]["tripNumber"], manifest, inspection_of(station, manifest)};
    }
    Answer leg(const Officer& who, const std::string& inspection, const std::string& step, const json& body) {
        return station.post(who.party, "/v1/inspections/" + inspection + "/legs/" + who.agency + ":" + step, body);
    }
    Answer at_port(const Officer& who, const std::string& path, const json& body) { return station.post(who.party, "/v1/ports/2604/" + path, body); }
    Answer attach(const Officer& who, const std::string& inspection, const std::string& bytes, const std::string& visibility) {
        const Ask ask{
            "PUT",
            "/v1/inspections/" + inspection + "/attachments/" + crypto::hex(crypto::sha256(bytes)) + "?visibility=" + visibility,
            {{"Content-Type", "image/png"}, station.bearer(who.party)},
            bytes
        };
        return station.ask(ask);
    }
    Answer annotate(const Officer& who, const std::string& inspection, const std::string& visibility, const std::string& text) {
        return station.post(who.party, "/v1/inspections/" + inspection + "/annotations", with("visibility", visibility, with("text", text)));
    }
    static std::string now_and(std::chrono::seconds later) {
        return to_text(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + later);
    }

    void forget_work() { ASSERT_NE(station.sql("SELECT pg_stat_statements_reset()").substr(0, 5), "ERROR"); }
    Statements work_of(const std::string& role) {
        std::istringstream rows{
            station.sql("SELECT s.queryid, s.toplevel, s.calls, s.rows, s.shared_blks_hit + s.shared_blks_read, left(regexp_replace(s.query, '\\s+', "
                        "' ', 'g'), 90) "
                        "FROM pg_stat_statements AS s JOIN pg_roles AS r ON r.oid = s.userid WHERE r.rolname = '" +
                        role + "' AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())")};
        Statements done;
        for (std::string row; std::getline(rows, row);) {
            std::array<std::string, 5> fields;
            std::istringstream columns{row};
            for (std::string& field : fields) std::getline(columns, field, '|');
            std::string text;
            std::getline(columns, text);
            done[fields[0] + (fields[1] == "t" ? " " : " inside another: ") + text] = {std::stoll(fields[2]), std::stoll(fields[3]),
                                                                                       std::stoll(fields[4])};
        }
        return done;
    }
    static std::string shown(const Statements& done) {
        std::string all;
        for (const auto& [text, work] : done)
            all += text + ": " + std::to_string(work.calls) + " calls, " + std::to_string(work.rows) + " rows, " + std::to_string(work.blocks) +
                   " blocks\n";
        return all;
    }
    static void expect_same_calls_and_rows(const Statements& one, const Statements& other, const std::string& what) {
        for (const auto& [text, work] : one) {
            const auto twin = other.find(text);
            if (twin == other.end()) {
                ADD_FAILURE() << what << ": only one of them runs " << text;
                continue;
            }
            EXPECT_EQ(work.calls, twin->second.calls) << what << ": " << text;
            EXPECT_EQ(work.rows, twin->second.rows) << what << ": " << text;
        }
        for (const auto& [text, work] : other) EXPECT_TRUE(one.contains(text)) << what << ": only the other runs " << text;
    }

    /// An answer and what it took, by role.
    struct Done {
        Answer answer;
        std::map<std::string, Statements> work;
    };
    Done done(const Ask& request) {
        forget_work();
        Done made{station.ask(request), {}};
        for (const char* role : {"puente_cbp", "puente_sat", "puente_party", "puente_sender", "puente_owner"}) made.work[role] = work_of(role);
        return made;
    }
    static Ask getting(const Party& party, const std::string& target) { return {"GET", target, {station_->bearer(party)}}; }
    /// What an answer says, without what names the request, its moment or the very load.
    static std::string said(const Answer& answer, const Load& about) {
        std::string all = std::to_string(answer.status) + "\n";
        for (const auto& [name, value] : answer.headers) {
            if (name != "Date") all += name + ": " + value + "\n";
        }
        all += answer.body;
        static const std::array names{std::regex{"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"}, std::regex{"[0-9a-f]{64}"},
                                      std::regex{"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"}, std::regex{"\"eventId\":[0-9]+"}};
        for (const std::regex& each : names) all = std::regex_replace(all, each, "*");
        return about.trip.empty() ? all : std::regex_replace(all, std::regex{about.trip}, "*");
    }
    /// Both in turn, more than once: the first use of a statement is not taken for the work itself.
    void expect_no_difference(const Ask& hidden, const Ask& missing, const std::string& what, const Load& one = {}, const Load& other = {}) {
        done(hidden);
        const Done first = done(hidden);
        const Done second = done(missing);
        EXPECT_EQ(said(first.answer, one), said(second.answer, other)) << what;
        std::size_t statements = 0;
        for (const auto& [role, work] : first.work) {
            expect_same_calls_and_rows(work, second.work.at(role), what + " as " + role);
            statements += work.size();
        }
        EXPECT_GT(statements, 0u) << what << ": the database was asked";
    }

    std::int64_t claim(const Officer& who, const json& body, std::string* inspection = nullptr) {
        const Answer claimed = at_port(who, "inspections:claim", body);
        EXPECT_EQ(claimed.status, 200) << claimed.body;
        if (claimed.status != 200) return 0;
        if (inspection != nullptr) *inspection = claimed.json()["inspectionId"];
        return claimed.json()["leg"]["fence"];
    }
    std::int64_t claim_named(const Officer& who, const std::string& inspection) { return claim(who, with("inspectionId", inspection)); }
    void step(const Officer& who, const std::string& inspection, const std::string& name, const json& body) {
        const Answer answer = leg(who, inspection, name, body);
        EXPECT_EQ(answer.status, 200) << who.agency << " " << name << ": " << answer.body;
    }
    void hold(const Officer& who, const std::string& inspection, std::int64_t fence) {
        step(who, inspection, "start", with("fence", fence));
        json verdict = with("fence", fence, with("decision", "HELD"));
        verdict["reason"] = "a sample is at the laboratory";
        verdict["owner"] = "laboratory desk";
        verdict["dueAt"] = now_and(5h);
        step(who, inspection, "decide", verdict);
    }
    void release(const Officer& who, const std::string& inspection, std::int64_t fence) {
        step(who, inspection, "start", with("fence", fence));
        step(who, inspection, "decide", with("fence", fence, with("decision", "RELEASE")));
    }
    void rehold(const Officer& who, const std::string& inspection, std::int64_t fence) {
        const access::Rehold text{inspection, who.agency, fence, "the seal photo shows another number", now_and(0s)};
        json body = with("fence", fence, with("reason", text.reason));
        body["owner"] = "seal desk";
        body["dueAt"] = now_and(2h);
        body["time"] = text.time;
        body["signature"] = access::sign_rehold(text, who.key);
        step(who, inspection, "rehold", body);
    }
    void read(const Officer& who, const std::string& target) {
        const Answer answer = station.get(who.party, target);
        EXPECT_EQ(answer.status, 200) << who.agency << " " << target << ": " << answer.body;
    }

    /// All that an officer does with a load that waits first in the queue.
    void work_on(const Officer& who, const Load& waiting) {
        const std::string& id = waiting.inspection;
        read(who, "/v1/ports/2604/inspections?limit=50");
        std::string first;
        std::int64_t fence = claim(who, json::object(), &first);
        EXPECT_EQ(first, id) << "the same load comes first for both";
        step(who, id, "release-claim", with("fence", fence));
        fence = claim_named(who, id);
        step(who, id, "heartbeat", with("fence", fence));
        hold(who, id, fence);
        EXPECT_EQ(annotate(who, id, "AGENCY", "for us").status, 201);
        EXPECT_EQ(annotate(who, id, "SHARED", "for both").status, 201);
        EXPECT_EQ(attach(who, id, png + who.agency + id, "AGENCY").status, 201);
        EXPECT_EQ(attach(who, id, png + who.agency + id, "AGENCY").status, 200) << "again";
        EXPECT_EQ(attach(who, id, png + who.agency + id + "shared", "SHARED").status, 201);
        fence = claim_named(who, id);
        release(who, id, fence);
        rehold(who, id, fence);
        release(who, id, claim_named(who, id));
        read(who, "/v1/inspections/" + id);
        read(who, "/v1/inspections/" + id + "/annotations");
        read(who, "/v1/inspections/" + id + "/attachments/" + crypto::hex(crypto::sha256(png + who.agency + id)));
        read(who, "/v1/manifests/" + waiting.manifest);
        read(who, "/v1/manifests/" + waiting.manifest + "/history");
        read(who, "/v1/agencies");
    }
    /// Each agency proposes one and confirms one of the other.
    void turn_the_keys(const Officer& first, const Officer& second) {
        json proposal = with("classes", json::array({"medical"}), with("reason", "the gate is under water"));
        proposal["lastsMinutes"] = 60;
        const Answer declared = at_port(first, "contingency", proposal);
        ASSERT_EQ(declared.status, 200) << declared.body;
        const json key = with("contingencyId", declared.json()["contingencyId"]);
        EXPECT_EQ(at_port(second, "contingency:confirm", key).status, 200);
        EXPECT_EQ(at_port(first, "contingency:end", key).status, 200);
    }
    /// Loads, each worked on by both from beginning to end; who comes first changes from one to the next.
    void work_through(int loads) {
        for (int i = 0; i < loads; ++i) {
            const Load one = load();
            const bool cbp_first = i % 2 == 0;
            work_on(cbp_first ? cbp() : sat(), one);
            work_on(cbp_first ? sat() : cbp(), one);
            EXPECT_EQ(station.sql("SELECT status FROM puente.manifest WHERE manifest_id = '" + one.manifest + "'"), "RELEASED");
        }
        turn_the_keys(cbp(), sat());
        turn_the_keys(sat(), cbp());
    }
    /// The board is read when everything is counted, so that nothing changes between two readings.
    void read_boards(int times) {
        const std::string done = station.sql("SELECT clock_timestamp()");
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (station.sql("SELECT caught_up AND looked_at > '" + done + "' FROM puente.board_cursor") != "t" &&
               std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(50ms);
        for (int i = 0; i < times; ++i) {
            for (const Officer& who : officers_) {
                for (const char* what : {"board", "contingency", "bays", "inspections"}) read(who, std::string{"/v1/ports/2604/"} + what);
            }
        }
    }

    static inline std::vector<Officer> officers_;
};

TEST_F(Symmetry, the_same_journey_is_the_same_work_for_both_agencies) {
    constexpr int loads = 6;
    work_through(2);
    ASSERT_EQ(station.sql("ANALYZE"), "");
    // Plans are made from the same statistics now, and every backend has made them and seen every table and function before anything is counted.
    work_through(4);
    read_boards(1);
    forget_work();
    work_through(loads);
    read_boards(loads);
    const Statements of_cbp = work_of("puente_cbp");
    const Statements of_sat = work_of("puente_sat");
    expect_same_calls_and_rows(of_cbp, of_sat, "CBP and SAT");
    EXPECT_GT(of_cbp.size(), 40u) << shown(of_cbp);
    // Rows of both lie on the same pages: a page that fills, or an older version of a row that is passed over, falls to one of them by chance. One
    // look-up more for one of them would be two blocks in each call at least, of an index and of the row.
    for (const auto& [text, work] : of_cbp) {
        const auto twin = of_sat.find(text);
        if (twin == of_sat.end()) continue;
        EXPECT_LE(std::abs(work.blocks - twin->second.blocks), 5 + work.calls) << text << ": " << work.blocks << " " << twin->second.blocks;
    }
}

TEST_F(Symmetry, a_private_attachment_is_answered_as_one_that_does_not_exist) {
    const Load one = load();
    for (const auto& each : both_ways()) {
        const Officer& owner = *each.first;
        const Officer& other = *each.second;
        const std::string bytes = png + "of " + owner.agency;
        ASSERT_EQ(attach(owner, one.inspection, bytes, "AGENCY").status, 201);
        const std::string attachments = "/v1/inspections/" + one.inspection + "/attachments/";
        const Ask hidden = getting(other.party, attachments + crypto::hex(crypto::sha256(bytes)));
        const Ask missing = getting(other.party, attachments + crypto::hex(crypto::sha256("nothing")));
        expect_no_difference(hidden, missing, "attachment of " + owner.agency);
        EXPECT_EQ(station.ask(hidden).status, 404);
    }
}

TEST_F(Symmetry, bytes_that_the_other_agency_has_already_are_as_new_as_any) {
    for (const auto& each : both_ways()) {
        const Officer& owner = *each.first;
        const Officer& other = *each.second;
        const std::array loads{load(), load(), load()};
        for (std::size_t i = 0; i < 3; ++i)
            ASSERT_EQ(attach(owner, loads[i].inspection, png + owner.agency + " has " + std::to_string(i), "AGENCY").status, 201);
        ASSERT_EQ(attach(other, loads[2].inspection, png + "first", "AGENCY").status, 201) << "the first use is not counted";
        std::array<Done, 2> does;
        for (std::size_t i = 0; i < 2; ++i) {
            forget_work();
            does[i].answer = attach(other, loads[i].inspection, png + (i == 0 ? owner.agency : "???") + " has 0", "AGENCY");
            does[i].work["own"] = work_of(&other == &cbp() ? "puente_cbp" : "puente_sat");
        }
        EXPECT_EQ(does[0].answer.status, 201);
        EXPECT_EQ(said(does[0].answer, loads[0]), said(does[1].answer, loads[1]));
        expect_same_calls_and_rows(does[0].work["own"], does[1].work["own"], "bytes of " + owner.agency);
    }
}

/// Two loads alike, but for private matter of one agency and for who of it holds the leg: the other reads the same of both, for the same work.
TEST_F(Symmetry, private_matter_changes_nothing_of_what_the_other_agency_reads) {
    for (const auto& each : both_ways()) {
        const Officer& owner = *each.first;
        const Officer& other = *each.second;
        const Officer colleague = registered(owner.agency);
        const std::array loads{load(), load()};
        claim_named(owner, loads[0].inspection);
        claim_named(colleague, loads[1].inspection);
        ASSERT_EQ(annotate(owner, loads[0].inspection, "AGENCY", "for us").status, 201);
        ASSERT_EQ(attach(owner, loads[0].inspection, png + "secret of " + owner.agency, "AGENCY").status, 201);
        const auto both = [&](const std::string& before, const std::string Load::*id, const std::string& after) {
            const Ask with_secret = getting(other.party, before + loads[0].*id + after);
            const Ask without = getting(other.party, before + loads[1].*id + after);
            expect_no_difference(with_secret, without, "load of " + owner.agency + ": " + before + after, loads[0], loads[1]);
        };
        both("/v1/inspections/", &Load::inspection, "");
        both("/v1/inspections/", &Load::inspection, "/annotations");
        both("/v1/manifests/", &Load::manifest, "/history");
    }
}

TEST_F(Symmetry, another_companys_manifest_is_answered_as_one_that_does_not_exist) {
    const Load one = load();
    const std::string none = new_uuid();
    for (const char* part : {"", "/status", "/history"}) {
        const std::string path = "/v1/manifests/";
        expect_no_difference(getting(station.other_broker, path + one.manifest + part), getting(station.other_broker, path + none + part), part);
        expect_no_difference(getting(station.other_carrier, path + one.manifest + part), getting(station.other_carrier, path + none + part), part);
    }
    const auto asking = [&](const char* method, const std::string& target, const std::string& body) {
        return Ask{
            method, target, {station.bearer(station.other_broker), {"Content-Type", "application/json"}, {"If-Match", "\"1.1\""}},
              body
        };
    };
    const std::string body = fresh("produce-northbound", Look::nobody).dump();
    expect_no_difference(asking("POST", "/v1/manifests/" + one.manifest + ":cancel", "{}"), asking("POST", "/v1/manifests/" + none + ":cancel", "{}"),
                         "cancel");
    expect_no_difference(asking("PUT", "/v1/manifests/" + one.manifest, body), asking("PUT", "/v1/manifests/" + none, body), "amend");
}

}  // namespace puente::test
