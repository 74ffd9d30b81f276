#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "puente/identifiers/agency.hpp"
#include "puente/rules/assess.hpp"
#include "puente/selection/policy.hpp"
#include "puente/selection/standing.hpp"

namespace puente::v1 {
class Facts;
}

namespace puente::selection {

/// One reason that counted towards a selection. A private one is read by the selecting agency only.
struct Factor {
    identifiers::Agency agency;
    std::string name;    ///< finding:CBP-155, risk:hazmat, standing:ctpat3, standing:unknown, score, draw
    std::string detail;  ///< in figures: "weight 25", "0.0123 < 0.02"
    int points = 0;
    Visibility visibility = Visibility::private_;
};

/// What one agency wants to see.
struct Wish {
    bool review = false;   ///< the papers
    bool inspect = false;  ///< the load
};

/// Who looks, and why. Every contribution of both agencies is recorded as soon as one of them looks; of a load that nobody looks at, nothing is.
struct Selection {
    std::array<Wish, 2> wishes;
    std::array<int, 2> scores{};  ///< points of each agency, whether or not anyone looks
    std::vector<Factor> factors;  ///< findings, weights in their declared order, score, draw
    bool trusted = false;         ///< carrier, importer or shipper stands well in a programme
    bool anyone() const { return wishes[0].review || wishes[0].inspect || wishes[1].review || wishes[1].inspect; }
    /// What both agencies may read.
    std::vector<Factor> public_part() const;
};

/// The keyed draw: HMAC-SHA-256 of the secret of the day over the trip number, as a fraction of 1. The same trip on the same day always draws the
/// same, so that filing again does not roll the dice again; an auditor with the secret can recompute it.
double draw(std::string_view day_secret, identifiers::Agency agency, std::string_view trip_number);

/// The secret of one day, from the master secret: HMAC-SHA-256(master, day).
std::string day_secret(std::string_view master_secret, std::string_view day);

/// Decides who looks. Pure and deterministic.
Selection select(const manifest::Manifest& manifest, const v1::Facts& facts, const rules::Assessment& assessment, const Policy& policy,
                 const Standings& standings, std::string_view day_secret);

}  // namespace puente::selection
