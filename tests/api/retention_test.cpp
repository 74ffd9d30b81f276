// `puente retention` beside a gateway that goes on.
#include "api/station.hpp"

namespace puente::test {

using json = nlohmann::json;

class RetentionCommand : public AtStation<RetentionCommand> {
public:
    static Station::Options options() { return {}; }

protected:
    Finished retention(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "retention");
        arguments.insert(arguments.end(), {"--database", station.owner_url()});
        return puente(std::move(arguments));
    }
    int status_of(const std::string& id) { return station.get(station.broker, "/v1/manifests/" + id).status; }
};

TEST_F(RetentionCommand, removes_a_month_and_keeps_what_is_held_or_not_over) {
    const std::string over = filed(station, fresh("produce-northbound", Look::nobody))["manifestId"];
    const std::string held = filed(station, fresh("produce-northbound", Look::nobody))["manifestId"];
    const std::string open = filed(station, fresh("produce-northbound", Look::both_inspect))["manifestId"];
    for (const std::string& id : {over, held}) {
        for (const char* step : {":arrive", ":cross"}) ASSERT_EQ(station.post(station.cbp, "/v1/manifests/" + id + step, json::object()).status, 200);
    }
    ASSERT_EQ(station
                  .post(station.sat, "/v1/manifests/" + held + "/legal-holds",
                        {
                            {"reason", "an audit"}
    })
                  .status,
              201);

    EXPECT_EQ(retention({"apply", "--months", "1"}).out, "months removed: 0, manifests removed: 0\n") << "this month goes on";
    EXPECT_EQ(retention({"apply", "--months", "1", "--dry-run"}).out, "no month on file ended more than 1 months ago\n");
    ASSERT_EQ(
        station.sql(
            "UPDATE puente.cohort SET ends_at = now() - interval '40 days' WHERE name = 'first'; "
            "UPDATE puente.board_cursor SET after_xid = pg_current_xact_id(); UPDATE puente.webhook_cursor SET after_xid = pg_current_xact_id()"),
        "");
    const Finished tried = retention({"apply", "--months", "1", "--dry-run"});
    EXPECT_EQ(tried.exit_code, 0) << tried.err;
    EXPECT_NE(tried.out.find("first would be removed"), std::string::npos) << tried.out;
    EXPECT_NE(tried.out.find("manifests that stay: 1 under a legal hold, 1 whose trip is not over"), std::string::npos) << tried.out;
    for (const std::string& id : {over, held, open}) EXPECT_EQ(status_of(id), 200);

    const Finished done = retention({"apply", "--months", "1"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_NE(done.out.find("months removed: 1, manifests removed: 1"), std::string::npos) << done.out;
    EXPECT_EQ(status_of(over), 404);
    EXPECT_EQ(station.get(station.cbp, "/v1/manifests/" + over + "/status").status, 404);
    EXPECT_EQ(station
                  .post(station.cbp, "/v1/manifests/" + over + "/legal-holds",
                        {
                            {"reason", "too late"}
    })
                  .status,
              404);
    for (const std::string& id : {held, open}) {
        EXPECT_EQ(status_of(id), 200);
        EXPECT_GE(station.get(station.broker, "/v1/manifests/" + id + "/history").json()["events"].size(), 1u);
    }
    EXPECT_EQ(status_of(filed(station, fresh("produce-northbound", Look::nobody))["manifestId"]), 200) << "filing goes on";
    EXPECT_NE(retention({"apply", "--months", "1"}).out.find("months removed: 0, manifests removed: 0"), std::string::npos);

    const Finished listed = retention({"list", "--json"});
    const json first = json::parse(listed.out.substr(0, listed.out.find('\n')));
    EXPECT_EQ(first["month"], "first");
    EXPECT_TRUE(first.contains("removedAt"));
    EXPECT_NE(retention({"list"}).out.find("first    the beginning to "), std::string::npos) << retention({"list"}).out;
}

TEST_F(RetentionCommand, is_for_the_owner_and_says_how_it_is_used) {
    EXPECT_EQ(puente({"retention"}).exit_code, 2);
    EXPECT_EQ(puente({"retention", "apply"}).exit_code, 2) << "no database";
    EXPECT_EQ(retention({"apply", "--months", "0"}).exit_code, 2);
    EXPECT_NE(puente({"retention", "--help"}).out.find("legal hold"), std::string::npos);
    const Finished refused = puente({"retention", "apply", "--database", station.cluster().url(station.database())});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_FALSE(refused.err.empty());
}

}  // namespace puente::test
