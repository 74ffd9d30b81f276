// Officers' joint record: joining, declining, holding, taking back, annotating, attaching; and what each is told.
#include "api/station.hpp"
#include "puente/access/rehold.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/crypto/key.hpp"
#include "puente/instant.hpp"

namespace puente::test {

using nlohmann::json;

class JointRecord : public AtStation<JointRecord> {
public:
    static Station::Options options() { return {}; }

protected:
    struct Load {
        std::string manifest;
        std::string inspection;
    };
    Load load(Look look) {
        const std::string manifest = filed(station, fresh("produce-northbound", look))["manifestId"];
        return {manifest, inspection_of(station, manifest)};
    }
    Answer leg(const Party& party, const std::string& agency, const Load& load, const std::string& step, const json& body) {
        return station.post(party, "/v1/inspections/" + load.inspection + "/legs/" + agency + ":" + step, body);
    }
    /// Claims and starts the leg of the party's agency; gives its fence.
    std::int64_t take(const Party& party, const std::string& agency, const Load& load) {
        const Answer claimed = station.post(party, "/v1/ports/2604/inspections:claim",
                                            {
                                                {"inspectionId", load.inspection}
        });
        EXPECT_EQ(claimed.status, 200) << claimed.body;
        const std::int64_t fence = claimed.json()["leg"]["fence"];
        EXPECT_EQ(leg(party, agency, load, "start",
                      {
                          {"fence", fence}
        })
                      .status,
                  200);
        return fence;
    }
    Answer release(const Party& party, const std::string& agency, const Load& load, std::int64_t fence) {
        return leg(party, agency, load, "decide",
                   {
                       {"fence",    fence    },
                       {"decision", "RELEASE"}
        });
    }
    Answer record(const Party& party, const Load& load, const std::string& part = "") {
        return station.get(party, "/v1/inspections/" + load.inspection + part);
    }
    Answer put(const Party& party, const Load& load, const std::string& bytes, const std::string& visibility, const std::string& type = "image/png",
               const std::string& hash = "") {
        const std::string name = hash.empty() ? crypto::hex(crypto::sha256(bytes)) : hash;
        const Ask ask{
            "PUT",
            "/v1/inspections/" + load.inspection + "/attachments/" + name + "?visibility=" + visibility,
            {{"Content-Type", type}, station.bearer(party)},
            bytes
        };
        return station.ask(ask);
    }
    Answer annotate(const Party& party, const Load& load, const std::string& visibility, const std::string& text) {
        return station.post(party, "/v1/inspections/" + load.inspection + "/annotations",
                            {
                                {"visibility", visibility},
                                {"text",       text      }
        });
    }
    std::string status(const Load& load) { return station.get(station.broker, "/v1/manifests/" + load.manifest + "/status").json()["status"]; }
    static std::string now_and(std::chrono::seconds later) {
        return to_text(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + later);
    }
};

const std::string png = std::string{"\x89PNG\r\n\x1a\n", 8} + "picture";

TEST_F(JointRecord, the_other_agency_sees_it_and_joins) {
    const Load one = load(Look::sat_inspects);
    EXPECT_EQ(record(station.cbp, one).json()["allowed"], json::array({"join", "decline"}));
    const Answer declined = leg(station.cbp, "CBP", one, "decline",
                                {
                                    {"reason", "papers are SAT's"}
    });
    ASSERT_EQ(declined.status, 200) << declined.body;
    EXPECT_EQ(record(station.sat, one).json()["legs"][0]["declined"]["reason"], "papers are SAT's");
    for (const Party& party : {station.broker, station.carrier}) {
        EXPECT_EQ(station.get(party, "/v1/manifests/" + one.manifest + "/status").body.find("papers are"), std::string::npos);
        EXPECT_EQ(station.get(party, "/v1/manifests/" + one.manifest + "/history").body.find("papers are"), std::string::npos);
    }
    const Answer joined = leg(station.cbp, "cbp", one, "join",
                              {
                                  {"kind",   "REVIEW"     },
                                  {"reason", "JOIN-CANARY"}
    });
    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(joined.json()["leg"]["state"], "PENDING");
    EXPECT_EQ(record(station.cbp, one).json()["allowed"], json::array({"claim"}));
    EXPECT_NE(record(station.cbp, one).body.find("JOIN-CANARY"), std::string::npos);
    EXPECT_EQ(record(station.sat, one).body.find("JOIN-CANARY"), std::string::npos);
    release(station.sat, "SAT", one, take(station.sat, "SAT", one));
    EXPECT_EQ(status(one), "UNDER_REVIEW");
    release(station.cbp, "CBP", one, take(station.cbp, "CBP", one));
    EXPECT_EQ(status(one), "RELEASED");
}

TEST_F(JointRecord, a_refusal_says_what_the_state_is_and_what_may_be_done_next) {
    const Load one = load(Look::both_inspect);
    const std::int64_t fence = station
                                   .post(station.cbp, "/v1/ports/2604/inspections:claim",
                                         {
                                             {"inspectionId", one.inspection}
    })
                                   .json()["leg"]["fence"];
    const json early = release(station.cbp, "CBP", one, fence).json();
    EXPECT_EQ(early["status"], 409);
    EXPECT_EQ(early["state"], "PENDING");
    EXPECT_EQ(early["allowed"], json::array({"heartbeat", "release-claim", "start"}));
    EXPECT_EQ(early["manifestStatus"], "INSPECTION_REQUIRED");
    const json stale = leg(station.cbp, "CBP", one, "start",
                           {
                               {"fence", fence + 1}
    })
                           .json();
    EXPECT_EQ(stale["status"], 412);
    EXPECT_EQ(stale["fence"], fence) << "one's own claim";
    const json foreign = leg(station.cbp, "SAT", one, "start",
                             {
                                 {"fence", 1}
    })
                             .json();
    EXPECT_EQ(foreign["status"], 403);
    EXPECT_EQ(foreign["agency"], "SAT");
    EXPECT_EQ(foreign["state"], "PENDING");
    EXPECT_EQ(foreign["allowed"], json::array());
    EXPECT_EQ(foreign["ownLeg"]["state"], "PENDING");
    EXPECT_EQ(foreign["ownLeg"]["allowed"], json::array({"heartbeat", "release-claim", "start"}));
    const Party second = station.add_client({"--role", "officer", "--agency", "CBP"});
    const json taken = station
                           .post(second, "/v1/ports/2604/inspections:claim",
                                 {
                                     {"inspectionId", one.inspection}
    })
                           .json();
    EXPECT_EQ(taken["status"], 409);
    EXPECT_EQ(taken["state"], "PENDING");
    EXPECT_EQ(taken["allowed"], json::array()) << "another holds it";
    EXPECT_FALSE(taken.contains("fence"));
    EXPECT_EQ(leg(station.cbp, "NOSUCH", one, "start",
                  {
                      {"fence", 1}
    })
                  .status,
              404);
    EXPECT_EQ(leg(station.broker, "CBP", one, "join",
                  {
                      {"kind", "REVIEW"}
    })
                  .status,
              403);
}

TEST_F(JointRecord, a_hold_is_told_to_everyone_with_reason_and_due_time) {
    const Load one = load(Look::cbp_inspects);
    const std::int64_t fence = take(station.cbp, "CBP", one);
    const std::string due = now_and(std::chrono::hours{5});
    const Answer held = leg(station.cbp, "CBP", one, "decide",
                            {
                                {"fence",    fence                                                                                               },
                                {"decision", "HELD"                                                                                              },
                                {"reason",   "a sample is at the laboratory"                                                                     },
                                {"owner",    "laboratory desk"                                                                                   },
                                {"dueAt",    due                                                                                                 },
                                {"findings", json::array({json{{"kind", "QUANTITY_DIFFERS"}, {"pointer", "/shipments/0"}, {"quantity", "12.5"}}})}
    });
    ASSERT_EQ(held.status, 200) << held.body;
    const json seen = station.get(station.broker, "/v1/manifests/" + one.manifest + "/status").json()["legs"][0];
    EXPECT_EQ(seen["hold"], json({
                                {"reason", "a sample is at the laboratory"},
                                {"dueAt",  due                            }
    }))
        << "who answers for it is for officers";
    EXPECT_FALSE(seen.contains("found"));
    const json to_sat = record(station.sat, one).json()["legs"][0];
    EXPECT_EQ(to_sat["hold"]["owner"], "laboratory desk");
    EXPECT_EQ(to_sat["found"][0]["kind"], "QUANTITY_DIFFERS");
    EXPECT_EQ(to_sat["found"][0]["text"], "Quantity or weight differs");
    EXPECT_EQ(to_sat["found"][0]["quantity"], "12.5");
    const Answer spanish = station.get(station.sat, "/v1/inspections/" + one.inspection,
                                       {
                                           {"Accept-Language", "es"}
    });
    EXPECT_EQ(spanish.json()["legs"][0]["found"][0]["text"], "La cantidad o el peso difiere");
}

TEST_F(JointRecord, an_officer_refers_a_load) {
    const Load one = load(Look::nobody);
    EXPECT_EQ(one.inspection, "");
    const std::string target = "/v1/manifests/" + one.manifest + "/inspections";
    EXPECT_EQ(station
                  .post(station.broker, target,
                        {
                            {"kind",   "INSPECT"},
                            {"reason", "x"      }
    })
                  .status,
              403);
    for (const json& bad : {
             json::object(), json({{"kind", "INSPECT"}                                                           }
              ), json({ {"kind", "LOOK"},                                                            {"reason", "x"}}
              ), json({                                                            {"kind", "INSPECT"}, {"reason", " "}}
              ),
             json({                                             {"kind", "INSPECT"},                                                          {"reason", "x"}, {"agency", "SAT"}}
              )
    }) {
        EXPECT_EQ(station.post(station.sat, target, bad).status, 400) << bad;
    }
    const Answer referred = station.post(station.sat, target,
                                         {
                                             {"kind",   "INSPECT"        },
                                             {"reason", "REFERRAL-CANARY"}
    });
    ASSERT_EQ(referred.status, 201) << referred.body;
    EXPECT_EQ(status(one), "INSPECTION_REQUIRED");
    const std::string location = referred.header("Location");
    const Answer shown = station.get(station.cbp, location);
    ASSERT_EQ(shown.status, 200) << location;
    EXPECT_EQ(shown.json()["allowed"], json::array({"join", "decline"}));
    EXPECT_EQ(shown.body.find("REFERRAL-CANARY"), std::string::npos);
    EXPECT_NE(station.get(station.sat, location).body.find("REFERRAL-CANARY"), std::string::npos);
    const Answer again = station.post(station.sat, target,
                                      {
                                          {"kind",   "INSPECT"},
                                          {"reason", "x"      }
    });
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.json()["state"], "PENDING");
    EXPECT_EQ(station
                  .post(station.sat, "/v1/manifests/" + new_uuid() + "/inspections",
                        {
                            {"kind",   "INSPECT"},
                            {"reason", "x"      }
    })
                  .status,
              404);
}

