// The registers of trusted traders: kept by their agency, imported all or nothing, and what standing does to a load.
#include <algorithm>

#include "api/rule_test.hpp"

namespace puente::test {

namespace {

const nlohmann::json since_2020{
    {"validFrom", "2020-01-01"}
};

}  // namespace

class Registry : public AtStation<Registry> {
public:
    static Station::Options options() {
        return {
            {"--registry-stale-seconds", "2"}
        };
    }

protected:
    /// Nobody stands well any more, and the gateway knows it.
    void SetUp() override {
        station.sql(
            "DELETE FROM puente.registry_entry; DELETE FROM puente.registry_change; UPDATE puente.registry_programme SET version = version + 1; "
            "SELECT pg_notify('registry_changed', programme) "
            "FROM puente.registry_programme");
        ASSERT_TRUE(soon([&] { return filed_and_asked("trusted") == "f"; }));
    }
    static Answer send(const std::string& method, const Party& party, const std::string& target, const nlohmann::json& body = {}) {
        Ask ask{method, target, {station_->bearer(party)}};
        if (!body.is_null()) {
            ask.headers.emplace_back("Content-Type", "application/json");
            ask.body = body.dump();
        }
        return station_->ask(ask);
    }
    static std::string login() { return station_->cluster().url(station_->database(), "puente_app"); }
    static Finished import_file(const std::string& file, const std::string& programme, std::vector<std::string> more = {}) {
        std::vector<std::string> line{"registry", "import", file, "--program", programme, "--database", login(), "--by", "tester"};
        line.insert(line.end(), more.begin(), more.end());
        return puente(line);
    }
    /// Files a load that CBP inspects; gives what the database then says of it.
    static std::string filed_and_asked(const std::string& column) {
        const std::string id = filed(*station_, fresh("produce-northbound", Look::both_inspect))["manifestId"];
        return station_->sql("SELECT " + column + " FROM puente.inspection AS i WHERE manifest_id = '" + id + "'");
    }
    static std::string factors() {
        return filed_and_asked(
            "(SELECT string_agg(agency || ' ' || name || ' ' || points, ', ' ORDER BY item) FROM puente.selection_factor AS f WHERE f.inspection_id "
            "= i.inspection_id "
            "AND name LIKE 'standing%')");
    }
    static std::string entries(const std::string& columns = "id_kind, id, tier, status, valid_until") {
        return station_->sql("SELECT " + columns + " FROM puente.registry_entry WHERE ended_at IS NULL ORDER BY programme, id_kind, id");
    }
    static constexpr std::chrono::milliseconds two_seconds{2'000};
    TemporaryFolder folder;
};

TEST_F(Registry, is_kept_by_the_programmes_agency_and_read_by_both) {
    const std::string target = "/v1/registry/CTPAT/SCAC/tsta";
    EXPECT_EQ(send("PUT", station.sat, target, since_2020).status, 403);
    EXPECT_EQ(send("GET", station.cbp, target).status, 404);
    const Answer entered = send("PUT", station.cbp, target,
                                {
                                    {"validFrom", "2020-01-01"},
                                    {"name",      "Señal"    },
                                    {"tier",      2           }
    });
    EXPECT_EQ(entered.status, 201) << entered.body;
    EXPECT_EQ(entered.json()["id"], "TSTA");
    EXPECT_EQ(send("PUT", station.cbp, target,
                   {
                       {"validFrom", "2020-01-01"},
                       {"status",    "suspended" }
    })
                  .status,
              200);
    const Answer seen = send("GET", station.sat, target);
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.json()["status"], "suspended");
    EXPECT_EQ(seen.json()["source"], "api");
    EXPECT_EQ(seen.json()["recordedBy"], station.cbp.id);
    EXPECT_EQ(send("DELETE", station.sat, target).status, 403);
    EXPECT_EQ(send("DELETE", station.cbp, target).status, 200);
    EXPECT_EQ(send("DELETE", station.cbp, target).status, 404);
    EXPECT_EQ(send("PUT", station.sat, "/v1/registry/OEA/CAAT/9PR1", since_2020).status, 201);
    EXPECT_EQ(send("PUT", station.cbp, "/v1/registry/OEA/CAAT/9PR1", since_2020).status, 403);
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.registry_change WHERE by_client = '" + station.cbp.id + "'"), "3");
}

TEST_F(Registry, is_closed_to_the_trade) {
    ASSERT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/SCAC/TSTA", since_2020).status, 201);
    for (const Party& party : {station.broker, station.carrier}) {
        for (const char* target : {"/v1/registry", "/v1/registry/CTPAT", "/v1/registry/CTPAT/SCAC/TSTA", "/v1/registry/CTPAT/SCAC/NONE"}) {
            const Answer answer = send("GET", party, target);
            EXPECT_EQ(answer.status, 403) << target;
            EXPECT_EQ(answer.body.find("2020-01-01"), std::string::npos);
        }
        EXPECT_EQ(send("PUT", party, "/v1/registry/CTPAT/SCAC/TSTB", since_2020).status, 403);
        EXPECT_EQ(send("DELETE", party, "/v1/registry/CTPAT/SCAC/TSTA").status, 403);
    }
    EXPECT_EQ(station.ask({"GET", "/v1/registry"}).status, 401);
}

TEST_F(Registry, refuses_what_is_no_entry_and_says_where) {
    const std::string target = "/v1/registry/CTPAT/SCAC/TSTA";
    for (const nlohmann::json& body : {
             nlohmann::json::object(), nlohmann::json{{"validFrom", "yesterday"} },
              nlohmann::json{{"validFrom", "2026-02-30"}},
             nlohmann::json{{"validFrom", "2020-01-01"}, {"tier", 4}},
              nlohmann::json{{"validFrom", "2020-01-01"},                           {"tier", "3"}},
             nlohmann::json{{"validFrom", "2020-01-01"},{"tier", -1}},
              nlohmann::json{{"validFrom", "2020-01-01"}, {"status", "good"}},
             nlohmann::json{{"validFrom", "2020-01-01"},                           {"validUntil", "2019-12-31"}},
             nlohmann::json{{"validFrom", "2020-01-01"},         {"name", "a\u0001b"}},
             nlohmann::json{{"validFrom", "2020-01-01"}, {"name", std::string(255, 'x')}},
              nlohmann::json{{"validFrom", "2020-01-01"},                           {"more", 1}},
             nlohmann::json{{"validFrom", 2020}},
              nlohmann::json::array()
    }) {
        const Answer answer = send("PUT", station.cbp, target, body);
        EXPECT_EQ(answer.status, 400) << body << answer.body;
    }
    EXPECT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/CAAT/9PR1", since_2020).status, 404) << "not how this register names its holders";
    EXPECT_EQ(send("PUT", station.cbp, "/v1/registry/NEEC/RFC/EKU9003173C9", since_2020).status, 404);
    EXPECT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/IRS/123-45-6789", since_2020).status, 400) << "a person's number";
    EXPECT_EQ(send("PUT", station.sat, "/v1/registry/OEA/RFC/EKU9003173C9",
                   {
                       {"validFrom", "2020-01-01"},
                       {"tier",      1           }
    })
                  .status,
              400);
    EXPECT_EQ(entries(), "");
}

TEST_F(Registry, is_listed_in_pages) {
    for (const char* scac : {"TSTA", "TSTB", "TSTC"})
        ASSERT_EQ(send("PUT", station.cbp, std::string{"/v1/registry/FAST/SCAC/"} + scac, since_2020).status, 201);
    const Answer first = send("GET", station.sat, "/v1/registry/FAST?limit=2");
    ASSERT_EQ(first.json()["items"].size(), 2u) << first.body;
    const Answer rest = send("GET", station.sat, "/v1/registry/FAST?limit=2&cursor=" + first.json().value("next", ""));
    ASSERT_EQ(rest.json()["items"].size(), 1u) << rest.body;
    EXPECT_EQ(rest.json()["items"][0]["id"], "TSTC");
    EXPECT_FALSE(rest.json().contains("next"));
    for (const char* query : {"?limit=0", "?limit=1001", "?cursor=x", "?cursor=CURP:A"})
        EXPECT_EQ(send("GET", station.sat, std::string{"/v1/registry/FAST"} + query).status, 400) << query;
    const nlohmann::json all = send("GET", station.sat, "/v1/registry").json()["items"];
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[1]["programme"], "FAST");
    EXPECT_EQ(all[1]["agency"], "CBP");
    EXPECT_EQ(all[1]["active"], 3);
}

