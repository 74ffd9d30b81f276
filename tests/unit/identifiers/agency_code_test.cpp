#include "puente/identifiers/agency_code.hpp"

#include <gtest/gtest.h>

namespace puente::identifiers {
namespace {

TEST(AgencyCode, is_read_in_either_case) {
    EXPECT_EQ(AgencyCode::parse("cbp"), Agency::cbp);
    EXPECT_EQ(AgencyCode::parse("SAT")->customs(), Agency::sat);
    EXPECT_EQ(AgencyCode::parse("test_agency2")->text(), "TEST_AGENCY2");
    EXPECT_FALSE(AgencyCode::parse("TESTAGENCY")->customs()) << "only two own rule sets";
    EXPECT_TRUE(AgencyCode::parse("ABCDEFGHIJKLMNOP")) << "16 characters";
}

TEST(AgencyCode, is_nothing_else) {
    for (const char* text : {"", "A", "2AB", "_AB", "A-B", "A B", "AB;", "ABCDEFGHIJKLMNOPQ", "ÁBC", "A'B"})
        EXPECT_FALSE(AgencyCode::parse(text)) << text;
    EXPECT_FALSE(AgencyCode::parse(std::string_view{"AB\0", 3}));
}

}  // namespace
}  // namespace puente::identifiers