TEST_F(JointRecord, a_release_is_taken_back_under_the_signature_of_the_registered_key) {
    const crypto::Key key = crypto::Key::generate();
    const TemporaryFolder folder;
    write_file(folder.file("key.pem"), key.public_pem());
    const Party signer = station.add_client({"--role", "officer", "--agency", "CBP", "--public-key", folder.file("key.pem")});
    const Load one = load(Look::cbp_inspects);
    const std::int64_t fence = take(signer, "CBP", one);
    ASSERT_EQ(release(signer, "CBP", one, fence).json()["status"], "RELEASED");
    access::Rehold text{one.inspection, "CBP", fence, "the seal photo shows another number", now_and(std::chrono::seconds{0})};
    json body{
        {"fence",                   fence                        },
        {                                                        "reason",              text.reason                             },
        {                                                  "owner",                         "seal desk"                                               },
        {       "dueAt",                    now_and(std::chrono::hours{2})                                       },
        {                                                                                               "time", text.time},
        { "signature",                          access::sign_rehold(text,                                                        key)}
    };
    json spoiled = body;
    spoiled["reason"] = "another reason";
    EXPECT_EQ(leg(signer, "CBP", one, "rehold", spoiled).status, 403) << "the reason is signed";
    spoiled = body;
    spoiled.erase("signature");
    EXPECT_EQ(leg(signer, "CBP", one, "rehold", spoiled).status, 400);
    spoiled = body;
    spoiled["owner"] = "";
    EXPECT_EQ(leg(signer, "CBP", one, "rehold", spoiled).status, 400);
    EXPECT_EQ(leg(station.cbp, "CBP", one, "rehold", body).status, 403) << "this client has no key";
    EXPECT_EQ(leg(station.sat, "CBP", one, "rehold", body).status, 403);
    EXPECT_EQ(status(one), "RELEASED");
    const Answer back = leg(signer, "CBP", one, "rehold", body);
    ASSERT_EQ(back.status, 200) << back.body;
    EXPECT_EQ(back.json()["leg"]["fence"], fence + 1);
    EXPECT_EQ(status(one), "HELD");
    EXPECT_EQ(leg(signer, "CBP", one, "rehold", body).status, 409) << "a signature counts once";
    EXPECT_EQ(station.sql("SELECT by_client, signed_text LIKE '%another number%' FROM puente.rehold WHERE inspection_id = '" + one.inspection + "'"),
              signer.id + "|t");
}