TEST_F(Registry, changes_what_follows_from_standing_within_two_seconds) {
    EXPECT_EQ(filed_and_asked("trusted"), "f");
    ASSERT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/SCAC/TSTA", since_2020).status, 201);
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "t"; }, two_seconds));
    EXPECT_EQ(factors(), "CBP standing:ctpatCarrier -15");
    ASSERT_EQ(send("DELETE", station.cbp, "/v1/registry/CTPAT/SCAC/TSTA").status, 200);
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "f"; }, two_seconds));
}

TEST_F(Registry, follows_an_import_by_another_process) {
    write_file(folder.file("ctpat.csv"), "kind,id,validFrom,tier\nIRS,12-3456789,2020-01-01,3\n");
    const Finished finished = import_file(folder.file("ctpat.csv"), "CTPAT");
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(finished.out, "CTPAT: 1 new, 0 changed, 0 unchanged, 0 ended\n");
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "t"; }, two_seconds));
    EXPECT_EQ(factors(), "CBP standing:ctpat3 -40") << "the consignee stands for the importer";
}

TEST_F(Registry, that_is_suspended_or_lapsed_gives_nothing) {
    ASSERT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/SCAC/TSTA",
                   {
                       {"validFrom", "2020-01-01"},
                       {"status",    "suspended" }
    })
                  .status,
              201);
    ASSERT_EQ(send("PUT", station.sat, "/v1/registry/OEA/CAAT/9PR1",
                   {
                       {"validFrom",  "2020-01-01"},
                       {"validUntil", "2026-12-07"}
    })
                  .status,
              201);
    ASSERT_EQ(send("PUT", station.sat, "/v1/registry/IMMEX/RFC/URE180429TM6",
                   {
                       {"validFrom", "2020-01-01"}
    })
                  .status,
              201);
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "t"; }, two_seconds)) << "by the last";
    EXPECT_EQ(factors(), "") << "it lapses on the day before the arrival, and the shipper's IMMEX takes off no points";
}

