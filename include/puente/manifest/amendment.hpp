#pragma once

#include <vector>

#include "puente/manifest/manifest.hpp"
#include "puente/manifest/uses.hpp"

namespace puente::manifest {

/// What differs between two versions of a manifest.
struct Difference {
    bool facts = true;  ///< anything but the sender's own name for the document
    bool cargo = true;  ///< the shipments
};

Difference difference(const Manifest& before, const Manifest& now);

/// What an amendment is held against: the version of the trip that was accepted first.
struct Accepted {
    std::vector<Use> uses{};  ///< its identifiers
    Instant at{};
    bool same_cargo = true;  ///< no version since has brought other shipments
};

/// Tells the rules of it: facts.amendment. `uses` are those of the amendment.
void add_amendment(const std::vector<Use>& uses, const Accepted& accepted, v1::Facts& facts);

}  // namespace puente::manifest
