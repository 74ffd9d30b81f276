#include "puente/selection/policy.hpp"

#include <gtest/gtest.h>

#include "unit/selection/judged.hpp"

namespace puente::selection {
namespace {

const std::string rates =
    "agencies: {CBP: {threshold: 100, floor: 0.01, drawRate: 0.05}, SAT: {threshold: 100, drawRate: 0, floor: 0.01}}\n"
    "ports: [{agency: CBP, port: '2304', rate: 0.2, threshold: 70}, {agency: CBP, port: '2604', rate: 0.01}]\n"
    "programmes: [{agency: CBP, programme: CTPAT, rate: 0.02}, {agency: CBP, programme: CTPAT, port: '2304', rate: 0.03},\n"
    "  {agency: CBP, programme: IMMEX, rate: 0.04}]\n";

struct RateCase {
    const char* name;
    const char* port;
    std::vector<std::pair<Programme, Who>> standing;
    double rate;
};

class Rate : public testing::TestWithParam<RateCase> {};

TEST_P(Rate, follows_port_programme_and_floor) {
    const Policy policy = policy_of(rates, *rulebook_with("advise", "cbp"));
    Standings standings{true};
    for (const auto& [programme, who] : GetParam().standing) standings.put(programme, who, 1);
    EXPECT_DOUBLE_EQ(policy.agencies[0].rate_at(GetParam().port, standings), GetParam().rate);
    EXPECT_EQ(policy.agencies[1].rate_at(GetParam().port, standings), 0) << "a rate of 0 switches the draw off, floor and all";
}

INSTANTIATE_TEST_SUITE_P(Rates, Rate,
                         testing::Values(
                             RateCase{
                                 "the_agencys_own", "2506", {},
                                   0.05
},
                             RateCase{"the_ports", "2304", {}, 0.2}, RateCase{"a_programmes", "2506", {{Programme::ctpat, Who::importer}}, 0.02},
                             RateCase{"a_programmes_at_a_port", "2304", {{Programme::ctpat, Who::shipper}}, 0.03},
                             RateCase{
                                 "the_best_of_two_programmes", "2506", {{Programme::immex, Who::importer}, {Programme::ctpat, Who::carrier}}, 0.02},
                             RateCase{"a_programme_never_raises_it", "2604", {{Programme::immex, Who::importer}}, 0.01},
                             RateCase{"a_card_of_the_driver_alone_is_none", "2506", {{Programme::ctpat, Who::driver}}, 0.05},
                             RateCase{"a_programme_without_rate", "2506", {{Programme::oea, Who::importer}}, 0.05}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST(Policy, has_thresholds_by_port) {
    const Policy policy = policy_of(rates, *rulebook_with("advise", "cbp"));
    EXPECT_EQ(policy.agencies[0].threshold_at("2304"), 70);
    EXPECT_EQ(policy.agencies[0].threshold_at("2604"), 100);
    EXPECT_EQ(policy.agencies[1].threshold_at("2304"), 100) << "not the other agency's";
}

TEST(Policy, says_where_it_is_wrong) {
    const auto rulebook = rulebook_with("advise", "cbp");
    for (const char* bad :
         {"agencies: {XYZ: {threshold: 1, drawRate: 0}}",
          "agencies: {CBP: {threshold: 1, drawRate: 2}}",
          "agencies: {CBP: {threshold: 1, drawRate: .nan}}",
          "agencies: {CBP: {threshold: 0, drawRate: 0}}",
          "agencies: {CBP: {threshold: many, drawRate: 0}}",
          "agencies: {CBP: {threshold: 1, drawRate: 0, flor: 0}}",
          "agencies: {CBP: {threshold: 1, drawRate: 0.01, floor: 0.02}}",
          "{agencies: {CBP: {threshold: 1, drawRate: 0.02, floor: 0.02}}, programmes: [{agency: CBP, programme: CTPAT, rate: 0.01}]}",
          "{agencies: {CBP: {threshold: 1, drawRate: 0.02, floor: 0.02}}, ports: [{agency: CBP, port: '2304', rate: 0.01}]}",
          "ports: [{agency: CBP, port: '240', rate: 0.01}]",
          "ports: [{agency: CBP, port: '2304'}, {agency: CBP, port: '2304'}]",
          "programmes: [{agency: CBP, programme: NEEC, rate: 0.01}]",
          "programmes: [{agency: CBP, programme: OEA, rate: 0.01}, {agency: CBP, programme: OEA, rate: 0.02}]",
          "standing: [{agency: CBP, name: a, points: 1, needs: [{programme: OEA, of: importer}]}]",
          "standing: [{agency: CBP, name: a, points: -1, needs: []}]",
          "standing: [{agency: CBP, name: a, points: -1, needs: [{programme: OEA, of: broker}]}]",
          "standing: [{agency: CBP, name: a, points: -1, needs: [{programme: CTPAT, tier: 4, of: importer}]}]",
          "standing: [{agency: CBP, name: a, points: -1, needs: [{programme: OEA, tier: 1, of: importer}]}]",
          "weights: [{agency: CBP, name: a, points: 1}]",
          "weights: [{agency: CBP, name: a, points: 1001, condition: 'facts.empty'}]",
          "weights: [{agency: CBP, name: a, points: 1, condition: 'facts.empty', visibility: trade}]",
          "weights: [{agency: CBP, name: a, points: 1, condition: 'facts.empty'}, {agency: CBP, name: a, points: 1, condition: 'facts.food'}]",
          "weights: [{agency: CBP, name: a, points: 1, condition: 'facts.nothing'}]",
          "wieghts: []",
          "agencies: ["}) {
        const Result<Policy> policy = parse_policy(bad, *rulebook);
        ASSERT_FALSE(policy) << bad;
        EXPECT_NE(policy.error().detail().find("selection.yaml:1:"), std::string::npos) << bad << ": " << policy.error().detail();
    }
}

}  // namespace
}  // namespace puente::selection