TEST_F(Registry, that_cannot_be_read_withholds_the_benefit) {
    ASSERT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/SCAC/TSTA", since_2020).status, 201);
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "t"; }, two_seconds));
    station.sql(
        "REVOKE SELECT ON puente.registry_programme FROM puente_intake; REVOKE SELECT (programme, version) ON puente.registry_programme FROM "
        "puente_intake");
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "f"; }));
    EXPECT_NE(factors().find("CBP standing:unknown 0"), std::string::npos);
    EXPECT_TRUE(soon([&] { return station.log().find("registry.stale") != std::string::npos; }));
    station.sql("GRANT SELECT (programme, version) ON puente.registry_programme TO puente_intake");
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "t"; }));
}

TEST_F(Registry, of_the_other_agency_shows_in_the_queue_as_far_as_it_is_public) {
    ASSERT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/SCAC/TSTA", since_2020).status, 201);
    EXPECT_TRUE(soon([&] { return filed_and_asked("trusted") == "t"; }, two_seconds));
    const std::string id = filed(station, fresh("produce-northbound", Look::both_inspect))["manifestId"];
    const auto names_for = [&](const Party& officer) {
        std::string names;
        std::string cursor;
        do {
            const nlohmann::json page = send("GET", officer, "/v1/ports/2604/inspections?limit=200" + cursor).json();
            for (const nlohmann::json& item : page["items"]) {
                if (item["manifestId"] != id) continue;
                for (const nlohmann::json& factor : item["factors"])
                    names += factor.value("agency", "") + ":" + factor.value("name", "") + ":" + factor.value("visibility", "") + " ";
            }
            cursor = page.contains("next") ? "&cursor=" + page["next"].get<std::string>() : "";
        } while (names.empty() && !cursor.empty());
        return names;
    };
    const std::string cbp = names_for(station.cbp);
    const std::string sat = names_for(station.sat);
    EXPECT_NE(sat.find("CBP:standing:ctpatCarrier:public "), std::string::npos) << sat;
    for (const char* own : {"CBP:score:private ", "CBP:risk:testTargetCBP:private "}) {
        EXPECT_NE(cbp.find(own), std::string::npos) << cbp;
        EXPECT_EQ(sat.find(own), std::string::npos) << sat;
    }
    EXPECT_EQ(cbp.find("SAT:score"), std::string::npos) << cbp;
}

