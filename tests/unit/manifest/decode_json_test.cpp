#include <gtest/gtest.h>

#include <limits>

#include "documents.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest::testing {
namespace {

using Listed = std::vector<std::string>;

TEST(DecodeJson, reads_the_reference_document) {
    const std::string text = reference_text();
    const Decoded decoded = decode_json(text);
    ASSERT_EQ(listed(decoded), Listed{});
    const Manifest& manifest = *decoded.manifest;
    EXPECT_EQ(manifest.bytes(), text);
    EXPECT_EQ(manifest.encoding(), Encoding::json);
    EXPECT_EQ(manifest.sha256(), crypto::sha256(text));
    EXPECT_EQ(manifest.document_id(), "7b0d7d0e-3f3c-4a55-9a0e-2f6c1c9a4b11");
    EXPECT_EQ(manifest.trip_number(), "TSTA2026030201");
    EXPECT_EQ(manifest.direction(), "northbound");
    EXPECT_EQ(manifest.mode(), "road");
    EXPECT_EQ(manifest.carrier_scac(), "TSTA");
    EXPECT_EQ(manifest.us_port(), "2604");
    EXPECT_EQ(manifest.mx_office(), "230");
    EXPECT_EQ(to_text(manifest.arrival().at), "2026-03-02T18:30:00.000Z");
    EXPECT_EQ(manifest.arrival().offset, std::chrono::minutes{-420});
    EXPECT_EQ(day_text(manifest.arrival_day()), "2026-03-02");
    EXPECT_EQ(manifest.message().shipments(0).goods_size(), 8);
    EXPECT_EQ(manifest.message().shipments(0).parties(0).name(), "Universidad Robotica Española");
    EXPECT_EQ(manifest.message().trip().conveyance().model_year(), 1989);
}

// The first block of the arena once had the length of the document, and objects at its end were out of line (seen by the sanitizer only).
TEST(DecodeJson, reads_documents_of_any_length) {
    for (std::size_t blanks = 0; blanks < 70; ++blanks) EXPECT_TRUE(decode_json(reference_text() + std::string(blanks, ' ')).manifest) << blanks;
}

TEST(DecodeJson, takes_the_day_of_arrival_from_the_offset_written_there) {
    const Decoded decoded = decode_json(with("/trip/estimatedArrival", R"("2026-03-02T23:30:00-07:00")"));
    ASSERT_TRUE(decoded.manifest);
    EXPECT_EQ(day_text(decoded.manifest->arrival_day()), "2026-03-02");
    EXPECT_EQ(to_text(decoded.manifest->arrival().at), "2026-03-03T06:30:00.000Z");
}

struct FaultCase {
    const char* name;
    const char* pointer;  ///< where the reference is changed
    std::string json;
    Listed faults;
};

// One case a line.
// clang-format off
const FaultCase fault_cases[] = {
    {"unknown_field", "/trip/wheels", "18", {"unknown_field /trip/wheels"}},
    {"unknown_field_at_the_root", "/manifestId", "\"x\"", {"unknown_field /manifestId"}},
    {"proto_name_is_unknown", "/trip/trip_number", "\"x\"", {"unknown_field /trip/trip_number"}},
    {"other_case_is_unknown", "/trip/Mode", "\"x\"", {"unknown_field /trip/Mode"}},
    {"empty_name_is_unknown", "/trip/", "1", {"unknown_field /trip/"}},
    {"unknown_object", "/trip/x", R"({"a":[1,{"b":null}],"a":1})", {"unknown_field /trip/x"}},
    {"unknown_text_with_colon", "/trip/x", R"("a:b\":")", {"unknown_field /trip/x"}},
    {"pointer_is_escaped", "/trip/a~1b~0c", "1", {"unknown_field /trip/a~1b~0c"}},
    {"missing_text", "/trip/tripNumber", "", {"missing_field /trip/tripNumber"}},
    {"missing_message", "/trip/crossing", "", {"missing_field /trip/crossing"}},
    {"missing_list", "/shipments/0/parties", "", {"missing_field /shipments/0/parties"}},
    {"missing_integer", "/shipments/0/packages/count", "", {"missing_field /shipments/0/packages/count"}},
    {"missing_deep", "/shipments/0/goods/2/hs", "", {"missing_field /shipments/0/goods/2/hs"}},
    {"number_for_text", "/trip/mode", "5", {"wrong_type /trip/mode"}},
    {"object_for_text", "/trip/mode", R"({"a":1})", {"wrong_type /trip/mode"}},
    {"list_for_text", "/trip/mode", R"(["road"])", {"wrong_type /trip/mode"}},
    {"true_for_text", "/trip/mode", "true", {"wrong_type /trip/mode"}},
    {"true_for_decimal", "/trip/distanceKm", "true", {"wrong_type /trip/distanceKm"}},
    {"text_for_integer", "/trip/conveyance/modelYear", "\"1989\"", {"wrong_type /trip/conveyance/modelYear"}},
    {"text_for_object", "/trip/crossing", "\"2604\"", {"wrong_type /trip/crossing"}},
    {"list_for_object", "/trip/crossing", "[{}]", {"wrong_type /trip/crossing"}},
    {"object_for_list", "/trip/crew", "{}", {"wrong_type /trip/crew"}},
    {"text_for_list", "/shipments/0/mx/regimes", "\"EXD\"", {"wrong_type /shipments/0/mx/regimes"}},
    {"text_in_list_of_objects", "/trip/crew", "[\"Ana\"]", {"wrong_type /trip/crew/0"}},
    {"number_in_list_of_texts", "/shipments/0/mx/regimes", R"(["EXD",7])", {"wrong_type /shipments/0/mx/regimes/1"}},
    {"list_in_list", "/shipments/0/mx/regimes", R"([["EXD"]])", {"wrong_type /shipments/0/mx/regimes/0"}},
    {"text_for_credential", "/credentials/0/credential", "\"x\"", {"wrong_type /credentials/0/credential"}},
    {"duplicate_text", "/trip/mode", R"("road","mode":"road")", {"duplicate_field /trip/mode"}},
    {"duplicate_after_unescaping", "/trip/mode", R"("road","mod\u0065":"rail")", {"duplicate_field /trip/mode"}},
    {"duplicate_object", "/trip/crossing/lane", R"("fast","lane":{"x":"y"})", {"duplicate_field /trip/crossing/lane"}},
    {"null_text", "/trip/mode", "null", {"null_value /trip/mode"}},
    {"null_object", "/shipments/0/us", "null", {"null_value /shipments/0/us"}},
    {"null_list", "/trip/crew", "null", {"null_value /trip/crew"}},
    {"null_item", "/shipments/0/mx/regimes", R"(["EXD",null])", {"null_value /shipments/0/mx/regimes/1"}},
    {"null_integer", "/trip/conveyance/modelYear", "null", {"null_value /trip/conveyance/modelYear"}},
    {"null_credential", "/credentials/0/credential", "null", {"null_value /credentials/0/credential"}},
    {"empty_text", "/trip/mode", "\"\"", {"empty_text /trip/mode"}},
    {"empty_decimal", "/trip/distanceKm", "\"\"", {"empty_text /trip/distanceKm"}},
    {"empty_item", "/shipments/0/mx/regimes", R"([""])", {"empty_text /shipments/0/mx/regimes/0"}},
    {"too_short", "/trip/conveyance/insurance/0/policy", "\"12\"", {"too_short /trip/conveyance/insurance/0/policy"}},
    {"too_long", "/trip/mode", quoted(9), {"too_long /trip/mode"}},
    {"code_points_are_counted", "/trip/mode", quoted(9, "ñ"),{"too_long /trip/mode"}},
    {"blank_first", "/trip/mode", "\" road\"", {"not_trimmed /trip/mode"}},
    {"blank_last", "/trip/mode", "\"road \"", {"not_trimmed /trip/mode"}},
    {"blank_only", "/trip/mode", "\" \"", {"not_trimmed /trip/mode"}},
    {"no_break_space_last", "/trip/mode", "\"road\xc2\xa0\"", {"not_trimmed /trip/mode"}},
    {"ideographic_space_first", "/trip/mode", R"("\u3000road")", {"not_trimmed /trip/mode"}},
    {"escaped_line_break", "/trip/mode", R"("ro\nad")", {"control_character /trip/mode"}},
    {"escaped_nul", "/trip/mode", R"("ro\u0000ad")", {"control_character /trip/mode"}},
    {"delete", "/trip/mode", "\"ro\x7f" "ad\"", {"control_character /trip/mode"}},
    {"c1_control", "/trip/mode", "\"ro\xc2\x85" "ad\"", {"control_character /trip/mode"}},
    {"all_faults_of_a_text", "/trip/mode", R"(" ro\tad of stone")",
     {"control_character /trip/mode", "not_trimmed /trip/mode", "too_long /trip/mode"}},
    {"decimal_with_sign", "/trip/distanceKm", "\"-1\"", {"bad_decimal /trip/distanceKm"}},
    {"decimal_with_plus", "/trip/distanceKm", "\"+1\"", {"bad_decimal /trip/distanceKm"}},
    {"decimal_with_exponent", "/trip/distanceKm", "\"1e3\"", {"bad_decimal /trip/distanceKm"}},
    {"decimal_with_leading_zero", "/trip/distanceKm", "\"01\"", {"bad_decimal /trip/distanceKm"}},
    {"decimal_with_bare_point", "/trip/distanceKm", "\"1.\"", {"bad_decimal /trip/distanceKm"}},
    {"decimal_without_whole", "/trip/distanceKm", "\".5\"", {"bad_decimal /trip/distanceKm"}},
    {"decimal_with_two_points", "/trip/distanceKm", "\"1.2.3\"", {"bad_decimal /trip/distanceKm"}},
    {"decimal_with_comma", "/trip/distanceKm", "\"1,5\"", {"bad_decimal /trip/distanceKm"}},
    {"negative_number", "/trip/distanceKm", "-1.5", {"bad_decimal /trip/distanceKm"}},
    {"number_with_exponent", "/trip/distanceKm", "1E2", {"bad_decimal /trip/distanceKm"}},
    {"too_many_places", "/trip/distanceKm", "\"1.2345\"", {"too_many_places /trip/distanceKm"}},
    {"too_many_places_of_number", "/trip/distanceKm", "1.2345", {"too_many_places /trip/distanceKm"}},
    {"too_long_decimal", "/trip/distanceKm", "\"1234567.12\"", {"too_long /trip/distanceKm"}},
    {"money_has_two_places", "/shipments/0/goods/0/value/amount", "\"1.005\"", {"too_many_places /shipments/0/goods/0/value/amount"}},
    {"bad_date", "/trip/crew/0/birthDate", "\"1990-02-30\"", {"bad_date /trip/crew/0/birthDate"}},
    {"date_with_time", "/trip/crew/0/birthDate", "\"1990-02-03T00:00:00Z\"", {"bad_date /trip/crew/0/birthDate"}},
    {"bad_date_time", "/trip/estimatedArrival", "\"2026-03-02T25:00:00-07:00\"", {"bad_date_time /trip/estimatedArrival"}},
    {"date_time_without_offset", "/trip/estimatedArrival", "\"2026-03-02T11:30:00\"", {"bad_date_time /trip/estimatedArrival"}},
    {"bad_uuid", "/documentId", "\"7b0d7d0e3f3c4a559a0e2f6c1c9a4b11\"", {"bad_uuid /documentId"}},
    {"integer_below", "/trip/conveyance/modelYear", "1899", {"out_of_range /trip/conveyance/modelYear"}},
    {"integer_above", "/trip/conveyance/modelYear", "2100", {"out_of_range /trip/conveyance/modelYear"}},
    {"integer_negative", "/shipments/0/packages/count", "-1", {"out_of_range /shipments/0/packages/count"}},
    {"integer_past_64_bits", "/shipments/0/packages/count", "18446744073709551617", {"out_of_range /shipments/0/packages/count"}},
    {"integer_with_point", "/trip/conveyance/modelYear", "1989.0", {"not_integer /trip/conveyance/modelYear"}},
    {"integer_with_exponent", "/trip/conveyance/modelYear", "2e3", {"not_integer /trip/conveyance/modelYear"}},
    {"too_few_items", "/shipments/0/goods", "[]", {"too_few_items /shipments/0/goods"}},
    {"too_many_items", "/shipments/0/mx/regimes", list_of("\"EXD\"", 11),{"too_many_items /shipments/0/mx/regimes"}},
    {"items_past_the_limit_are_not_read", "/shipments/0/mx/regimes", list_of("\"EXD\"", 10).insert(60,",7,{},[]"),
     {"too_many_items /shipments/0/mx/regimes"}},
    {"too_deep", "/credentials/0/credential", "{\"a\":" + repeated("[", 29) + repeated("]",29) + "}",
     {"too_deep /credentials/0/credential/a" + repeated("/0", 28)}},
    {"too_deep_below_unknown", "/x",repeated("[",32) + repeated("]",32), {"unknown_field /x", "too_deep /x" + repeated("/0", 31)}},
    {"lone_high_surrogate", "/trip/mode", R"("\ud800")", {"lone_surrogate /trip/mode"}},
    {"lone_low_surrogate", "/trip/mode", R"("\udc00x")", {"lone_surrogate /trip/mode"}},
    {"pair_the_wrong_way", "/trip/mode",R"("\udc00\ud800")",{"lone_surrogate /trip/mode"}},
    {"high_surrogate_then_letter", "/trip/mode", R"("\ud800\u0041")",{"lone_surrogate /trip/mode"}},
    {"lone_surrogate_in_a_name", "/trip/mode", R"("road","\ud800":1)", {"lone_surrogate /trip"}},
    {"credential_duplicate", "/credentials/0/credential", R"({"a":{"b":1,"\u0062":2}})", {"duplicate_field /credentials/0/credential/a/b"}},
    {"credential_nul", "/credentials/0/credential",R"({"a":"\u0000"})",{"nul_byte /credentials/0/credential/a"}},
    {"credential_nul_in_name", "/credentials/0/credential",R"({"a\u0000":1})",{"nul_byte /credentials/0/credential"}},
    {"credential_surrogate", "/credentials/0/credential", R"({"a":["\udead"]})", {"lone_surrogate /credentials/0/credential/a/0"}},
    {"credential_number", "/credentials/0/credential", R"({"a":1e999})", {"out_of_range /credentials/0/credential/a"}},
};
// clang-format on

class JsonFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(JsonFault, is_found_at_its_place) {
    const Decoded decoded = decode_json(with(GetParam().pointer, GetParam().json));
    EXPECT_EQ(listed(decoded), GetParam().faults);
    EXPECT_FALSE(decoded.manifest);
    for (const Fault& fault : decoded.faults) {
        EXPECT_FALSE(fault.en.empty());
        EXPECT_FALSE(fault.es.empty());
        EXPECT_NE(fault.en, fault.es);
    }
}

INSTANTIATE_TEST_SUITE_P(Faults, JsonFault, ::testing::ValuesIn(fault_cases), [](const auto& c) { return std::string{c.param.name}; });

TEST(DecodeJson, collects_every_fault_in_the_order_of_the_document) {
    const Decoded decoded = decode_json(R"({"formatVersion":"","trip":{"mode":7,"crew":[{"role":null}]},"wheels":18})");
    EXPECT_EQ(listed(decoded), (Listed{"empty_text /formatVersion", "wrong_type /trip/mode", "null_value /trip/crew/0/role",
                                       "missing_field /trip/crew/0/familyName", "missing_field /trip/crew/0/givenName",
                                       "missing_field /trip/tripNumber", "missing_field /trip/direction", "missing_field /trip/carrier",
                                       "missing_field /trip/crossing", "missing_field /trip/estimatedArrival", "missing_field /trip/conveyance",
                                       "unknown_field /wheels", "missing_field /documentId", "missing_field /issuedAt", "missing_field /submitter"}));
}

TEST(DecodeJson, suggests_the_nearest_known_name) {
    const Decoded decoded = decode_json(with("/trip/tripNumbr", "1"));
    ASSERT_EQ(decoded.faults.size(), 1u);
    EXPECT_NE(decoded.faults[0].en.find("tripNumber"), std::string::npos);
    EXPECT_NE(decoded.faults[0].es.find("tripNumber"), std::string::npos);
    const Decoded far = decode_json(with("/trip/wheels", "1"));
    ASSERT_EQ(far.faults.size(), 1u);
    EXPECT_EQ(far.faults[0].en.find("mean"), std::string::npos);
}

TEST(DecodeJson, says_what_was_expected_and_what_came) {
    const Decoded decoded = decode_json(with("/trip/distanceKm", "[]"));
    ASSERT_EQ(decoded.faults.size(), 1u);
    EXPECT_EQ(decoded.faults[0].en, "Expected a decimal number as text, found a list.");
    EXPECT_EQ(decoded.faults[0].es, "Se espera un número decimal como texto, se encontró una lista.");
}

TEST(DecodeJson, leaves_endless_names_out_of_pointers) {
    const Decoded decoded = decode_json(with("/trip/mode", "\"road\",\"" + std::string(100'000, 'x') + "\":1"));
    EXPECT_EQ(listed(decoded), Listed{"unknown_field /trip"});
}

struct GoodCase {
    const char* name;
    const char* pointer;
    std::string json;
};

// One case a line.
// clang-format off
const GoodCase good_cases[] = {
    {"longest_text", "/trip/mode", quoted(8)},
    {"longest_in_code_points", "/trip/mode", quoted(8, "\xf0\x9f\x9a\x9a")},
    {"escaped_pair", "/trip/mode", R"("\ud83d\ude9a")"},
    {"every_short_escape", "/shipments/0/goods/0/description", R"("a\"\\\/b")"},
    {"blank_inside", "/trip/mode", "\"ro ad\""},
    {"shortest_text", "/trip/conveyance/insurance/0/policy", quoted(3)},
    {"most_items", "/shipments/0/mx/regimes", list_of("\"EXD\"", 10)},
    {"no_items", "/trip/crew", "[]"},
    {"no_shipments", "/shipments","[]"},
    {"least_integer", "/trip/conveyance/modelYear", "1900"},
    {"largest_integer", "/trip/conveyance/modelYear","2099"},
    {"zero_that_is_required", "/shipments/0/packages/count", "0"},
    {"decimal_zero", "/trip/distanceKm", "\"0\""},
    {"decimal_most_places", "/trip/distanceKm", "\"0.125\""},
    {"longest_decimal", "/trip/distanceKm","\"12345.678\""},
    {"longest_date_time", "/trip/estimatedArrival", "\"2026-03-02T11:30:00.123456789-07:00\""},
    {"upper_case_uuid", "/documentId","\"7B0D7D0E-3F3C-4A55-9A0E-2F6C1C9A4B11\""},
    {"credential", "/credentials/0/credential", R"({"a":null,"b":[true,false,{}],"":"\n","c":-1.5e-3})"},
    {"deepest", "/credentials/0/credential","{\"a\":" + repeated("[",28) + repeated("]", 28) + "}"},
    {"white_space_everywhere", "/trip/crossing/lane", " \n\t\r\"fast\" \n\t\r"},
};
// clang-format on

class GoodJson : public ::testing::TestWithParam<GoodCase> {};

TEST_P(GoodJson, is_accepted) {
    EXPECT_EQ(listed(decode_json(with(GetParam().pointer, GetParam().json))), Listed{});
}

INSTANTIATE_TEST_SUITE_P(Documents, GoodJson, ::testing::ValuesIn(good_cases), [](const auto& c) { return std::string{c.param.name}; });

TEST(DecodeJson, keeps_the_digits_of_a_number_given_for_a_decimal) {
    const Decoded decoded = decode_json(with("/shipments/0/grossMassKg", "18250.500 "));
    ASSERT_EQ(listed(decoded), Listed{});
    EXPECT_EQ(decoded.manifest->message().shipments(0).gross_mass_kg(), "18250.500");
}

TEST(DecodeJson, knows_a_name_written_with_escapes) {
    const Decoded decoded = decode_json(with("/trip/crossing/lane", R"("fast","\u006cane":"x")"));
    EXPECT_EQ(listed(decoded), Listed{"duplicate_field /trip/crossing/lane"});
}

TEST(DecodeJson, replaces_escapes) {
    const Decoded decoded = decode_json(with("/shipments/0/goods/0/description", R"("\"\u00e9\u20ac\ud83d\ude9a\/\\\u0041 x")"));
    ASSERT_EQ(listed(decoded), Listed{});
    EXPECT_EQ(decoded.manifest->message().shipments(0).goods(0).description(), "\"é€\xf0\x9f\x9a\x9a/\\A x");
}

}  // namespace
}  // namespace puente::manifest::testing
