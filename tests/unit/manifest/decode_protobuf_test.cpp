#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "documents.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest::testing {
namespace {

using namespace std::string_literals;
using google::protobuf::util::MessageDifferencer;
using Listed = std::vector<std::string>;

v1::Manifest reference_message() {
    return decode_json(reference_text()).manifest->message();
}

TEST(DecodeProtobuf, reads_what_json_says) {
    const std::string bytes = reference_message().SerializeAsString();
    const Decoded decoded = decode_protobuf(bytes);
    ASSERT_EQ(listed(decoded), Listed{});
    EXPECT_TRUE(MessageDifferencer::Equals(decoded.manifest->message(), reference_message()));
    EXPECT_EQ(decoded.manifest->bytes(), bytes);
    EXPECT_EQ(decoded.manifest->sha256(), crypto::sha256(bytes));
    EXPECT_EQ(decoded.manifest->encoding(), Encoding::protobuf);
    EXPECT_EQ(decoded.manifest->trip_number(), "TSTA2026030201");
}

TEST(DecodeProtobuf, makes_the_json_that_reads_back_as_the_same) {
    v1::Manifest message = reference_message();
    auto& fields = *message.mutable_credentials(0)->mutable_credential()->mutable_fields();
    fields["z"].set_number_value(0.1);
    fields["a\"\n"].set_string_value("\x7f\\ ñ");
    fields["list"].mutable_list_value()->add_values()->set_null_value(google::protobuf::NULL_VALUE);
    fields["list"].mutable_list_value()->add_values()->mutable_struct_value();
    fields["list"].mutable_list_value()->add_values()->set_number_value(-1e300);
    fields["true"].set_bool_value(true);
    message.mutable_shipments(0)->mutable_packages()->set_count(0);
    const Decoded binary = decode_protobuf(message.SerializeAsString());
    ASSERT_EQ(listed(binary), Listed{});
    const std::string json = to_json(*binary.manifest);
    const Decoded text = decode_json(json);
    ASSERT_EQ(listed(text), Listed{});
    EXPECT_TRUE(MessageDifferencer::Equals(text.manifest->message(), message));
    EXPECT_EQ(to_json(*text.manifest), json);
    EXPECT_EQ(nlohmann::json::parse(json).at("shipments").at(0).at("packages").at("count"), 0);
}

TEST(DecodeProtobuf, gives_json_back_as_it_came) {
    const std::string text = reference_text();
    EXPECT_EQ(to_json(*decode_json(text).manifest), text);
}

struct MessageCase {
    const char* name;
    std::function<void(v1::Manifest&)> change;
    Listed faults;
};

google::protobuf::Value& credential_value(v1::Manifest& m) {
    return (*m.mutable_credentials(0)->mutable_credential()->mutable_fields())["a"];
}

void add_unknown_to_credential(v1::Manifest& m) {
    google::protobuf::Value& value = credential_value(m);
    value.set_bool_value(true);
    value.GetReflection()->MutableUnknownFields(&value)->AddVarint(77, 1);
}

void nest_credential(v1::Manifest& m, int lists) {
    google::protobuf::Value* value = &credential_value(m);
    for (int i = 0; i < lists; ++i) value = value->mutable_list_value()->add_values();
    value->set_bool_value(true);
}

// One case a line.
// clang-format off
const MessageCase message_cases[] = {
    {"missing_text", [](v1::Manifest& m) { m.mutable_trip()->clear_trip_number(); }, {"missing_field /trip/tripNumber"}},
    {"missing_message", [](v1::Manifest& m) { m.mutable_trip()->clear_crossing(); }, {"missing_field /trip/crossing"}},
    {"missing_list", [](v1::Manifest& m) { m.mutable_shipments(0)->clear_goods(); }, {"missing_field /shipments/0/goods"}},
    {"missing_integer", [](v1::Manifest& m) { m.mutable_shipments(0)->mutable_goods(2)->clear_item(); },
     {"missing_field /shipments/0/goods/2/item"}},
    {"zero_is_there", [](v1::Manifest& m) { m.mutable_shipments(0)->mutable_packages()->clear_count(); }, {}},
    {"too_long", [](v1::Manifest& m) { m.mutable_trip()->set_mode("ninechars"); }, {"too_long /trip/mode"}},
    {"too_short", [](v1::Manifest& m) { m.mutable_trip()->mutable_conveyance()->mutable_insurance(0)->set_policy("1"); },
     {"too_short /trip/conveyance/insurance/0/policy"}},
    {"not_trimmed", [](v1::Manifest& m) { m.mutable_trip()->set_mode("road "); }, {"not_trimmed /trip/mode"}},
    {"control_character", [](v1::Manifest& m) { m.mutable_trip()->set_mode("ro\nad"); }, {"control_character /trip/mode"}},
    {"nul_in_text", [](v1::Manifest& m) { m.mutable_trip()->set_mode("ro\0ad"s); }, {"control_character /trip/mode"}},
    {"bad_decimal", [](v1::Manifest& m) { m.mutable_trip()->set_distance_km("-1"); }, {"bad_decimal /trip/distanceKm"}},
    {"too_many_places", [](v1::Manifest& m) { m.mutable_trip()->set_distance_km("1.2345"); }, {"too_many_places /trip/distanceKm"}},
    {"bad_date", [](v1::Manifest& m) { m.mutable_trip()->mutable_crew(0)->set_birth_date("1990-13-01"); }, {"bad_date /trip/crew/0/birthDate"}},
    {"bad_date_time", [](v1::Manifest& m) { m.mutable_trip()->set_estimated_arrival("tomorrow"); }, {"bad_date_time /trip/estimatedArrival"}},
    {"bad_uuid", [](v1::Manifest& m) { m.set_document_id("x"); }, {"bad_uuid /documentId"}},
    {"out_of_range", [](v1::Manifest& m) { m.mutable_trip()->mutable_conveyance()->set_model_year(1); },
     {"out_of_range /trip/conveyance/modelYear"}},
    {"negative", [](v1::Manifest& m) { m.mutable_shipments(0)->mutable_packages()->set_count(-1); }, {"out_of_range /shipments/0/packages/count"}},
    {"too_few_items", [](v1::Manifest& m) { m.mutable_shipments(0)->mutable_parties()->RemoveLast(); }, {"too_few_items /shipments/0/parties"}},
    {"too_many_items", [](v1::Manifest& m) { for (int i = 0; i < 10; ++i) m.mutable_shipments(0)->mutable_mx()->add_regimes("EXD"); },
     {"too_many_items /shipments/0/mx/regimes"}},
    {"empty_item", [](v1::Manifest& m) { m.mutable_shipments(0)->mutable_mx()->add_regimes(""); }, {"empty_text /shipments/0/mx/regimes/1"}},
    {"value_without_kind", [](v1::Manifest& m) { credential_value(m); }, {"wrong_type /credentials/0/credential/a"}},
    {"infinite_number", [](v1::Manifest& m) { credential_value(m).set_number_value(std::numeric_limits<double>::infinity()); },
     {"out_of_range /credentials/0/credential/a"}},
    {"nul_in_credential", [](v1::Manifest& m) { credential_value(m).set_string_value("\0"s); }, {"nul_byte /credentials/0/credential/a"}},
    {"unknown_in_credential", add_unknown_to_credential,
     {"unknown_field /credentials/0/credential/a"}},
    {"deep_credential", [](v1::Manifest& m) { nest_credential(m, 28); }, {}},
    {"too_deep", [](v1::Manifest& m) { nest_credential(m, 29); },
     {"too_deep /credentials/0/credential/a" + repeated("/0", 28)}},
};
// clang-format on

class MessageFault : public ::testing::TestWithParam<MessageCase> {};

TEST_P(MessageFault, is_found_at_its_place) {
    v1::Manifest message = reference_message();
    GetParam().change(message);
    EXPECT_EQ(listed(decode_protobuf(message.SerializeAsString())), GetParam().faults);
}

INSTANTIATE_TEST_SUITE_P(Messages, MessageFault, ::testing::ValuesIn(message_cases), [](const auto& c) { return std::string{c.param.name}; });

struct WireCase {
    const char* name;
    std::string added;  ///< to the end of the reference in binary form
    Listed faults;
};

// One case a line.
// clang-format off
const WireCase wire_cases[] = {
    {"unknown_number", "\x78\x01"s, {"unknown_field "}},
    {"unknown_fixed", "\x7d" "1234"s, {"unknown_field "}},
    {"text_twice", "\x0a\x03" "1.0"s, {"duplicate_field /formatVersion"}},
    {"explicit_empty_text", "\x0a\0"s, {"duplicate_field /formatVersion", "empty_text /formatVersion"}},
    {"wrong_wire_type", "\x30\x01"s, {"wrong_type /shipments/1"}},
    {"not_utf8", "\x3a\x05\x0a\x03\xff" "ab"s, {"not_utf8 /credentials/1/program", "missing_field /credentials/1/holder"}},
    {"cut_tag", "\x80"s, {"not_protobuf "}},
    {"cut_length", "\x0a\x05" "1"s, {"not_protobuf "}},
    {"endless_varint", "\x78" + std::string(11, '\xff'), {"not_protobuf "}},
    {"number_zero", "\x02\0"s, {"not_protobuf "}},
    {"group", "\x0b\x0c"s, {"not_protobuf "}},
    {"broken_credential", "\x3a\x0d\x0a\x03" "abc\x12\x01" "a\x1a\x01\xff"s, {"not_protobuf "}},
};
// clang-format on

class WireFault : public ::testing::TestWithParam<WireCase> {};

TEST_P(WireFault, is_found_at_its_place) {
    EXPECT_EQ(listed(decode_protobuf(reference_message().SerializeAsString() + GetParam().added)), GetParam().faults);
}

INSTANTIATE_TEST_SUITE_P(Wire, WireFault, ::testing::ValuesIn(wire_cases), [](const auto& c) { return std::string{c.param.name}; });

TEST(DecodeProtobuf, refuses_truncations_but_for_those_between_two_fields) {
    const std::string whole = reference_message().SerializeAsString();
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) accepted += decode_protobuf(whole.substr(0, size)).manifest ? 1 : 0;
    EXPECT_EQ(accepted, 2u);  // without credentials, and without shipments too
}

