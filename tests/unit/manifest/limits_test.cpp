#include <gtest/gtest.h>

#include <chrono>

#include "documents.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest::testing {
namespace {

using Listed = std::vector<std::string>;

TEST(DocumentLimits, size_at_and_above) {
    const std::string text = reference_text();
    DocumentLimits limits;
    limits.bytes_max = text.size();
    EXPECT_EQ(listed(decode_json(text, limits)), Listed{});
    limits.bytes_max = text.size() - 1;
    EXPECT_EQ(listed(decode_json(text, limits)), Listed{"too_large "});
}

TEST(DocumentLimits, depth_at_and_above) {
    DocumentLimits limits;
    limits.depth_max = 7;  // /shipments/0/loading/place/address/lines is the seventh level
    EXPECT_EQ(listed(decode_json(reference_text(), limits)), Listed{});
    limits.depth_max = 6;
    EXPECT_EQ(listed(decode_json(reference_text(), limits)),
              (Listed{"too_deep /shipments/0/loading/place/address/lines", "too_deep /shipments/0/unloading/place/address/lines",
                      "too_deep /shipments/0/parties/0/address/lines", "too_deep /shipments/0/parties/1/address/lines"}));
}

TEST(DocumentLimits, faults_past_the_list_are_counted) {
    const std::string text = with("/shipments/0/mx/regimes", "[\"\",\"\",\"\",\"\",\"\",\"\",\"\"]");
    DocumentLimits limits;
    for (const std::size_t most : {0u, 1u, 6u, 7u, 8u}) {
        limits.faults_max = most;
        const Decoded decoded = decode_json(text, limits);
        EXPECT_FALSE(decoded.manifest);
        EXPECT_EQ(decoded.faults.size(), std::min<std::size_t>(most, 7));
        EXPECT_EQ(decoded.faults.size() + decoded.faults_left_out, 7u);
    }
}

TEST(DocumentLimits, broken_json_is_told_though_the_list_is_full) {
    DocumentLimits limits;
    limits.faults_max = 1;
    const Decoded decoded = decode_json(R"({"a":1,"b":2,"c" 3})", limits);
    EXPECT_EQ(listed(decoded), (Listed{"unknown_field /a", "not_json "}));
    EXPECT_EQ(decoded.faults_left_out, 1u);
}

TEST(DocumentLimits, a_hundred_thousand_levels_are_refused) {
    constexpr std::size_t levels = 100'000;
    const std::string lists = repeated("[", levels) + repeated("]", levels);
    const std::string objects = repeated("{\"a\":", levels) + "1" + repeated("}", levels);
    for (const std::string& deep : {lists, objects}) {
        EXPECT_EQ(decode_json(deep).faults.size(), deep[0] == '[' ? 1u : 7u);  // unknown, too deep, and five missing
        for (const char* pointer : {"/unknown", "/credentials/0/credential", "/trip", "/trip/mode", "/trip/crew"}) {
            const Decoded decoded = decode_json(with(pointer, deep));
            EXPECT_FALSE(decoded.manifest) << pointer;
            EXPECT_FALSE(decoded.faults.empty()) << pointer;
        }
    }
    for (const std::string& open : {repeated("[", levels), "{\"a\":" + repeated("[", levels), repeated("{\"a\":", levels)}) {
        EXPECT_EQ(decode_json(open).faults.back().code, "not_json");
    }
    // Closed with the wrong brackets, where nobody walks any more.
    const std::string crossed = with("/unknown", repeated("[", levels) + repeated("}", levels));
    EXPECT_EQ(decode_json(crossed).faults.back().code, "not_json");
}

/// The reference with this many shipments of one goods line.
std::string with_shipments(std::size_t count) {
    nlohmann::json document = reference();
    nlohmann::json shipment = document["shipments"][0];
    shipment.erase("mx");
    shipment["goods"].erase(shipment["goods"].begin() + 1, shipment["goods"].end());
    document["shipments"] = "@here@";
    std::string text = document.dump();
    return text.replace(text.find("\"@here@\""), 8, list_of(shipment.dump(), count));
}

TEST(DocumentLimits, as_many_shipments_as_the_format_allows) {
    const std::string text = with_shipments(9999);
    EXPECT_LT(text.size(), DocumentLimits{}.bytes_max);
    EXPECT_GT(text.size(), DocumentLimits{}.bytes_max * 3 / 4);
    const Decoded most = decode_json(text);
    ASSERT_EQ(listed(most), Listed{});
    EXPECT_EQ(most.manifest->message().shipments_size(), 9999);
    EXPECT_EQ(listed(decode_json(with_shipments(10000))), Listed{"too_many_items /shipments"});
}

TEST(DocumentLimits, hostile_lists_take_time_and_memory_by_their_length_only) {
    // A million empty goods: each lacks seven fields, none may be stored.
    const std::string goods = "{\"goods\":" + list_of("{}", 990) + "}";
    const auto start = std::chrono::steady_clock::now();
    const Decoded decoded = decode_json("{\"shipments\":" + list_of(goods, 1000) + "}");
    EXPECT_EQ(decoded.faults.size(), 200u);
    EXPECT_GT(decoded.faults_left_out, 1000u * 990u * 7u);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{60});
}

TEST(DocumentLimits, values_of_credentials_are_bounded) {
    EXPECT_EQ(listed(decode_json(with("/credentials/0/credential", "{\"a\":" + list_of("0", 499'999) + "}"))), Listed{});
    EXPECT_EQ(listed(decode_json(with("/credentials/0/credential", "{\"a\":" + list_of("0", 500'000) + "}"))),
              Listed{"too_many_items /credentials/0/credential/a"});
}

}  // namespace
}  // namespace puente::manifest::testing
