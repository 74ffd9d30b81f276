#include <gtest/gtest.h>

#include <string>

#include "puente/identifiers/control_number.hpp"
#include "puente/identifiers/ein.hpp"
#include "puente/identifiers/entry_number.hpp"
#include "puente/identifiers/firms.hpp"
#include "puente/identifiers/importer_number.hpp"
#include "puente/identifiers/in_bond.hpp"
#include "puente/identifiers/itn.hpp"
#include "puente/identifiers/mid.hpp"
#include "puente/identifiers/trip_number.hpp"

namespace puente::identifiers {
namespace {

TEST(EntryNumber, agrees_with_published_vectors) {
    for (const char* number : {"ABC-1234567-6", "999-9999999-0", "XJ5-0000001-4", "9ZZ-0004321-9", "BQ7-2000018-2", "A0Z-7654321-4", "ABC12345676"}) {
        EXPECT_TRUE(entry_number_check_digit_agrees(number)) << number;
    }
}

TEST(EntryNumber, refuses_wrong_digits_and_shapes) {
    EXPECT_TRUE(entry_number_is_well_formed("ABC-1234567-0"));
    EXPECT_FALSE(entry_number_check_digit_agrees("ABC-1234567-0"));
    for (const char* number : {"", "000-0000000-0", "00000000000", "A-1234567-6", "ABC-12345-6", "ABC1234567-6", "ABC-12345676", "abc-1234567-6",
                               "ABC 1234567 6", "ABC-123456A-6", "ABC-1234567-X", "AB--1234567-6", "ABC123456766", "-ABC1234567-6"}) {
        EXPECT_FALSE(entry_number_is_well_formed(number)) << number;
        EXPECT_FALSE(entry_number_check_digit_agrees(number)) << number;
        EXPECT_EQ(canonical_entry_number(number), std::nullopt) << number;
        EXPECT_EQ(entry_number_filer(number), "") << number;
    }
}

TEST(EntryNumber, has_one_written_form) {
    EXPECT_EQ(canonical_entry_number("ABC12345676"), "ABC-1234567-6");
    EXPECT_EQ(canonical_entry_number("ABC-1234567-6"), "ABC-1234567-6");
    EXPECT_EQ(entry_number_filer("ABC12345676"), "ABC");
}

TEST(EntryNumber, takes_every_shape_of_filer_but_000) {
    for (const char* filer : {"001", "999", "A12", "AB1", "ABC", "A1B", "1A2", "12A", "1AB"}) EXPECT_TRUE(filer_code_is_well_formed(filer)) << filer;
    for (const char* filer : {"000", "", "AB", "ABCD", "ab1", "A-1"}) EXPECT_FALSE(filer_code_is_well_formed(filer)) << filer;
}

TEST(InBond, ends_in_the_remainder_modulo_seven) {
    for (const char* number : {"257700030", "257700052", "257700004", "123456782", "100000003"})
        EXPECT_TRUE(in_bond_check_digit_agrees(number)) << number;
    for (const char digit : std::string{"0123456789"}) {
        const std::string number = std::string{"12345678"} + digit;
        EXPECT_EQ(in_bond_check_digit_agrees(number), digit == '2') << number;
    }
}

TEST(InBond, refuses_other_shapes) {
    for (const char* number : {"", "25770003", "2577000300", "25770003A", "V25770003"}) {
        EXPECT_FALSE(in_bond_is_well_formed(number)) << number;
        EXPECT_FALSE(in_bond_check_digit_agrees(number)) << number;
    }
}

TEST(Ein, has_a_hyphen_and_perhaps_a_suffix) {
    for (const char* number : {"26-1647511", "26-164751100", "26-1647511AB"}) EXPECT_TRUE(ein_is_well_formed(number)) << number;
    for (const char* number : {"", "261647511", "26-164751", "26-16475110", "26-1647511ab", "2A-1647511", "26_1647511", "26-1647511000"}) {
        EXPECT_FALSE(ein_is_well_formed(number)) << number;
    }
}

TEST(Ein, is_kept_with_its_suffix) {
    EXPECT_EQ(canonical_ein("26-1647511"), "26-164751100");
    EXPECT_EQ(canonical_ein("261647511"), "26-164751100");
    EXPECT_EQ(canonical_ein("261647511XA"), "26-1647511XA");
    EXPECT_EQ(canonical_ein("26-164751100"), "26-164751100");
    for (const char* number : {"", "26164751", "2616475112", "26-16475-11"}) EXPECT_EQ(canonical_ein(number), std::nullopt) << number;
}

TEST(ImporterNumber, is_of_one_of_three_kinds) {
    EXPECT_EQ(importer_number_kind("26-164751100"), ImporterNumberKind::employer);
    EXPECT_EQ(importer_number_kind("26-1647511"), ImporterNumberKind::employer);
    EXPECT_EQ(importer_number_kind("123-45-6789"), ImporterNumberKind::social_security);
    EXPECT_EQ(importer_number_kind("262304-00123"), ImporterNumberKind::cbp_assigned);
    for (const char* number : {"", "123456789", "123-456-789", "26230400123", "262304-0012", "26230A-00123", "12-345-6789"}) {
        EXPECT_FALSE(importer_number_is_well_formed(number)) << number;
    }
    EXPECT_FALSE(cbp_number_is_well_formed("26-164751100"));
}

TEST(Itn, holds_a_real_date) {
    EXPECT_EQ(itn_date("X20260302123456"), "2026-03-02");
    EXPECT_EQ(itn_date("X20240229000001"), "2024-02-29");
    for (const char* number : {"", "X20250229000001", "X20261301000001", "X20260400000001", "x20260302123456", "X2026030212345", "X202603021234567",
                               "A20260302123456", "X2026030212345A"}) {
        EXPECT_FALSE(itn_is_well_formed(number)) << number;
        EXPECT_EQ(itn_date(number), std::nullopt) << number;
    }
}

TEST(TripNumber, begins_with_a_scac) {
    EXPECT_EQ(trip_number_scac("PUEN2026"), "PUEN");
    EXPECT_TRUE(trip_number_is_well_formed("PUEN123456789012345678901"));
    for (const char* number : {"", "PUEN", "PUEN123", "PUEN1234567890123456789012", "PUE12345", "puen1234", "PUEN12-34", "PUEN 1234"}) {
        EXPECT_FALSE(trip_number_is_well_formed(number)) << number;
        EXPECT_EQ(trip_number_scac(number), "") << number;
    }
}

TEST(ControlNumber, has_at_most_sixteen_characters) {
    EXPECT_EQ(control_number_scac("PUEN0001"), "PUEN");
    EXPECT_TRUE(control_number_is_well_formed("PUENABCDEFGHIJKL"));
    for (const char* number : {"", "PUEN", "PUEN001", "PUENABCDEFGHIJKLM", "PU3N0001", "PUEN-001", "PUEN000a"}) {
        EXPECT_FALSE(control_number_is_well_formed(number)) << number;
        EXPECT_EQ(control_number_scac(number), "") << number;
    }
}

TEST(Mid, begins_with_a_country_and_never_with_ca) {
    EXPECT_EQ(mid_origin("MXTEXDEL4250MON"), "MX");
    EXPECT_EQ(mid_origin("XOABCDEF123TOR"), "XO");
    EXPECT_TRUE(mid_is_well_formed("MXABC"));
    for (const char* mid :
         {"", "MXAB", "CAABCDEF123TOR", "XZABCDEF123TOR", "MXTEXDEL42501MON", "mxtexdel4250mon", "MX TEXDEL", "1XTEXDEL", "MXTEX-DEL"}) {
        EXPECT_FALSE(mid_is_well_formed(mid)) << mid;
        EXPECT_EQ(mid_origin(mid), "") << mid;
    }
}

TEST(Firms, begins_with_a_letter) {
    for (const char* code : {"A123", "ABCD", "Z9Z9"}) EXPECT_TRUE(firms_is_well_formed(code)) << code;
    for (const char* code : {"", "1234", "A12", "A1234", "a123", "A-12"}) EXPECT_FALSE(firms_is_well_formed(code)) << code;
}

}  // namespace
}  // namespace puente::identifiers