TEST_F(Registry, is_imported_whole_and_says_what_changed) {
    write_file(folder.file("oea.csv"),
               "\xEF\xBB\xBF# as published\r\nkind,id,name,status,validFrom,validUntil\r\nCAAT,9pr1,\"Señal, "
               "\"\"SA\"\"\",,2020-01-01,\r\n\r\nRFC,EKU9003173C9,,suspended,2020-01-01,2027-01-01\r\n");
    EXPECT_EQ(import_file(folder.file("oea.csv"), "OEA").out, "OEA: 2 new, 0 changed, 0 unchanged, 0 ended\n");
    EXPECT_EQ(entries(), "CAAT|9PR1|0|active|\nRFC|EKU9003173C9|0|suspended|2027-01-01");
    EXPECT_EQ(entries("name, source, recorded_by"), "Señal, \"SA\"|oea.csv|tester\n|oea.csv|tester");
    EXPECT_EQ(import_file(folder.file("oea.csv"), "OEA").out, "OEA: 0 new, 0 changed, 2 unchanged, 0 ended\n");

    write_file(folder.file("oea.json"),
               "[{\"kind\": \"RFC\", \"id\": \"EKU9003173C9\", \"validFrom\": \"2020-01-01\"},\n {\"kind\": \"CAAT\", \"id\": \"9PR2\", "
               "\"validFrom\": \"2020-01-01\"}]");
    EXPECT_EQ(import_file(folder.file("oea.json"), "OEA", {"--dry-run"}).out, "OEA: 1 new, 1 changed, 0 unchanged, 1 ended (nothing was written)\n");
    EXPECT_EQ(entries(), "CAAT|9PR1|0|active|\nRFC|EKU9003173C9|0|suspended|2027-01-01");
    const Finished finished = import_file(folder.file("oea.json"), "OEA", {"--json"});
    const nlohmann::json report = nlohmann::json::parse(finished.out);
    EXPECT_EQ(report["added"], 1);
    EXPECT_EQ(report["ended"], 1);
    EXPECT_EQ(entries(), "CAAT|9PR2|0|active|\nRFC|EKU9003173C9|0|active|");

    const Finished listed = puente({"registry", "list", "--program", "OEA", "--database", login()});
    EXPECT_EQ(std::count(listed.out.begin(), listed.out.end(), '\n'), 2) << listed.out << listed.err;
    EXPECT_EQ(puente({"registry", "remove", "CAAT", "9pr2", "--program", "OEA", "--database", login()}).exit_code, 0);
    EXPECT_EQ(puente({"registry", "remove", "CAAT", "9pr2", "--program", "OEA", "--database", login()}).exit_code, 1);
    EXPECT_EQ(entries("id"), "EKU9003173C9");
}

TEST_F(Registry, takes_one_json_object_after_the_other) {
    write_file(folder.file("fast.ndjson"),
               "{\"kind\": \"FAST\", \"id\": \"42701234567801\", \"validFrom\": \"2020-01-01\"}\n{\"kind\": \"SCAC\", \"id\": \"TSTA\", "
               "\"validFrom\": \"2020-01-01\"}\n");
    EXPECT_EQ(import_file(folder.file("fast.ndjson"), "FAST").out, "FAST: 2 new, 0 changed, 0 unchanged, 0 ended\n");
}

struct BadFile {
    const char* name;
    const char* text;
    std::vector<const char*> faults;  ///< beginnings of lines on standard error
};

