#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace puente::rules {

/// The three rule sets. `shared` is the format both governments agree on.
enum class RuleSetName : std::uint8_t { shared, cbp, sat };
inline constexpr std::size_t rule_set_count = 3;

std::string_view to_text(RuleSetName set);

/// What a rule that does not hold means.
enum class Severity : std::uint8_t {
    advise,   ///< on file; the broker is told
    review,   ///< on file, and that agency's officers must look at the papers
    inspect,  ///< on file, and the load is selected for physical inspection
    reject,   ///< not put on file
};

std::string_view to_text(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);

enum class Language : std::uint8_t { en, es };

struct Rule;

/// One rule that does not hold at one place. Points into the rule set, which the Assessment keeps alive.
struct Finding {
    const Rule* rule;
    std::string pointer;  ///< RFC 6901, to the field at fault
    std::string value;    ///< the offending value, shortened; empty when the field is absent
    std::vector<std::string> arguments;  ///< what the placeholders of the rule's texts stood for
};

}  // namespace puente::rules
