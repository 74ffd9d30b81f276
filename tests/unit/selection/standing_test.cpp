#include "puente/selection/standing.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/selection/judged.hpp"

namespace puente::selection {
namespace {

using nlohmann::json;

struct IdCase {
    IdKind kind;
    const char* text;
    const char* canonical;  ///< empty: refused
};
constexpr IdCase id_cases[] = {
    {IdKind::rfc,  " eku9003173c9 ", "EKU9003173C9"  },
    {IdKind::rfc,  "XAXX010101000",  ""              },
    {IdKind::rfc,  "EKU90",          ""              },
    {IdKind::irs,  "26-1647511",     "26-164751100"  },
    {IdKind::irs,  "261647511",      "26-164751100"  },
    {IdKind::irs,  "261501-00001",   "261501-00001"  },
    {IdKind::irs,  "123-45-6789",    ""              },
    {IdKind::scac, "tsta",           "TSTA"          },
    {IdKind::scac, "TST4",           ""              },
    {IdKind::caat, "9pr1",           "9PR1"          },
    {IdKind::caat, "",               ""              },
    {IdKind::fast, "42701234567801", "42701234567801"},
    {IdKind::fast, "42701234567803", ""              },
};

TEST(CanonicalId, is_the_form_in_which_registers_are_searched) {
    for (const IdCase& each : id_cases) {
        const Result<std::string> id = canonical_id(each.kind, each.text);
        EXPECT_EQ(id ? *id : "", each.canonical) << each.text;
    }
}

/// An empty registry with this one standing.
Registry registry_with(Programme programme, IdKind kind, const char* id, Grant grant) {
    Registry registry;
    Roll roll;
    roll.add(kind, *canonical_id(kind, id), grant);
    registry.rolls[static_cast<std::size_t>(programme)] = std::make_shared<const Roll>(std::move(roll));
    return registry;
}

const Grant tier_two{2, std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}, {}};

/// A sample on its way north, with what the case changes.
std::unique_ptr<manifest::Manifest> changed(const std::function<void(json&)>& change) {
    std::ifstream in{PUENTE_SOURCE_DIR "/tests/samples/hazmat-northbound.json"};
    json document = json::parse(in);
    change(document);
    return manifest::decode_json(document.dump()).manifest;
}

std::optional<int> tier_with(const json& crew_and_parties, Programme programme, IdKind kind, const char* id, Who who) {
    const auto manifest = changed([&](json& document) {
        if (crew_and_parties.contains("crew")) document["trip"]["crew"] = crew_and_parties["crew"];
        if (!crew_and_parties.contains("importers")) return;
        const json shipment = document["shipments"][0];
        document["shipments"] = json::array();
        for (const json& ein : crew_and_parties["importers"]) {
            json next = shipment;
            json importer = shipment["parties"][0];
            importer["role"] = "importer";
            importer["ids"] = {
                {"ein", ein}
            };
            next["parties"].push_back(importer);
            document["shipments"].push_back(next);
        }
    });
    if (!manifest) {
        ADD_FAILURE() << "the changed sample is not in the format";
        return std::nullopt;
    }
    return standings_of(*manifest, registry_with(programme, kind, id, tier_two)).tier(programme, who);
}

TEST(Standing, of_the_carrier_is_found_by_any_of_its_identifiers) {
    EXPECT_EQ(tier_with({}, Programme::ctpat, IdKind::scac, "TSTA", Who::carrier), 2);
    EXPECT_EQ(tier_with({}, Programme::ctpat, IdKind::scac, "TSTB", Who::carrier), std::nullopt);
    EXPECT_EQ(tier_with({}, Programme::oea, IdKind::caat, "9PR1", Who::carrier), 2);
    EXPECT_EQ(tier_with({}, Programme::ctpat, IdKind::caat, "9PR1", Who::carrier), std::nullopt) << "C-TPAT does not name carriers so";
}

TEST(Standing, of_the_importer_is_that_of_every_shipment) {
    EXPECT_EQ(tier_with(
                  {
                      {"importers", {"26-1647511"}}
    },
                  Programme::ctpat, IdKind::irs, "26-1647511", Who::importer),
              2);
    EXPECT_EQ(tier_with(
                  {
                      {"importers", {"26-1647511", "261647511"}}
    },
                  Programme::ctpat, IdKind::irs, "26-1647511", Who::importer),
              2);
    EXPECT_EQ(tier_with(
                  {
                      {"importers", {"26-1647511", "26-1647512"}}
    },
                  Programme::ctpat, IdKind::irs, "26-1647511", Who::importer),
              std::nullopt)
        << "a stranger's goods on board";
    EXPECT_EQ(tier_with(
                  {
                      {"importers", json::array()}
    },
                  Programme::ctpat, IdKind::irs, "26-1647511", Who::importer),
              std::nullopt)
        << "nothing on board";
}

TEST(Standing, of_drivers_is_that_of_all_of_them) {
    const auto member = [](const char* role, const char* card) {
        json person{
            {"role",       role    },
            {"familyName", "Prueba"},
            {"givenName",  "Luz"   }
        };
        if (*card != 0) person["fastId"] = card;
        return person;
    };
    const json holder = member("driver", "42701234567801");
    const auto tier = [](const json& crew) {
        return tier_with(
            {
                {"crew", crew}
        },
            Programme::fast, IdKind::fast, "42701234567801", Who::driver);
    };
    EXPECT_EQ(tier(json::array({holder})), 2);
    EXPECT_EQ(tier(json::array({holder, member("passenger", "")})), 2);
    EXPECT_EQ(tier(json::array({holder, member("coDriver", "")})), std::nullopt);
    EXPECT_EQ(tier(json::array({holder, member("coDriver", "42709999999901")})), std::nullopt);
    EXPECT_EQ(tier(json::array()), std::nullopt);
}

TEST(Standing, counts_on_the_day_of_arrival) {
    const Judged judged = judged_by(rulebook_with("advise", "cbp"));
    const std::chrono::sys_days day = judged.manifest->arrival_day();
    const std::chrono::days one{1};
    const auto stands = [&](std::chrono::sys_days from, std::optional<std::chrono::sys_days> until) {
        return standings_of(*judged.manifest, registry_with(Programme::ctpat, IdKind::scac, "TSTA", {0, from, until})).trusted();
    };
    EXPECT_TRUE(stands(day, day));
    EXPECT_TRUE(stands(day - one, {}));
    EXPECT_FALSE(stands(day + one, {}));
    EXPECT_FALSE(stands(day - one, day - one));
}

TEST(Standing, is_unknown_without_registers_and_known_with_empty_ones) {
    const Judged judged = judged_by(rulebook_with("advise", "cbp"));
    EXPECT_FALSE(Standings{}.known());
    EXPECT_FALSE(Standings{}.trusted());
    EXPECT_TRUE(standings_of(*judged.manifest, Registry{}).known());
    EXPECT_FALSE(standings_of(*judged.manifest, Registry{}).trusted());
}

TEST(Standing, of_a_driver_alone_makes_no_trusted_load) {
    Standings standings{true};
    standings.put(Programme::fast, Who::driver, 0);
    EXPECT_FALSE(standings.trusted());
    standings.put(Programme::fast, Who::carrier, 0);
    EXPECT_TRUE(standings.trusted());
}

}  // namespace
}  // namespace puente::selection
