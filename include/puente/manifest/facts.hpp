#pragma once

#include <memory>

#include "puente/instant.hpp"

namespace puente::codes {
class CodeLists;
}
namespace puente::v1 {
class Facts;
class Manifest;
}  // namespace puente::v1

namespace puente::manifest {

class Manifest;

/// Works out the derived facts of a manifest (proto/puente/v1/facts.proto), once, before any rule looks. Pure. Lists used: perishables,
/// essentialGoods, foodHeadings; by the day of arrival. What the gateway alone remembers (earlierUses, amendment) is added by others.
void derive_facts(const Manifest& manifest, Instant received_at, const codes::CodeLists& lists, v1::Facts& facts);

}  // namespace puente::manifest
