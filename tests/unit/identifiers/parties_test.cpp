#include <gtest/gtest.h>

#include <string>

#include "puente/identifiers/ace_id.hpp"
#include "puente/identifiers/agency.hpp"
#include "puente/identifiers/duns.hpp"
#include "puente/identifiers/fast_card.hpp"
#include "puente/identifiers/lei.hpp"
#include "puente/identifiers/scac.hpp"
#include "puente/identifiers/usdot.hpp"

namespace puente::identifiers {
namespace {

TEST(Agency, is_read_in_either_case) {
    for (const char* text : {"CBP", "cbp", "Cbp"}) EXPECT_EQ(parse_agency(text), Agency::cbp) << text;
    for (const char* text : {"SAT", "sat", "sAT"}) EXPECT_EQ(parse_agency(text), Agency::sat) << text;
    for (const char* text : {"", "CB", "CBPX", "SAT ", "ANAM"}) EXPECT_EQ(parse_agency(text), std::nullopt) << text;
}

TEST(Agency, has_a_code_that_reads_back) {
    for (const Agency agency : agencies) EXPECT_EQ(parse_agency(code(agency)), agency);
    EXPECT_EQ(code(Agency::cbp), "CBP");
    EXPECT_EQ(code(Agency::sat), "SAT");
}

TEST(Scac, has_two_to_four_letters) {
    for (const char* scac : {"AB", "ABC", "ABCD"}) EXPECT_TRUE(scac_is_well_formed(scac)) << scac;
    for (const char* scac : {"", "A", "ABCDE", "abcd", "AB1D", "AB D"}) EXPECT_FALSE(scac_is_well_formed(scac)) << scac;
    EXPECT_TRUE(scac_is_four_letters("ABCD"));
    EXPECT_FALSE(scac_is_four_letters("ABC"));
}

TEST(Scac, keeps_some_suffixes_for_equipment) {
    for (const char* scac : {"ABCU", "ABCX", "ABCZ"}) EXPECT_TRUE(scac_has_reserved_suffix(scac)) << scac;
    for (const char* scac : {"ABCD", "ABU", "ABX", "UXZA", ""}) EXPECT_FALSE(scac_has_reserved_suffix(scac)) << scac;
}

TEST(FastCard, begins_with_4270_and_ends_with_its_issue) {
    for (const char* card : {"42701234567801", "42700000000002"}) EXPECT_TRUE(fast_card_is_well_formed(card)) << card;
    for (const char* card : {"", "42701234567803", "42701234567800", "41701234567801", "4270123456780", "427012345678011", "4270123456A801"}) {
        EXPECT_FALSE(fast_card_is_well_formed(card)) << card;
    }
}

TEST(AceId, has_seven_capitals_or_digits) {
    for (const char* id : {"A123456", "0000001", "ABCDEFG"}) EXPECT_TRUE(ace_id_is_well_formed(id)) << id;
    for (const char* id : {"", "A12345", "A1234567", "a123456", "A-23456"}) EXPECT_FALSE(ace_id_is_well_formed(id)) << id;
}

TEST(Usdot, has_one_to_eight_digits) {
    for (const char* number : {"1", "1234567", "12345678"}) EXPECT_TRUE(usdot_is_well_formed(number)) << number;
    for (const char* number : {"", "123456789", "12A", "-1", " 1"}) EXPECT_FALSE(usdot_is_well_formed(number)) << number;
}

TEST(Duns, has_nine_digits) {
    EXPECT_TRUE(duns_is_well_formed("123456789"));
    for (const char* number : {"", "12345678", "1234567890", "12-345-6789", "12345678A"}) EXPECT_FALSE(duns_is_well_formed(number)) << number;
}

/// Identifiers from the public GLEIF index.
TEST(Lei, leaves_one_modulo_97) {
    for (const char* lei : {"5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394"}) {
        EXPECT_TRUE(lei_check_digits_agree(lei)) << lei;
        std::string wrong{lei};
        wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
        EXPECT_TRUE(lei_is_well_formed(wrong)) << wrong;
        EXPECT_FALSE(lei_check_digits_agree(wrong)) << wrong;
    }
}

TEST(Lei, refuses_other_shapes) {
    for (const char* lei :
         {"", "5493001KJTIIGC8Y1R1", "5493001KJTIIGC8Y1R121", "5493001kjtiigc8y1r12", "5493001KJTIIGC8Y1RAB", "5493001KJTIIGC8Y1 12"}) {
        EXPECT_FALSE(lei_is_well_formed(lei)) << lei;
        EXPECT_FALSE(lei_check_digits_agree(lei)) << lei;
    }
}

}  // namespace
}  // namespace puente::identifiers
