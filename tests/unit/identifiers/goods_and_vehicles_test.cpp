#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "puente/identifiers/container.hpp"
#include "puente/identifiers/hs_code.hpp"
#include "puente/identifiers/plate.hpp"
#include "puente/identifiers/seal.hpp"
#include "puente/identifiers/un_number.hpp"
#include "puente/identifiers/vin.hpp"

namespace puente::identifiers {
namespace {

TEST(Vin, agrees_with_worked_examples) {
    for (const char* vin : {"1M8GDM9AXKP042788", "1G4AH59H45G118341", "JH2RC3605MM101581", "1J9RP1A36A1644345", "11111111111111111"}) {
        EXPECT_TRUE(vin_check_digit_agrees(vin)) << vin;
    }
}

TEST(Vin, notices_every_wrong_check_digit) {
    for (const char check : std::string{"0123456789ABCX"}) {
        std::string vin{"1M8GDM9AXKP042788"};
        vin[8] = check;
        EXPECT_EQ(vin_check_digit_agrees(vin), check == 'X') << vin;
    }
}

TEST(Vin, binds_its_check_digit_in_north_america_only) {
    for (const char region : std::string{"123456789ABCXZ0"}) {
        const std::string vin = region + std::string{"M8GDM9AXKP042788"};
        EXPECT_EQ(vin_check_digit_binds(vin), region >= '1' && region <= '5') << vin;
    }
    EXPECT_FALSE(vin_check_digit_binds("1M8"));
}

TEST(Vin, refuses_other_shapes) {
    for (const char* vin : {"", "1M8GDM9AXKP04278", "1M8GDM9AXKP0427888", "1M8GDM9AXKPO42788", "1M8GDM9AXKPQ42788", "IM8GDM9AXKP042788",
                            "1m8gdm9axkp042788", "1M8GDM9AX P042788", "1M8GDM9AXKP04278\xC3"}) {
        EXPECT_FALSE(vin_is_well_formed(vin)) << vin;
        EXPECT_FALSE(vin_is_valid(vin)) << vin;
    }
}

TEST(Container, knows_the_remainder_ten) {
    for (const char* number : {"GESU5252870", "MSKU0000080"}) {
        EXPECT_TRUE(container_check_digit_agrees(number)) << number;
        EXPECT_TRUE(container_uses_discouraged_serial(number)) << number;
    }
    for (const char* number : {"CSQU3054383", "MSKU1234565", "TRLU0000013"}) {
        EXPECT_TRUE(container_check_digit_agrees(number)) << number;
        EXPECT_FALSE(container_uses_discouraged_serial(number)) << number;
    }
    EXPECT_FALSE(container_uses_discouraged_serial(""));
}

TEST(Container, refuses_other_shapes) {
    for (const char* number :
         {"", "CSQU305438", "CSQU30543833", "CSQA3054383", "CSQR3054383", "csqu3054383", "CS1U3054383", "CSQU305438X", "CSQU 305438"}) {
        EXPECT_FALSE(container_is_well_formed(number)) << number;
        EXPECT_FALSE(container_check_digit_agrees(number)) << number;
    }
    EXPECT_TRUE(container_is_well_formed("CSQJ3054383"));
    EXPECT_TRUE(container_is_well_formed("CSQZ3054383"));
}

TEST(Seal, has_2_to_15_letters_or_digits) {
    for (const char* number : {"A1", "a1", "123456789012345"}) EXPECT_TRUE(seal_is_well_formed(number)) << number;
    for (const char* number : {"", "1", "1234567890123456", "AB-12", "AB 12", "\xC3\x91"}) EXPECT_FALSE(seal_is_well_formed(number)) << number;
}

TEST(Plate, has_5_to_7_characters_without_punctuation) {
    for (const char* plate : {"ABC12", "12AB345", "\xC3\x91\xC3\x91\xC3\x91\xC3\x91\xC3\x91", "abc123"})
        EXPECT_TRUE(plate_is_well_formed(plate)) << plate;
    for (const char* plate : {"", "ABC1", "ABC12345", "AB-123", "AB 123", "AB.123", "AB(123", "AB)123", "AB?123", "AB!123", "AB*123", "AB\t123",
                              "AB\n123", "\xC3\x91\xC3\x91"}) {
        EXPECT_FALSE(plate_is_well_formed(plate)) << plate;
    }
}

TEST(Plate, is_normalised) {
    EXPECT_EQ(canonical_plate(" 12-ab.345 "), "12AB345");
    EXPECT_EQ(canonical_plate("ABC12"), "ABC12");
    EXPECT_EQ(canonical_plate("- . "), "");
}

TEST(HsCode, has_6_8_or_10_digits_of_a_chapter_that_exists) {
    for (const char* code : {"010121", "90189099", "8703230199", "970510", "98010000", "9903030100"})
        EXPECT_TRUE(hs_code_is_well_formed(code)) << code;
    for (const char* code : {"", "01012", "0101210", "010121000", "01012100000", "000000", "770000", "77010000", "01012A", "0101.21", "01 121"}) {
        EXPECT_FALSE(hs_code_is_well_formed(code)) << code;
    }
}

TEST(HsCode, gives_its_chapter_and_plain_digits) {
    EXPECT_EQ(hs_chapter("90189099"), "90");
    EXPECT_EQ(hs_chapter("770000"), "");
    EXPECT_EQ(canonical_hs_code("9018.90.99"), "90189099");
    EXPECT_EQ(canonical_hs_code("9903.03.0100"), "9903030100");
    EXPECT_EQ(canonical_hs_code("77.01.00"), std::nullopt);
    EXPECT_EQ(canonical_hs_code("9018 90"), std::nullopt);
}

TEST(UnNumber, has_four_digits_alone_or_after_un_or_na) {
    EXPECT_EQ(un_number_digits("1203"), "1203");
    EXPECT_EQ(un_number_digits("UN1203"), "1203");
    EXPECT_EQ(un_number_digits("NA1993"), "1993");
    for (const char* number : {"", "120", "12031", "un1203", "UN 1203", "XX1203", "UN12A3", "UN", "001203"}) {
        EXPECT_FALSE(un_number_is_well_formed(number)) << number;
        EXPECT_EQ(un_number_digits(number), "") << number;
    }
}

}  // namespace
}  // namespace puente::identifiers
