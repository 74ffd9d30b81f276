#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "puente/codes/code_lists.hpp"
#include "puente/instant.hpp"

namespace puente::codes {
namespace {

std::chrono::sys_days day(std::string_view text) {
    return parse_date(text).value();
}

/// The lists that the gateway ships, read from rules/codes/.
const CodeLists& shipped() {
    static const CodeLists lists = [] {
        std::vector<std::pair<std::string, std::string>> texts;
        for (const auto& file : std::filesystem::directory_iterator{std::string{PUENTE_SOURCE_DIR} + "/rules/codes"}) {
            if (file.path().extension() != ".csv") continue;
            std::ifstream stream{file.path(), std::ios::binary};
            texts.emplace_back(list_name(file.path().filename().string()).value(), std::string{std::istreambuf_iterator<char>{stream}, {}});
        }
        return std::move(CodeLists::parse(std::move(texts))).value();
    }();
    return lists;
}

const Entry* find(std::string_view list, std::string_view code, std::string_view on = "2026-03-02") {
    const CodeList* const found = shipped().find(list);
    return found == nullptr ? nullptr : found->find(code, day(on));
}

std::string_view cell(std::string_view list, std::string_view code, std::string_view column, std::string_view on = "2026-03-02") {
    const Entry* const entry = find(list, code, on);
    const auto index = shipped().find(list)->column_index(column);
    return entry == nullptr || !index ? "(none)" : entry->column(*index);
}

struct Known {
    const char* list;
    std::size_t size;
    std::array<const char*, 3> codes;
    const char* stranger;
};

constexpr Known known_lists[] = {
    {"aduanas",              50,    {"24", "40", "85"},                                              "99"               },
    {"conveyanceKinds",      5,     {"tractor", "bobtail", "locomotive"},                            "bicycle"          },
    {"countries",            249,   {"MX", "US", "CA"},                                              "ZZ"               },
    {"crossings",            32,    {"2304-240", "2304-800", "2506-400"},                            "2304-400"         },
    {"currencies",           185,   {"MXN", "USD", "EUR"},                                           "XTS"              },
    {"equipmentKinds",       5,     {"trailer", "container", "railcar"},                             "box"              },
    {"essentialGoods",       38,    {"07", "30", "9018"},                                            "87"               },
    {"exportExemptions",     36,    {"30.36", "30.37(a)", "30.40(c)"},                               "30.35"            },
    {"fastPorts",            14,    {"2304", "2506", "2604"},                                        "2406"             },
    {"fees",                 19,    {"processing", "cbpTruck", "aphisTruck"},                        "parking"          },
    {"foodHeadings",         28,    {"07", "1604", "2202"},                                          "02"               },
    {"hazardClasses",        56,    {"3", "2.1", "1.4S"},                                            "10"               },
    {"hazardousRgce315",     26,    {"28011001", "3601", "2844"},                                    "01012101"         },
    {"hsChapters",           98,    {"01", "97", "99"},                                              "77"               },
    {"hsSubheadings",        5612,  {"010121", "870323", "970510"},                                  "999999"           },
    {"inBondTypes",          4,     {"61", "62", "63"},                                              "64"               },
    {"incoterms",            12,    {"EXW", "DAP", "FOB"},                                           "DDU"              },
    {"leadTimes",            13,    {"truckNorthbound", "foodRail", "mxExplosives"},                 "ship"             },
    {"licenseCodes",         24,    {"C33", "C30", "S05"},                                           "Q99"              },
    {"materialTypes",        5,     {"raw", "finished", "other"},                                    "01"               },
    {"mxDocumentTypes",      20,    {"01", "19", "20"},                                              "21"               },
    {"mxOfficeHours",        94,    {"230-export-saturday", "240-import-sunday", "071-import-week"}, "071-import-sunday"},
    {"mxOffices",            31,    {"240", "800", "020"},                                           "241"              },
    {"mxPermitTriggers",     150,   {"senasica-0702", "nom-8517", "energy-2710"},                    "senasica-84"      },
    {"mxRegimes",            10,    {"IMD", "ITE", "TRA"},                                           "IMP"              },
    {"mxStates",             32,    {"NLE", "TAM", "CMX"},                                           "DIF"              },
    {"mxZones",              9,     {"1", "7", "9"},                                                 "4"                },
    {"packageTypes",         372,   {"PX", "CT", "4G"},                                              "XPX"              },
    {"partyRoles",           13,    {"consignor", "usBroker", "mxBroker"},                           "broker"           },
    {"pedimentoIdentifiers", 44,    {"IM", "TL", "OC"},                                              "QZ"               },
    {"pedimentoKeys",        77,    {"A1", "IN", "RT"},                                              "Z9"               },
    {"perishables",          20,    {"07", "0301", "3002"},                                          "87"               },
    {"pgaTriggers",          113,   {"fsis-02", "tsca-28", "steel-7210"},                            "fsis-01"          },
    {"prohibitedFractions",  51,    {"03019901", "85434001", "97051001"},                            "01012101"         },
    {"satConfigurations",    34,    {"C2", "T3S2", "T3S2R4"},                                        "T9S9"             },
    {"satExportSectors",     15,    {"72", "2601", "7601"},                                          "01"               },
    {"satHealthSectors",     5,     {"01", "03", "05"},                                              "06"               },
    {"satPackaging",         59,    {"1A1", "4G", "Z01"},                                            "9Z9"              },
    {"satRailCars",          11,    {"TC01", "TC05", "TC11"},                                        "TC12"             },
    {"satRailServices",      4,     {"TS01", "TS02", "TS04"},                                        "TS05"             },
    {"satRailTraffics",      4,     {"TT01", "TT02", "TT04"},                                        "TT05"             },
    {"satSectors",           33,    {"61", "6401", "2710"},                                          "87"               },
    {"satTrailers",          31,    {"CTR006", "CTR010", "CTR032"},                                  "CTR030"           },
    {"sealGrades",           3,     {"highSecurity", "security", "indicative"},                      "low"              },
    {"sictPermits",          26,    {"TPAF01", "TPAF08", "TPXX00"},                                  "TPAF21"           },
    {"specialTariffs",       13,    {"99030301", "99030302", "99030311"},                            "99038101"         },
    {"spiCodes",             26,    {"S", "S+", "KR"},                                               "ZZ"               },
    {"tariffFractions",      11519, {"8477100100", "2710129905", "0702000304"},                      "9999999999"       },
    {"thresholds",           18,    {"informalEntryUsd", "aesLowValueUsd", "mxInvoiceUsd"},          "speedKmh"         },
    {"travelDocuments",      8,     {"passport", "laserVisa", "fast"},                               "licence"          },
    {"unNumbers",            2337,  {"1203", "0004", "3082"},                                        "9999"             },
    {"units",                179,   {"KGM", "H87", "LTR"},                                           "XPX"              },
    {"usEntryTypes",         23,    {"01", "11", "62"},                                              "99"               },
    {"usPorts",              27,    {"2304", "2506", "2604"},                                        "2407"             },
    {"usReleases",           14,    {"paps", "inBond", "export"},                                    "PAPS"             },
    {"usStates",             57,    {"TX", "CA", "DC"},                                              "ON"               },
    {"woodPackages",         8,     {"PX", "CR", "8A"},                                              "CT"               },
};

TEST(ShippedLists, are_exactly_these) {
    std::vector<std::string> names;
    for (const CodeList& list : shipped()) names.push_back(list.name());
    std::vector<std::string> expected;
    for (const Known& known : known_lists) expected.emplace_back(known.list);
    EXPECT_EQ(names, expected);
}

TEST(ShippedLists, hold_the_codes_they_should) {
    for (const Known& known : known_lists) {
        const CodeList* const list = shipped().find(known.list);
        ASSERT_NE(list, nullptr) << known.list;
        EXPECT_EQ(list->size(), known.size) << known.list;
        for (const char* code : known.codes) EXPECT_TRUE(list->contains(code, day("2026-03-02"))) << known.list << ' ' << code;
        EXPECT_EQ(list->find_ever(known.stranger), nullptr) << known.list << ' ' << known.stranger;
    }
}

TEST(ShippedLists, cite_their_source) {
    for (const CodeList& list : shipped()) EXPECT_TRUE(list.source().starts_with("Source: ")) << list.name();
}

/// Three long lists go without texts and say so in their comments.
TEST(ShippedLists, say_what_every_code_means_in_both_languages) {
    for (const CodeList& list : shipped()) {
        const bool without_texts = list.name() == "hsSubheadings" || list.name() == "tariffFractions" || list.name() == "unNumbers";
        EXPECT_EQ(list.source().find("en and es are left empty") != std::string::npos, without_texts) << list.name();
        for (const Entry& entry : list) {
            EXPECT_EQ(entry.en().empty(), without_texts) << list.name() << ' ' << entry.code();
            EXPECT_EQ(entry.es().empty(), without_texts) << list.name() << ' ' << entry.code();
        }
    }
}

struct WindowCase {
    const char* list;
    const char* code;
    const char* on;
    bool in_force;
};

TEST(ShippedLists, follow_the_calendar) {
    constexpr WindowCase cases[] = {
        {"usReleases",   "section321", "2025-08-27", true },
        {"usReleases",   "section321", "2025-08-28", true },
        {"usReleases",   "section321", "2025-08-29", false},
        {"usReleases",   "brass",      "2022-03-06", true },
        {"usReleases",   "brass",      "2022-03-07", true },
        {"usReleases",   "brass",      "2022-03-08", false},
        {"usEntryTypes", "86",         "2019-09-27", false},
        {"usEntryTypes", "86",         "2019-09-28", true },
        {"usEntryTypes", "86",         "2025-08-28", true },
        {"usEntryTypes", "86",         "2025-08-29", false},
        {"incoterms",    "DPU",        "2019-12-31", false},
        {"incoterms",    "DPU",        "2020-01-01", true },
        {"incoterms",    "DAT",        "2019-12-31", true },
        {"incoterms",    "DAT",        "2020-01-01", false},
        {"sictPermits",  "TPAF08",     "2024-07-16", false},
        {"sictPermits",  "TPAF08",     "2024-07-17", true },
        {"currencies",   "VEF",        "2018-08-19", true },
        {"currencies",   "VEF",        "2018-08-20", false},
        {"aduanas",      "85",         "2023-01-12", false},
        {"aduanas",      "85",         "2023-01-13", true },
    };
    for (const WindowCase& it : cases) EXPECT_EQ(find(it.list, it.code, it.on) != nullptr, it.in_force) << it.list << ' ' << it.code << ' ' << it.on;
}

TEST(ShippedLists, know_when_tornillo_takes_trucks) {
    EXPECT_EQ(cell("usPorts", "2404", "commercial", "2023-08-06"), "no");
    EXPECT_EQ(cell("usPorts", "2404", "commercial", "2023-08-07"), "yes");
}

struct CellCase {
    const char* list;
    const char* code;
    const char* column;
    const char* value;
};

TEST(ShippedLists, have_these_columns) {
    constexpr CellCase cases[] = {
        {"usPorts",             "2304",         "state",          "TX"                },
        {"usPorts",             "2303",         "rail",           "yes"               },
        {"usPorts",             "2502",         "commercial",     "no"                },
        {"usPorts",             "2604",         "kind",           "land"              },
        {"mxOffices",           "240",          "tz",             "America/Matamoros" },
        {"mxOffices",           "230",          "tz",             "America/Hermosillo"},
        {"mxOffices",           "306",          "export",         "no"                },
        {"mxOffices",           "172",          "road",           "no"                },
        {"aduanas",             "24",           "northernBorder", "yes"               },
        {"aduanas",             "43",           "northernBorder", "no"                },
        {"crossings",           "2304-240",     "usPort",         "2304"              },
        {"crossings",           "2304-240",     "mxOffice",       "240"               },
        {"mxRegimes",           "IMD",          "direction",      "in"                },
        {"mxRegimes",           "ETE",          "direction",      "out"               },
        {"mxRegimes",           "TRA",          "direction",      "both"              },
        {"pedimentoKeys",       "A1",           "regimes",        "IMD EXD"           },
        {"pedimentoKeys",       "RT",           "border",         "NB"                },
        {"pedimentoKeys",       "V1",           "border",         "none"              },
        {"satConfigurations",   "T3S2",         "axles",          "5"                 },
        {"satConfigurations",   "T3S2",         "tyres",          "18"                },
        {"satConfigurations",   "VL",           "trailer",        "optional"          },
        {"materialTypes",       "raw",          "sat",            "01"                },
        {"units",               "KGM",          "anexo22",        "01"                },
        {"units",               "DZN",          "abi",            "DOZ"               },
        {"units",               "LBR",          "dimension",      "mass"              },
        {"countries",           "MX",           "alpha3",         "MEX"               },
        {"currencies",          "JPY",          "decimals",       "0"                 },
        {"unNumbers",           "1203",         "classes",        "3"                 },
        {"unNumbers",           "0004",         "classes",        "1.1D"              },
        {"essentialGoods",      "9018",         "class",          "medical"           },
        {"essentialGoods",      "07",           "class",          "agribusiness"      },
        {"perishables",         "0301",         "why",            "live"              },
        {"prohibitedFractions", "03028901",     "import",         "no"                },
        {"prohibitedFractions", "85434001",     "import",         "yes"               },
        {"incoterms",           "FOB",          "mode",           "sea"               },
        {"conveyanceKinds",     "locomotive",   "mode",           "rail"              },
        {"sealGrades",          "highSecurity", "iso",            "H"                 },
        {"sictPermits",         "TPAF01",       "modes",          "road"              },
    };
    for (const CellCase& it : cases) EXPECT_EQ(cell(it.list, it.code, it.column), it.value) << it.list << ' ' << it.code << ' ' << it.column;
}

/// Lists that point into one another agree.
TEST(ShippedLists, agree_with_one_another) {
    for (const Entry& crossing : *shipped().find("crossings")) {
        const std::string code{crossing.code()};
        EXPECT_NE(find("usPorts", code.substr(0, 4)), nullptr) << code;
        EXPECT_NE(find("mxOffices", code.substr(5)), nullptr) << code;
    }
    for (const Entry& office : *shipped().find("mxOffices")) {
        EXPECT_NE(find("aduanas", office.code().substr(0, 2)), nullptr) << office.code();
        const bool crossed = std::any_of(shipped().find("crossings")->begin(), shipped().find("crossings")->end(),
                                         [&](const Entry& crossing) { return crossing.code().substr(5) == office.code(); });
        EXPECT_TRUE(crossed || office.code() == "501") << office.code();
    }
    for (const Entry& subheading : *shipped().find("hsSubheadings"))
        EXPECT_NE(find("hsChapters", subheading.code().substr(0, 2)), nullptr) << subheading.code();
    for (const Entry& substance : *shipped().find("unNumbers")) {
        const std::string_view classes = substance.column(5);
        EXPECT_TRUE(classes.empty() || find("hazardClasses", classes) != nullptr) << substance.code();
    }
}

TEST(ShippedLists, give_prefixes_of_two_or_four_digits) {
    for (const char* name : {"perishables", "essentialGoods", "foodHeadings"}) {
        for (const Entry& entry : *shipped().find(name)) {
            EXPECT_TRUE(entry.code().size() == 2 || entry.code().size() == 4) << name << ' ' << entry.code();
            EXPECT_NE(find("hsChapters", entry.code().substr(0, 2)), nullptr) << name << ' ' << entry.code();
        }
    }
}

}  // namespace
}  // namespace puente::codes