TEST_F(Registry, is_left_as_it_is_by_a_file_with_faults_and_each_is_named) {
    ASSERT_EQ(send("PUT", station.cbp, "/v1/registry/CTPAT/SCAC/KEEP", since_2020).status, 201);
    const std::string long_line = "kind,id,validFrom\nSCAC," + std::string(20'000, 'A') + ",2020-01-01\n";
    const BadFile files[] = {
        {"a.csv",  "",                                                                                                 {"a.csv:1:1: the file is empty"}                               },
        {"b.csv",  "kind,id,validFrom\n",                                                                              {"b.csv:1:1: the file has no entries"}                         },
        {"c.csv",  "kind,id,valid\n",                                                                                  {"c.csv:1:9: there is no field"}                               },
        {"d.csv",  "kind,id\n",                                                                                        {"d.csv:1:1: the first line does not name the field validFrom"}},
        {"e.csv",  "kind,id,id\n",                                                                                     {"e.csv:1:9: this field is named twice"}                       },
        {"f.csv",
         "kind,id,validFrom,tier\nSCAC,TSTA,2020-01-01,\nSCAC,TST4,2020-01-01,\nCAAT,9PR1,2020-01-01,\nSCAC,TSTB,soon,\nSCAC,TSTC,2020-01-01,7\nSCAC,"
         "TSTD\nSCAC,tsta,2020-01-01,1\n",                                                                             {"f.csv:3:6: id:", "f.csv:4:1: kind: CTPAT names its holders by RFC, IRS, SCAC",
          "f.csv:5:11: validFrom:", "f.csv:6:22: tier:", "f.csv:7:1: 2 fields", "f.csv:8:1: this holder"}                                   },
        {"g.csv",  "kind,id,validFrom\nSCAC,\"TSTA,2020-01-01\n",                                                      {"g.csv:2:6: the quotation mark is not closed"}                },
        {"h.csv",  "kind,id,validFrom\nSCAC,\"TSTA\"x,2020-01-01\n",                                                   {"h.csv:2:12: text after"}                                     },
        {"i.csv",  "kind,id,validFrom,name\nSCAC,TSTA,2020-01-01,\xFF\n",                                              {"i.csv:2:22: name:"}                                          },
        {"j.csv",  long_line.c_str(),                                                                                  {"j.csv:2:1: an entry is at most"}                             },
        {"k.json",
         "[{\"kind\": \"SCAC\",\n \"id\": \"TST4\", \"validFrom\": \"2020-01-01\"}, {\"kind\": \"SCAC\", \"id\": 7}]", {"k.json:2:2: id:", "k.json:2:61: a text is wanted"}           },
        {"l.json", "[{\"kind\" \"SCAC\"}]",                                                                            {"l.json:1:"}                                                  },
        {"m.json", "[{\"kind\": \"SCAC\", \"id\": \"TSTA\", \"validFrom\": \"2020-01-01\"}",                           {"m.json:1:59: the list does not end"}                         },
        {"n.json",
         "{\"kind\": \"SCAC\", \"id\": \"TSTA\", \"kind\": \"SCAC\", \"validFrom\": \"2020-01-01\"}",                  {"n.json:1:2: this member stands twice"}                       },
        {"o.json", "[1]",                                                                                              {"o.json:1:2: an entry is an object"}                          },
        {"p.json", "{\"kind\": \"SCAC\", \"scac\": \"TSTA\"}",                                                         {"p.json:1:18: there is no member"}                            },
    };
    for (const BadFile& each : files) {
        write_file(folder.file(each.name), each.text);
        const Finished finished = import_file(folder.file(each.name), "CTPAT");
        EXPECT_EQ(finished.exit_code, 1) << each.name << finished.out;
        for (const char* fault : each.faults)
            EXPECT_NE(("\n" + finished.err).find(std::string{"\n"} + fault), std::string::npos) << fault << "\n" << finished.err;
        EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), static_cast<std::ptrdiff_t>(each.faults.size()) + 1) << finished.err;
        EXPECT_EQ(entries("id"), "KEEP") << each.name;
    }
}

TEST_F(Registry, refuses_a_file_that_was_cut_short) {
    std::string text = "kind,id,validFrom\n";
    for (int i = 0; i < 2'500; ++i) text += "IRS," + std::to_string(100'000'000 + i) + ",2020-01-01\n";
    write_file(folder.file("all.csv"), text);
    EXPECT_EQ(import_file(folder.file("all.csv"), "CTPAT").out, "CTPAT: 2500 new, 0 changed, 0 unchanged, 0 ended\n");
    write_file(folder.file("cut.csv"), text.substr(0, text.size() / 3 / 25 * 25 + 18));
    const Finished cut = import_file(folder.file("cut.csv"), "CTPAT");
    EXPECT_EQ(cut.exit_code, 1);
    EXPECT_NE(cut.err.find("--end-many"), std::string::npos) << cut.err;
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.registry_entry WHERE ended_at IS NULL"), "2500");
    EXPECT_EQ(import_file(folder.file("cut.csv"), "CTPAT", {"--end-many"}).exit_code, 0);
    text += "IRS,10-0000000,2020-01-01\n";
    write_file(folder.file("twice.csv"), text);
    const Finished twice = import_file(folder.file("twice.csv"), "CTPAT");
    EXPECT_NE(twice.err.find("twice.csv:2502:1: this holder stands twice"), std::string::npos) << "from the first batch to the last: " << twice.err;
}

TEST_F(Registry, command_tells_wrong_use) {
    EXPECT_EQ(puente({"registry", "--help"}).exit_code, 0);
    EXPECT_EQ(puente({"registry"}).exit_code, 2);
    EXPECT_EQ(import_file("/nowhere.csv", "CTPAT").exit_code, 2);
    write_file(folder.file("list.xml"), "x");
    EXPECT_EQ(import_file(folder.file("list.xml"), "CTPAT").exit_code, 2);
    EXPECT_EQ(import_file(folder.file("list.xml"), "NEEC").exit_code, 2);
    EXPECT_EQ(puente({"registry", "remove", "SCAC", "T4", "--program", "CTPAT", "--database", login()}).exit_code, 2);
    EXPECT_EQ(puente({"registry", "list", "--program", "CTPAT", "--database", "host=/nowhere dbname=x"}).exit_code, 1);
}

}  // namespace puente::test
