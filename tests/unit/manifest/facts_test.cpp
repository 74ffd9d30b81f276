#include "puente/manifest/facts.hpp"

#include <gtest/gtest.h>

#include <google/protobuf/util/json_util.h>

#include "documents.hpp"
#include "puente/codes/code_lists.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::manifest::testing {
namespace {

using nlohmann::json;

const Instant received = parse_date_time("2026-03-02T17:00:30Z")->at;

const codes::CodeLists& lists() {
    static const codes::CodeLists made = [] {
        const std::string head = "# made up for this test\ncode,from,until,en,es";
        auto parsed = codes::CodeLists::parse({
            {"perishables",    head + "\n07,,,Vegetables,Hortalizas\n0804,,2026-03-02,Fruit,Fruta\n"   },
            {"foodHeadings",   head + "\n0806,,,Grapes,Uvas\n"                                         },
            {"essentialGoods", head + ",class\n07,,,Vegetables,Hortalizas,agribusiness\n3004,,,Medicines,Medicamentos,medical\n"
                                      "0804,,,Fruit,Fruta,agribusiness\n"}
        });
        return std::move(parsed.value());
    }();
    return made;
}

json facts_of(const json& document) {
    const Decoded decoded = decode_json(document.dump());
    EXPECT_EQ(listed(decoded), std::vector<std::string>{});
    if (!decoded.manifest) return {};
    v1::Facts facts;
    facts.add_origins("left over");
    derive_facts(*decoded.manifest, received, lists(), facts);
    std::string text;
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    EXPECT_TRUE(MessageToJsonString(facts, &text, options).ok());
    return json::parse(text);
}

TEST(Facts, of_the_reference_document) {
    EXPECT_EQ(facts_of(reference()), json::parse(R"({
        "receivedAt": "2026-03-02T17:00:30Z", "arrival": "2026-03-02T18:30:00Z", "leadMinutes": "89", "arrivalDay": "2026-03-02",
        "empty": false, "loadedEquipment": true, "shipmentCount": "1", "goodsCount": "8", "grossGrams": "18250500", "packages": "1600",
        "chapters": ["07", "08"], "headings": ["0702", "0707", "0709", "0804", "0806"], "hazmat": false, "hazardClasses": [],
        "essential": ["agribusiness"], "perishable": true, "food": true, "inBond": false, "fast": false, "origins": ["MX"],
        "repeatedControlNumbers": [], "repeatedSeals": [], "repeatedEquipmentIds": [], "equipmentIds": ["E1"], "programs": ["ctpat"],
        "usdCents": "2305125", "earlierUses": []})"));
}

TEST(Facts, of_an_empty_truck) {
    json document = reference();
    document.erase("shipments");
    document.erase("credentials");
    document["trip"].erase("equipment");
    document["trip"]["crossing"]["lane"] = "fast";
    const json facts = facts_of(document);
    EXPECT_EQ(facts["empty"], true);
    EXPECT_EQ(facts["fast"], true);
    EXPECT_EQ(facts["loadedEquipment"], false);
    EXPECT_EQ(facts["grossGrams"], "0");
    EXPECT_EQ(facts["chapters"], json::array());
    EXPECT_EQ(facts["essential"], json::array());
    EXPECT_EQ(facts["perishable"], false);
}

struct FactCase {
    const char* name;
    const char* pointer;
    std::string json;
    const char* fact;
    std::string expected;
};

// One case a line.
// clang-format off
const FactCase fact_cases[] = {
    {"arrival_in_the_past", "/trip/estimatedArrival", "\"2026-03-02T17:00:00Z\"", "leadMinutes", "\"-1\""},
    {"day_by_the_offset", "/trip/estimatedArrival", "\"2026-03-03T01:00:00-07:00\"", "arrivalDay", "\"2026-03-03\""},
    {"list_by_the_day", "/shipments/0/goods/0/hs", "\"0804\"", "perishable", "true"},
    {"medical", "/shipments/0/goods/7/hs", "\"300490\"", "essential", R"(["agribusiness","medical"])"},
    {"short_hs_is_left_out", "/shipments/0/goods/7/hs", "\"99\"", "headings", R"(["0702","0707","0709","0804"])"},
    {"hs_of_letters_is_left_out", "/shipments/0/goods/7/hs", "\"99AB00\"", "chapters", R"(["07","08"])"},
    {"hazmat", "/shipments/0/goods/0/dangerous", R"({"un":"1203","class":"3","contactName":"A","contactPhone":"1"})", "hazmat", "true"},
    {"hazard_classes", "/shipments/0/goods/0/dangerous", R"({"un":"1203","class":"3","contactName":"A","contactPhone":"1"})", "hazardClasses",
     R"(["3"])"},
    {"in_bond_block", "/shipments/0/us/inBond", R"({"type":"62","number":"123456789"})", "inBond", "true"},
    {"in_bond_release", "/shipments/0/us/release", "\"inBond\"", "inBond", "true"},
    {"in_bond_qp", "/shipments/0/us/release", "\"qpInBond\"", "inBond", "true"},
    {"origins_sorted", "/shipments/0/goods/3/origin", "\"GT\"", "origins", R"(["GT","MX"])"},
    {"only_dollars", "/shipments/0/goods/0/value/currency", "\"MXN\"", "usdCents", "\"1537125\""},
    {"dollars_without_cents", "/shipments/0/goods/0/value/amount", "\"1\"", "usdCents", "\"1537225\""},
    {"grams", "/shipments/0/grossMassKg", "\"0.001\"", "grossGrams", "\"1\""},
    {"programs_of_shipments", "/shipments/0/credentials", R"([{"program":"oea","holder":"P1"},{"program":"ctpat","holder":"P1"}])", "programs",
     R"(["ctpat","oea"])"},
};
// clang-format on

class Fact : public ::testing::TestWithParam<FactCase> {};

TEST_P(Fact, follows_from_the_document) {
    const json facts = facts_of(json::parse(with(GetParam().pointer, GetParam().json)));
    EXPECT_EQ(facts[GetParam().fact], json::parse(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(Facts, Fact, ::testing::ValuesIn(fact_cases), [](const auto& c) { return std::string{c.param.name}; });

TEST(Facts, a_list_holds_until_its_last_day) {
    json document = reference();
    json& goods = document["shipments"][0]["goods"];
    goods.erase(goods.begin(), goods.begin() + 5);  // leaves 0804 and 0806
    EXPECT_EQ(facts_of(document)["perishable"], true);
    document["trip"]["estimatedArrival"] = "2026-03-03T00:00:00-07:00";
    EXPECT_EQ(facts_of(document)["perishable"], false);
}

TEST(Facts, name_what_stands_more_than_once) {
    json document = reference();
    json& shipments = document["shipments"];
    shipments.push_back(shipments[0]);
    shipments.push_back(shipments[0]);
    shipments.push_back(shipments[0]);
    shipments[3]["controlNumber"] = "TSTA00098124";
    json& equipment = document["trip"]["equipment"];
    equipment.push_back(equipment[0]);
    equipment.push_back(equipment[0]);
    equipment[2]["equipmentId"] = "E0";
    equipment[2]["seals"][0]["number"] = "OTHER";
    equipment[2]["seals"].push_back(equipment[2]["seals"][0]);  // twice on one piece of equipment
    const json facts = facts_of(document);
    EXPECT_EQ(facts["repeatedControlNumbers"], json::parse(R"(["TSTA00098123"])"));
    EXPECT_EQ(facts["repeatedSeals"], json::parse(R"(["MX0098123"])"));
    EXPECT_EQ(facts["repeatedEquipmentIds"], json::parse(R"(["E1"])"));
    EXPECT_EQ(facts["equipmentIds"], json::parse(R"(["E0", "E1"])"));
    EXPECT_EQ(facts["shipmentCount"], "4");
    EXPECT_EQ(facts["packages"], "6400");
}

TEST(Facts, sums_stop_at_the_largest_number) {
    json document = reference();
    for (json& goods : document["shipments"][0]["goods"]) goods["value"]["amount"] = "9999999999999999";  // 16 digits, in cents 18
    json& goods = document["shipments"][0]["goods"];
    for (int i = 0; i < 20; ++i) goods.push_back(goods[0]);
    EXPECT_EQ(facts_of(document)["usdCents"], std::to_string(std::numeric_limits<std::int64_t>::max()));
}

}  // namespace
}  // namespace puente::manifest::testing
