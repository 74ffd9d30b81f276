#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "puente/manifest/manifest.hpp"
#include "puente/uuid.hpp"

namespace puente::manifest {

/// What an identifier is, and how far around a trip's arrival an earlier use of it matters.
struct UseKind {
    std::string_view name;  ///< facts.earlierUses[].kind
    std::chrono::minutes span;
};

/// An identifier that a manifest uses and that other trips may have used before.
struct Use {
    const UseKind* kind;
    std::string value;   ///< as the manifest writes it
    std::string detail;  ///< what it is used with (EarlierUse.detail)
    Uuid key;            ///< the first half of SHA-256 over kind and value, capital letters and digits only: what the record of uses keeps
};

/// The identifiers of a manifest, each once, in the order in which they stand there.
std::vector<Use> identifier_uses(const Manifest& manifest);

/// A use by another trip.
struct EarlierUse {
    Uuid key;  ///< all zero: the trip number itself, by a trip of the same carrier that is still open
    Uuid manifest_id;
    Instant arrival;
    std::string detail;
    friend auto operator<=>(const EarlierUse&, const EarlierUse&) = default;
};

/// Tells the rules of them: facts.earlierUses.
void add_earlier_uses(const Manifest& manifest, const std::vector<Use>& uses, const std::vector<EarlierUse>& earlier, v1::Facts& facts);

}  // namespace puente::manifest
