#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/rules/rule_set.hpp"

namespace puente::v1 {
class Facts;
}

namespace puente::rules {

/// Gives the text of a named sample, or nothing.
using Samples = std::function<std::optional<std::string>(const std::string& name)>;

/// A sample with a patch applied: RFC 7396, and where the sample has a list, an object with digits as keys patches its items, `null` removes one
/// and "+" appends one. Errors: malformed.
Result<std::string> patched(const std::string& sample, const std::string& patch);

/// A patched sample taken apart. Beside the fields of the manifest a patch may state what the gateway is to remember, which no manifest says of
/// itself: `earlierUses` (of other trips) and `amendment` (of the version accepted first), as in `facts`.
struct Posed {
    std::string document;
    std::string memory;  ///< a JSON object of those facts, or empty
};

/// Errors: malformed.
Result<Posed> posed(const std::string& sample, const std::string& patch);

/// Adds what stands in Posed::memory to the facts. Errors: malformed, an unknown field.
Result<void> add_memory(const std::string& memory, v1::Facts& facts);

/// An example that does not behave as its rule says.
struct ExampleFault {
    const Rule* rule;
    const Example* example;
    std::string text;
};

/// Runs every rule's own examples.
std::vector<ExampleFault> run_examples(const std::shared_ptr<const Rulebook>& rulebook, const Samples& samples);

}  // namespace puente::rules
