// What holds of every selection, whatever the policy. The seed is printed and read from PUENTE_SEED.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>

#include "unit/selection/judged.hpp"

namespace puente::selection {
namespace {

using identifiers::Agency;

std::mt19937 seeded() {
    const char* given = std::getenv("PUENTE_SEED");
    const auto seed = given != nullptr ? static_cast<unsigned>(std::atol(given)) : std::random_device{}();
    testing::Test::RecordProperty("seed", std::to_string(seed));
    std::printf("PUENTE_SEED=%u\n", seed);
    return std::mt19937{seed};
}

constexpr const char* conditions[] = {"facts.hazmat", "facts.empty", "!facts.empty", "facts.shipmentCount > 0", "facts.inBond", "true", "false"};

class Properties : public testing::Test {
protected:
    int upto(int most) { return std::uniform_int_distribution<int>{0, most}(random_); }

    Weight weight(int number, int low, int high) {
        cel::Compiled compiled = rules::compile_condition(conditions[upto(6)], *rulebook_);
        const int points = std::uniform_int_distribution<int>{low, high}(random_);
        return {upto(1) == 0 ? Agency::cbp : Agency::sat, "w" + std::to_string(number), points, std::move(compiled.program),
                upto(1) == 0 ? Visibility::private_ : Visibility::public_};
    }
    Policy policy() {
        Policy made;
        for (AgencyPolicy& each : made.agencies) {
            each.threshold = 1 + upto(120);
            each.draw_rate = upto(3) / 3.0;
            each.floor = each.draw_rate / 4;
        }
        const int weights = upto(8);
        for (int i = 0; i < weights; ++i) made.weights.push_back(weight(i, -20, 60));
        for (int i = 0; i < 3; ++i) {
            const Need need{programmes[static_cast<std::size_t>(upto(3))], everyone[static_cast<std::size_t>(upto(3))], {}};
            made.standing.push_back({upto(1) == 0 ? Agency::cbp : Agency::sat,
                                     "s" + std::to_string(i),
                                     -upto(60),
                                     {need},
                                     upto(1) == 0 ? Visibility::private_ : Visibility::public_});
        }
        return made;
    }
    Standings standings() {
        Standings made{upto(4) != 0};
        if (!made.known()) return made;
        for (const Programme programme : programmes) {
            for (const Who who : everyone) {
                if (upto(2) == 0) made.put(programme, who, upto(3));
            }
        }
        return made;
    }
    Selection selected(const Policy& policy, const Standings& standings) const {
        return select(*judged_.manifest, judged_.facts, judged_.assessment, policy, standings, "secret of a day");
    }
    static std::vector<std::string> words(const Selection& selection, bool sorted) {
        std::vector<std::string> words;
        for (const Factor& each : selection.factors)
            words.push_back(std::string{identifiers::code(each.agency)} + each.name + each.detail + std::to_string(each.points) +
                            (each.visibility == Visibility::public_ ? "+" : "-"));
        if (sorted) std::sort(words.begin(), words.end());
        for (const Wish& wish : selection.wishes) words.push_back((wish.review ? "review" : "") + std::string{wish.inspect ? "inspect" : ""});
        return words;
    }

