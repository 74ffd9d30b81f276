#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "puente/identifiers/agency.hpp"
#include "puente/rules/assess.hpp"

namespace puente::v1 {
class Facts;
}

namespace puente::selection {

/// One reason that counted towards a selection; readable by the selecting agency only.
struct Factor {
    identifiers::Agency agency;
    std::string name;    ///< finding:CBP-155, risk:hazmat, draw
    std::string detail;  ///< in figures: "weight 25", "0.0123 < 0.02"
    int points = 0;
};

/// A declared, explainable weight: so many points when its condition holds.
struct Weight {
    identifiers::Agency agency;
    std::string name;
    int points;
    cel::Program condition;  ///< over `manifest` and `facts`
};

/// How one agency selects.
struct AgencyPolicy {
    int threshold = 100;       ///< points from which a load is selected for inspection
    double draw_rate = 0.0;    ///< share of loads taken at random, 0 to 1
};

/// The declared policy: rules/selection.yaml.
struct Policy {
    std::array<AgencyPolicy, 2> agencies;
    std::vector<Weight> weights;
};

/// What one agency wants to see.
struct Wish {
    bool review = false;   ///< the papers
    bool inspect = false;  ///< the load
};

/// Who looks, and why.
struct Selection {
    std::array<Wish, 2> wishes;
    std::vector<Factor> factors;
    bool anyone() const { return wishes[0].review || wishes[0].inspect || wishes[1].review || wishes[1].inspect; }
};

/// The keyed draw: HMAC-SHA-256 of the secret of the day over the trip number, as a fraction of 1. The same trip on the same day always draws the
/// same, so that filing again does not roll the dice again; an auditor with the secret can recompute it.
double draw(std::string_view day_secret, identifiers::Agency agency, std::string_view trip_number);

/// The secret of one day, from the master secret: HMAC-SHA-256(master, day).
std::string day_secret(std::string_view master_secret, std::string_view day);

/// Decides who looks. Pure and deterministic.
Selection select(const manifest::Manifest& manifest, const v1::Facts& facts, const rules::Assessment& assessment, const Policy& policy,
                 std::string_view day_secret);

/// Reads rules/selection.yaml. Errors name line and what was expected.
Result<Policy> parse_policy(const std::string& yaml, const rules::Rulebook& rulebook);

}  // namespace puente::selection