TEST_F(JointRecord, attachments_are_checked_by_their_bytes) {
    const Load one = load(Look::both_inspect);
    const Answer first = put(station.cbp, one, png, "SHARED");
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(put(station.cbp, one, png, "SHARED").status, 200) << "again";
    EXPECT_EQ(put(station.cbp, one, png, "AGENCY").status, 409);
    EXPECT_EQ(put(station.cbp, one, png, "PUBLIC").status, 400);
    EXPECT_EQ(put(station.cbp, one, png, "SHARED", "image/jpeg").status, 400) << "it is no JPEG";
    EXPECT_EQ(put(station.cbp, one, "<html>", "SHARED", "text/html").status, 415);
    EXPECT_EQ(put(station.cbp, one, "<html>", "SHARED", "image/png").status, 400);
    EXPECT_EQ(put(station.cbp, one, png, "SHARED", "image/png", crypto::hex(crypto::sha256("other"))).status, 400) << "another hash";
    EXPECT_EQ(put(station.cbp, one, png, "SHARED", "image/png", "ABC").status, 404);
    EXPECT_EQ(put(station.broker, one, png, "SHARED").status, 403);
    EXPECT_EQ(put(station.cbp, one, png + std::string(8 * 1024 * 1024, 'x'), "SHARED").status, 413);
    EXPECT_EQ(put(station.cbp, one, png + std::string(8 * 1024 * 1024 - png.size(), 'x'), "SHARED").status, 201) << "8 MiB";
    const Answer shown = station.get(station.sat, first.json()["href"]);
    ASSERT_EQ(shown.status, 200);
    EXPECT_EQ(shown.body, png);
    EXPECT_EQ(shown.header("Content-Type"), "image/png");
    EXPECT_EQ(shown.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(shown.header("Content-Disposition").rfind("attachment", 0), 0u);
    EXPECT_EQ(record(station.sat, one).json()["attachments"][0]["size"], png.size());
}

TEST_F(JointRecord, private_matter_is_as_if_it_were_not_there) {
    const Load one = load(Look::both_inspect);
    const std::string secret = png + "SECRET";
    ASSERT_EQ(put(station.cbp, one, secret, "AGENCY").status, 201);
    ASSERT_EQ(annotate(station.cbp, one, "AGENCY", "CBP-NOTE-CANARY").status, 201);
    ASSERT_EQ(annotate(station.cbp, one, "SHARED", "for both").status, 201);
    EXPECT_EQ(annotate(station.cbp, one, "ALL", "x").status, 400);
    EXPECT_EQ(annotate(station.cbp, one, "AGENCY", "").status, 400);
    EXPECT_EQ(annotate(station.cbp, one, "AGENCY", std::string(4001, 'x')).status, 400);
    EXPECT_EQ(station
                  .post(station.cbp, "/v1/inspections/" + one.inspection + "/annotations",
                        {
                            {"text", "forgotten"}
    })
                  .status,
              400)
        << "who sees it must be said";
    const std::string etag = station.get(station.broker, "/v1/manifests/" + one.manifest + "/status").header("ETag");
    ASSERT_EQ(annotate(station.cbp, one, "AGENCY", "one more").status, 201);
    EXPECT_EQ(station.get(station.broker, "/v1/manifests/" + one.manifest + "/status").header("ETag"), etag) << "not even a count";

    const std::string hash = crypto::hex(crypto::sha256(secret));
    Answer hidden = record(station.sat, one, "/attachments/" + hash);
    Answer missing = record(station.sat, one, "/attachments/" + crypto::hex(crypto::sha256("nothing")));
    EXPECT_EQ(hidden.status, 404);
    json first = hidden.json();
    json second = missing.json();
    for (json* each : {&first, &second}) each->erase("instance");
    EXPECT_EQ(first, second);
    EXPECT_EQ(put(station.sat, one, secret, "AGENCY").status, 201) << "the same bytes are new to SAT";
    EXPECT_EQ(record(station.cbp, one).json()["attachments"].size(), 1u);

    const std::string at_sat = record(station.sat, one).body + record(station.sat, one, "/annotations").body +
                               station.get(station.sat, "/v1/manifests/" + one.manifest + "/history").body +
                               station.get(station.sat, "/v1/manifests/" + one.manifest).body;
    EXPECT_EQ(at_sat.find("CBP-NOTE-CANARY"), std::string::npos);
    EXPECT_EQ(at_sat.find(station.cbp.id), std::string::npos) << "who wrote is for the own agency";
    EXPECT_NE(at_sat.find("for both"), std::string::npos);
    EXPECT_NE(record(station.cbp, one).body.find("CBP-NOTE-CANARY"), std::string::npos);
    for (const Party& party : {station.broker, station.carrier, station.other_broker}) {
        for (const char* part : {"", "/annotations"}) EXPECT_EQ(record(party, one, part).status, 403);
        EXPECT_EQ(record(party, one, "/attachments/" + hash).status, 403);
        const std::string all =
            station.get(party, "/v1/manifests/" + one.manifest).body + station.get(party, "/v1/manifests/" + one.manifest + "/history").body;
        for (const char* canary : {"CBP-NOTE-CANARY", "for both", "annotated", "attached"}) EXPECT_EQ(all.find(canary), std::string::npos) << canary;
    }
}

TEST_F(JointRecord, a_third_agency_takes_part_without_a_change_of_code) {
    const Finished added = puente({"agency", "add", "testagency", "--country", "MX", "--name-en", "Test agency", "--name-es", "Agencia de prueba",
                                   "--database", station.owner_url()});
    ASSERT_EQ(added.exit_code, 0) << added.err;
    EXPECT_NE(
        puente({"agency", "add", "TESTAGENCY", "--country", "MX", "--name-en", "x", "--name-es", "x", "--database", station.owner_url()}).exit_code,
        0)
        << "once";
    EXPECT_EQ(puente({"client", "add", "--role", "author", "--agency", "TESTAGENCY", "--database", station.owner_url()}).exit_code, 2)
        << "it owns no rule set";
    EXPECT_NE(puente({"client", "add", "--role", "officer", "--agency", "NOSUCH", "--database", station.owner_url()}).exit_code, 0);
    const Party third = station.add_client({"--role", "officer", "--agency", "TESTAGENCY"});
    const Load one = load(Look::sat_inspects);
    release(station.sat, "SAT", one, take(station.sat, "SAT", one));
    EXPECT_EQ(status(one), "RELEASED");
    EXPECT_EQ(leg(third, "SAT", one, "rehold",
                  {
                      {"fence",     1                             },
                      {"reason",    "x"                           },
                      {"owner",     "x"                           },
                      {"dueAt",     now_and(std::chrono::hours{1})},
                      {"time",      "x"                           },
                      {"signature", "x"                           }
    })
                  .status,
              403);
    ASSERT_EQ(leg(third, "TESTAGENCY", one, "join",
                  {
                      {"kind", "INSPECT"}
    })
                  .status,
              200);
    EXPECT_EQ(status(one), "INSPECTION_REQUIRED");
    ASSERT_EQ(annotate(third, one, "AGENCY", "THIRD-CANARY").status, 201);
    std::int64_t fence = take(third, "testagency", one);
    ASSERT_EQ(leg(third, "TESTAGENCY", one, "decide",
                  {
                      {"fence",    fence                         },
                      {"decision", "HELD"                        },
                      {"reason",   "fruit flies"                 },
                      {"owner",    "plant health"                },
                      {"dueAt",    now_and(std::chrono::hours{1})}
    })
                  .status,
              200);
    EXPECT_EQ(status(one), "HELD");
    const json legs = station.get(station.broker, "/v1/manifests/" + one.manifest + "/status").json()["legs"];
    ASSERT_EQ(legs.size(), 3u);
    EXPECT_EQ(legs[2]["agency"], "TESTAGENCY");
    EXPECT_EQ(legs[2]["hold"]["reason"], "fruit flies");
    for (const Party& party : {station.cbp, station.sat}) EXPECT_EQ(record(party, one).body.find("THIRD-CANARY"), std::string::npos);
    fence = take(third, "TESTAGENCY", one);
    ASSERT_EQ(release(third, "TESTAGENCY", one, fence).status, 200);
    EXPECT_EQ(status(one), "RELEASED");
    const std::string agencies = station.get(third, "/v1/agencies").body;
    EXPECT_NE(agencies.find("Test agency"), std::string::npos);
    EXPECT_NE(station.get(third, "/v1/ports/2604/inspections").status, 403);
    EXPECT_EQ(station.get(third, "/v1/manifests/" + one.manifest).body.find("SAT-T1"), std::string::npos)
        << "the targeting of others is hidden from it";
}

TEST_F(JointRecord, is_not_there_under_unknown_ids) {
    for (const std::string& id : {new_uuid(), std::string{"no-uuid"}}) {
        const Load none{"", id};
        EXPECT_EQ(record(station.cbp, none).status, 404);
        EXPECT_EQ(record(station.cbp, none, "/annotations").status, 404);
        EXPECT_EQ(annotate(station.cbp, none, "SHARED", "x").status, 404);
        EXPECT_EQ(put(station.cbp, none, png, "SHARED").status, 404);
        EXPECT_EQ(leg(station.cbp, "CBP", none, "join",
                      {
                          {"kind", "REVIEW"}
        })
                      .status,
                  404);
        EXPECT_EQ(leg(station.cbp, "CBP", none, "decline",
                      {
                          {"reason", "x"}
        })
                      .status,
                  404);
    }
}

}  // namespace puente::test
