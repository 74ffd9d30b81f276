#include <gtest/gtest.h>

#include <string>

#include "puente/identifiers/container.hpp"
#include "puente/identifiers/curp.hpp"
#include "puente/identifiers/entry_number.hpp"
#include "puente/identifiers/rfc.hpp"
#include "puente/identifiers/vin.hpp"
#include "unit/identifiers/vectors.hpp"

namespace puente::identifiers {
namespace {

/// Every line of the published vector files (tests/vectors/identifiers/SOURCES.md).
TEST(Vectors, vin_agrees_with_every_line) {
    const auto all = vectors::lines("vin.csv");
    ASSERT_EQ(all.size(), 38U);
    for (const auto& line : all) {
        EXPECT_EQ(vin_is_valid(line[0]), line[1] == "valid") << line[0] << ' ' << line[3];
        EXPECT_EQ(vin_check_digit_agrees(line[0]), line[2] == "match") << line[0];
    }
}

TEST(Vectors, container_agrees_with_every_line) {
    const auto all = vectors::lines("iso6346.csv");
    ASSERT_EQ(all.size(), 36U);
    for (const auto& line : all) {
        EXPECT_EQ(container_check_digit_agrees(line[0]), line[1] == "valid") << line[0] << ' ' << line[2];
        EXPECT_EQ(container_is_well_formed(line[0]), line[2] != "format" && line[0] != "XXXX6697421") << line[0];
    }
}

TEST(Vectors, rfc_agrees_with_every_line) {
    const auto all = vectors::lines("rfc.csv");
    ASSERT_EQ(all.size(), 47U);
    for (const auto& line : all) {
        EXPECT_EQ(rfc_is_well_formed(line[0]), line[1] == "valid") << line[0] << ' ' << line[3];
        EXPECT_EQ(rfc_check_digit_agrees(line[0]), line[2] == "match") << line[0] << ' ' << line[3];
    }
}

TEST(Vectors, curp_agrees_with_every_line) {
    const auto all = vectors::lines("curp.csv");
    ASSERT_EQ(all.size(), 13U);
    for (const auto& line : all) EXPECT_EQ(curp_check_digit_agrees(line[0]), line[1] == "valid") << line[0] << ' ' << line[3];
}

TEST(Vectors, entry_number_agrees_with_every_line) {
    const auto all = vectors::lines("cbp-entry-check-digit.csv");
    ASSERT_EQ(all.size(), 4U);
    for (const auto& line : all) {
        for (char digit = '0'; digit <= '9'; ++digit) {
            EXPECT_EQ(entry_number_check_digit_agrees(line[0] + line[1] + digit), line[2] == std::string(1, digit)) << line[0] << line[1] << digit;
        }
    }
}

}  // namespace
}  // namespace puente::identifiers
