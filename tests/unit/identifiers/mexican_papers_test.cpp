#include <gtest/gtest.h>

#include <string>

#include "puente/identifiers/caat.hpp"
#include "puente/identifiers/curp.hpp"
#include "puente/identifiers/id_ccp.hpp"
#include "puente/identifiers/patente.hpp"
#include "puente/identifiers/pedimento.hpp"
#include "puente/identifiers/rfc.hpp"

namespace puente::identifiers {
namespace {

TEST(Rfc, agrees_with_published_numbers) {
    for (const char* rfc : {"DIM8701081LA", "A&A050908GT0",  "SAT970701NN3", "AÑÑ801231JK0",  "EKU9003173C9",  "CACX7605101P8", "XIA190128J61",
                            "URE180429TM6", "FUNK671228PH6", "IIA040805DZ4", "KIJ0906199R1",  "IVD920810GU2",  "WATM640917J45", "XIQB891116QE4",
                            "H&E951128469", "LAN7008173R5",  "OÑO120726RX3", "XEXX010101000", "EXTR920901TS4", "EMB930401KH4",  "OIN9304013N0"}) {
        EXPECT_TRUE(rfc_check_digit_agrees(rfc)) << rfc;
    }
}

TEST(Rfc, notices_every_wrong_check_character) {
    for (const char check : std::string{"0123456789A"}) {
        EXPECT_EQ(rfc_check_digit_agrees(std::string{"EKU9003173C"} + check), check == '9') << check;
    }
}

TEST(Rfc, knows_the_generic_numbers) {
    for (const char* rfc : {"XAXX010101000", "XEXX010101000", "EXTR920901TS4", "EMB930401KH4", "OIN9304013N0"})
        EXPECT_TRUE(rfc_is_generic(rfc)) << rfc;
    for (const char* rfc : {"", "EKU9003173C9", "xaxx010101000"}) EXPECT_FALSE(rfc_is_generic(rfc)) << rfc;
    EXPECT_FALSE(rfc_check_digit_agrees("XAXX010101000"));
}

TEST(Rfc, tells_companies_from_people_by_its_length_in_characters) {
    EXPECT_TRUE(rfc_is_company("AÑÑ801231JK0"));
    EXPECT_FALSE(rfc_is_person("AÑÑ801231JK0"));
    EXPECT_TRUE(rfc_is_person("CAÑF770131PA3"));
    EXPECT_FALSE(rfc_is_company("CAÑF770131PA3"));
    EXPECT_FALSE(rfc_is_company("") || rfc_is_person("not one"));
}

TEST(Rfc, refuses_other_shapes) {
    for (const char* rfc :
         {"", "eku9003173c9", "EKU900317", "EKU9013173C9", "EKU9002303C9", "EKU9003173CB", "EKU9003173&9", "EKU90O3173C9", "1KU9003173C9",
          "EKU9003173C99Z", "A\xC3", "\xC3\x91\xC3\x91\xC3", "EKU 9003173C9", "EKUX9003173C9Z", "\xC3\xB1KU9003173C9"}) {
        EXPECT_FALSE(rfc_is_well_formed(rfc)) << rfc;
        EXPECT_FALSE(rfc_check_digit_agrees(rfc)) << rfc;
    }
}

TEST(Curp, agrees_with_published_specimens) {
    for (const char* curp : {"BOXW310820HNERXN09", "HEGG560427MVZRRL04", "SABC560626MDFLRN01"}) EXPECT_TRUE(curp_check_digit_agrees(curp)) << curp;
    EXPECT_FALSE(curp_check_digit_agrees("BADD110313HCMLNS09"));
}

TEST(Curp, refuses_other_shapes) {
    for (const char* curp :
         {"", "BOXW310820HNERXN0", "boxw310820hnerxn09", "BBXW310820HNERXN09", "BOXW311320HNERXN09", "BOXW310230HNERXN09", "BOXW310820QNERXN09",
          "BOXW310820HQQRXN09", "BOXW310820HNEAXN09", "BOXW310820HNERXN0A", "BOXW3108200NERXN09", "BO1W310820HNERXN09"}) {
        EXPECT_FALSE(curp_is_well_formed(curp)) << curp;
    }
    EXPECT_TRUE(curp_is_well_formed("BOXW310820XNERXN09"));
}

TEST(Curp, takes_the_century_from_position_17) {
    EXPECT_TRUE(curp_is_well_formed("BOXW000229HNERXNA0"));
    EXPECT_FALSE(curp_is_well_formed("BOXW000229HNERXN00"));
}

TEST(Pedimento, reads_both_forms) {
    for (const char* text : {"26  24  3420  6000123", "262434206000123"}) {
        const auto pedimento = Pedimento::parse(text);
        ASSERT_TRUE(pedimento) << text;
        EXPECT_EQ(pedimento->year2(), "26");
        EXPECT_EQ(pedimento->office(), "24");
        EXPECT_EQ(pedimento->patente(), "3420");
        EXPECT_EQ(pedimento->year_digit(), "6");
        EXPECT_EQ(pedimento->sequence(), "000123");
        EXPECT_EQ(pedimento->digits(), "262434206000123");
        EXPECT_EQ(pedimento->printed(), "26  24  3420  6000123");
    }
    EXPECT_TRUE(pedimento_is_well_formed("15  48  3009  0001234"));
}

TEST(Pedimento, refuses_other_forms) {
    for (const char* text : {"", "26 24 3420 6000123", "26-24-3420-6000123", "26243420600012", "2624342060001234", "26  24  3420  600012A",
                             "26--24--3420--6000123", "26  24  3420 06000123", "2624342060001 3"}) {
        EXPECT_FALSE(pedimento_is_well_formed(text)) << text;
    }
}

TEST(Pedimento, is_normalised_whatever_stands_between_its_digits) {
    for (const char* text : {"26  24  3420  6000123", "26 24 3420 6000123", "26-24-3420-6000123", " 262434206000123 "}) {
        EXPECT_EQ(canonical_pedimento(text), "262434206000123") << text;
    }
    for (const char* text : {"", "26 24 3420 600012", "26 24 3420 60001234", "26/24/3420/6000123", "26 24 3420 600012A"}) {
        EXPECT_EQ(canonical_pedimento(text), std::nullopt) << text;
    }
}

TEST(IdCcp, is_a_uuid_that_begins_with_ccc) {
    for (const char* id : {"CCC0a1b2-1111-2222-3333-444455556666", "CCCABCDE-FFFF-aaaa-0000-123456789abc"})
        EXPECT_TRUE(id_ccp_is_well_formed(id)) << id;
    for (const char* id : {"", "ccc0a1b2-1111-2222-3333-444455556666", "ABC0a1b2-1111-2222-3333-444455556666", "CCC0a1b2-1111-2222-3333-44445555666",
                           "CCC0a1b2-1111-2222-3333-4444555566667", "CCC0a1bg-1111-2222-3333-444455556666", "CCC0a1b211111-222-3333-444455556666"}) {
        EXPECT_FALSE(id_ccp_is_well_formed(id)) << id;
    }
}

TEST(Caat, has_four_capitals_or_digits) {
    for (const char* caat : {"3LMH", "ABCD", "0001"}) EXPECT_TRUE(caat_is_well_formed(caat)) << caat;
    for (const char* caat : {"", "3LM", "3LMHX", "3lmh", "3L-H"}) EXPECT_FALSE(caat_is_well_formed(caat)) << caat;
}

TEST(Patente, has_four_digits) {
    for (const char* patente : {"3420", "0001"}) EXPECT_TRUE(patente_is_well_formed(patente)) << patente;
    for (const char* patente : {"", "342", "34200", "34A0"}) EXPECT_FALSE(patente_is_well_formed(patente)) << patente;
}

}  // namespace
}  // namespace puente::identifiers