    std::mt19937 random_ = seeded();
    const std::shared_ptr<const rules::Rulebook> rulebook_ = rulebook_with("advise", "cbp");
    const Judged judged_ = judged_by(rulebook_);
};

TEST_F(Properties, same_inputs_same_outcome) {
    for (int i = 0; i < 500; ++i) {
        const Policy made = policy();
        const Standings parties = standings();
        EXPECT_EQ(words(selected(made, parties), false), words(selected(made, parties), false));
    }
}

TEST_F(Properties, the_order_of_weights_changes_nothing_but_the_order_of_reasons) {
    for (int i = 0; i < 500; ++i) {
        Policy made = policy();
        const Standings parties = standings();
        const Selection before = selected(made, parties);
        std::shuffle(made.weights.begin(), made.weights.end(), random_);
        std::shuffle(made.standing.begin(), made.standing.end(), random_);
        EXPECT_EQ(words(selected(made, parties), true), words(before, true));
    }
}

TEST_F(Properties, one_more_positive_weight_deselects_nobody) {
    for (int i = 0; i < 1'000; ++i) {
        Policy made = policy();
        const Standings parties = standings();
        const Selection before = selected(made, parties);
        made.weights.push_back(weight(100, 0, 60));
        const Selection after = selected(made, parties);
        for (const std::size_t agency : {0u, 1u}) {
            EXPECT_GE(after.wishes[agency].inspect, before.wishes[agency].inspect);
            EXPECT_GE(after.scores[agency], before.scores[agency]);
        }
    }
}

TEST_F(Properties, the_score_is_the_sum_of_what_is_recorded) {
    for (int i = 0; i < 1'000; ++i) {
        const Selection selection = selected(policy(), standings());
        if (!selection.anyone()) {
            EXPECT_TRUE(selection.factors.empty());
            continue;
        }
        std::array<int, 2> sum{};
        for (const Factor& each : selection.factors) sum[static_cast<std::size_t>(each.agency)] += each.name == "score" ? 0 : each.points;
        EXPECT_EQ(sum, selection.scores);
    }
}

TEST_F(Properties, nothing_private_is_in_the_public_part) {
    for (int i = 0; i < 1'000; ++i) {
        const Policy made = policy();
        for (const Factor& each : selected(made, standings()).public_part()) {
            EXPECT_EQ(each.visibility, Visibility::public_);
            for (const Weight& weight : made.weights)
                EXPECT_FALSE(weight.visibility == Visibility::private_ && each.agency == weight.agency && each.name == "risk:" + weight.name);
            for (const StandingWeight& weight : made.standing)
                EXPECT_FALSE(weight.visibility == Visibility::private_ && each.agency == weight.agency && each.name == "standing:" + weight.name);
            EXPECT_NE(each.name, "score");
            EXPECT_NE(each.name, "draw");
        }
    }
}

TEST_F(Properties, no_standing_brings_the_rate_below_its_floor) {
    for (int i = 0; i < 5'000; ++i) {
        AgencyPolicy agency;
        agency.draw_rate = (1 + upto(99)) / 100.0;
        agency.floor = upto(100) / 100.0;
        for (const Programme programme : programmes) agency.programme_rates.push_back({programme, upto(1) == 0 ? "2304" : "", upto(100) / 100.0});
        agency.ports["2304"].rate = upto(100) / 100.0;
        EXPECT_GE(agency.rate_at("2304", standings()), agency.floor);
        EXPECT_GE(agency.rate_at("2506", standings()), agency.floor);
    }
}

constexpr int trips = 100'000;

/// What 100,000 trips draw on one day.
std::vector<double> draws_of(Agency agency) {
    const std::string secret = day_secret("a master secret", "2026-03-02");
    std::vector<double> draws;
    for (int trip = 0; trip < trips; ++trip) draws.push_back(draw(secret, agency, "TSTA" + std::to_string(trip)));
    return draws;
}

auto drawn_at(const std::vector<double>& draws, double rate) {
    return std::count_if(draws.begin(), draws.end(), [rate](double each) { return each < rate; });
}

/// Five standard deviations of so many independent draws: a sound generator fails once in a million runs, and the secrets are fixed.
TEST(Sampling, takes_the_declared_share_of_many_trips) {
    for (const Agency agency : identifiers::agencies) {
        const std::vector<double> draws = draws_of(agency);
        for (const double rate : {0.005, 0.02, 0.25})
            EXPECT_NEAR(static_cast<double>(drawn_at(draws, rate)), trips * rate, 5 * std::sqrt(trips * rate * (1 - rate))) << rate;
    }
}

/// Whoever is drawn at a low rate is drawn at every higher one: a change of rate or standing is no second roll of the dice.
TEST(Sampling, of_the_trusted_never_falls_below_the_floor) {
    AgencyPolicy agency;
    agency.draw_rate = 0.05;
    agency.floor = 0.01;
    agency.programme_rates = {
        {Programme::ctpat, "", 0.0}
    };
    Standings trusted{true};
    trusted.put(Programme::ctpat, Who::carrier, 3);
    const std::vector<double> draws = draws_of(Agency::sat);
    const auto taken = drawn_at(draws, agency.rate_at("2304", trusted));
    EXPECT_NEAR(static_cast<double>(taken), 1'000, 160);
    EXPECT_GT(drawn_at(draws, agency.rate_at("2304", Standings{true})), taken);
}

}  // namespace
}  // namespace puente::selection