TEST(DecodeProtobuf, an_empty_document_lacks_every_required_field) {
    EXPECT_EQ(listed(decode_protobuf("")), (Listed{"missing_field /formatVersion", "missing_field /documentId", "missing_field /issuedAt",
                                                   "missing_field /submitter", "missing_field /trip"}));
}

TEST(DecodeProtobuf, size_at_and_above_the_limit) {
    const std::string bytes = reference_message().SerializeAsString();
    DocumentLimits limits;
    limits.bytes_max = bytes.size();
    EXPECT_EQ(listed(decode_protobuf(bytes, limits)), Listed{});
    limits.bytes_max = bytes.size() - 1;
    EXPECT_EQ(listed(decode_protobuf(bytes, limits)), Listed{"too_large "});
}

TEST(DecodeProtobuf, a_duplicate_inside_a_credential_is_refused) {
    v1::Manifest message = reference_message();
    credential_value(message).set_bool_value(true);
    google::protobuf::Struct* const credential = message.mutable_credentials(0)->mutable_credential();
    v1::Credential outer = message.credentials(0);
    outer.clear_credential();
    const std::string once = credential->SerializeAsString();
    std::string bytes = outer.SerializeAsString() + "\x1a" + static_cast<char>(2 * once.size()) + once + once;
    message.clear_credentials();
    bytes = message.SerializeAsString() + "\x3a" +
            std::string{static_cast<char>(0x80 | (bytes.size() & 0x7f)), static_cast<char>(bytes.size() >> 7)} + bytes;
    EXPECT_EQ(listed(decode_protobuf(bytes)), Listed{"duplicate_field /credentials/0/credential"});
}

}  // namespace
}  // namespace puente::manifest::testing
