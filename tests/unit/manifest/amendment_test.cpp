#include "puente/manifest/amendment.hpp"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "documents.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::manifest::testing {
namespace {

using nlohmann::json;

std::unique_ptr<Manifest> read(const json& document) {
    Decoded decoded = decode_json(document.dump());
    EXPECT_EQ(listed(decoded), std::vector<std::string>{});
    return std::move(decoded.manifest);
}

json amended(const json& patch) {
    json document = reference();
    document.merge_patch(patch);
    return document;
}

TEST(Amendment, is_of_the_facts_and_perhaps_of_the_cargo) {
    struct Case {
        const char* patch;
        bool facts;
        bool cargo;
    };
    for (const Case& each : {
             Case{R"({})",                                                       false, false},
             Case{R"({"documentId": "01a2000a-58d9-7f1d-bc8b-a38fe04208c4"})",   false, false},
             Case{R"({"issuedAt": "2026-03-02T10:00:00-06:00"})",                true,  false},
             Case{R"({"amendmentReason": "A seal was cut"})",                    true,  false},
             Case{R"({"trip": {"crossing": {"lane": "fast"}}})",                 true,  false},
             Case{R"({"shipments": []})",                                        true,  true }
    }) {
        const Difference found = difference(*read(reference()), *read(amended(json::parse(each.patch))));
        EXPECT_EQ(found.facts, each.facts) << each.patch;
        EXPECT_EQ(found.cargo, each.cargo) << each.patch;
    }
    json heavier = reference();
    heavier["shipments"][0]["grossMassKg"] = "18251";
    EXPECT_TRUE(difference(*read(reference()), *read(heavier)).cargo);
    json twice = reference();
    twice["shipments"].push_back(twice["shipments"][0]);
    EXPECT_TRUE(difference(*read(reference()), *read(twice)).cargo);
}

/// What the rules are told of an amendment whose equipment is this, when the first version's was that.
json told(const json& before, const json& now, bool same_cargo = true) {
    json first = reference();
    json amendment = reference();
    first["trip"]["equipment"] = before;
    amendment["trip"]["equipment"] = now;
    const Accepted accepted{identifier_uses(*read(first)), parse_date_time("2026-03-02T17:00:30Z")->at, same_cargo};
    v1::Facts facts;
    add_amendment(identifier_uses(*read(amendment)), accepted, facts);
    std::string text;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(facts.amendment(), &text).ok());
    return json::parse(text);
}

json trailer(const std::string& number, const std::vector<std::string>& seals) {
    json made{
        {"equipmentId", "E1"     },
        {"kind",        "trailer"},
        {"number",      number   },
        {"loadStatus",  "loaded" }
    };
    for (const std::string& seal : seals) made["seals"].push_back({{"number", seal}});
    return made;
}

TEST(Amendment, names_seals_that_are_no_longer_where_they_were) {
    struct Case {
        const char* what;
        json before;
        json now;
        std::vector<std::string> gone;
    };
    for (const Case& each : {
             Case{"the same",               {trailer("53017", {"A1001"})},          {trailer("53017", {"A1001"})},          {}                },
             Case{"written otherwise",      {trailer("53017", {"A1001"})},          {trailer("53017", {"a-1001"})},         {}                },
             Case{"replaced",               {trailer("53017", {"A1001"})},          {trailer("53017", {"A1002"})},          {"A1001"}         },
             Case{"taken off",              {trailer("53017", {"A1001", "A1002"})}, {trailer("53017", {"A1002"})},          {"A1001"}         },
             Case{"one more",               {trailer("53017", {"A1001"})},          {trailer("53017", {"A1001", "A1002"})}, {}                },
             Case{"the first one",          {trailer("53017", {})},                 {trailer("53017", {"A1001"})},          {}                },
             Case{"on another trailer",     {trailer("53017", {"A1001"})},          {trailer("48000", {"A1001"})},          {"A1001"}         },
             Case{"gone with its trailer",  {trailer("53017", {"B2", "A1"})},       json::array(),                          {"B2", "A1"}      }
    }) {
        const json found = told(each.before, each.now);
        EXPECT_EQ(found.value("sealsGone", std::vector<std::string>{}), each.gone) << each.what;
        EXPECT_EQ(found["acceptedAt"], "2026-03-02T17:00:30Z");
        EXPECT_FALSE(found.contains("cargoChanged"));
    }
    EXPECT_EQ(told(json::array(), json::array(), false)["cargoChanged"], true);
}

}  // namespace
}  // namespace puente::manifest::testing
