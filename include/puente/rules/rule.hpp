#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "puente/cel/program.hpp"
#include "puente/rules/finding.hpp"

namespace puente::rules {

/// A text in both languages.
struct Bilingual {
    std::string en;
    std::string es;
    const std::string& in(Language language) const { return language == Language::es ? es : en; }
};

/// A text with placeholders: texts[0] hole[0] texts[1] ... Hole 0 is the offending value, hole n the rule's placeholder n - 1.
struct Template {
    std::vector<std::string> texts;
    std::vector<std::size_t> holes;
    std::string fill(const Finding& finding) const;
};

struct BilingualTemplate {
    Template en;
    Template es;
    const Template& in(Language language) const { return language == Language::es ? es : en; }
};

/// Days from which and until which (inclusive) a rule applies; absent is unbounded.
struct Effective {
    std::optional<std::chrono::sys_days> from;
    std::optional<std::chrono::sys_days> until;
    bool holds(std::chrono::sys_days day) const { return (!from || *from <= day) && (!until || day <= *until); }
    bool operator==(const Effective&) const = default;
};

/// One step of a rule's walk over the manifest: "s in manifest.shipments".
struct Loop {
    std::string variable;
    std::size_t slot;       ///< of the variable in the activation
    cel::Program list;      ///< what is walked over; may name the variables of the loops before it
};

/// One example: a merge patch over a named sample, and whether the rule must hold on it.
struct Example {
    std::string sample;
    std::string patch;     ///< JSON text, "null" for none
    std::string received;  ///< RFC 3339; empty: three hours before the arrival stated
    bool passes;
    std::size_t line;
};

/// One requirement of law, as data. See docs/rule-authors.md.
struct Rule {
    std::string id;  ///< for life: CBP-074, SAT-201, SHARED-011
    RuleSetName set;
    Bilingual title;
    BilingualTemplate message;
    BilingualTemplate fix;
    std::vector<cel::Program> placeholders;
    std::string citation;
    std::string confidence;
    Severity severity;
    bool agency_only;  ///< its findings are targeting: never shown to the sender
    Effective effective;
    std::vector<Loop> loops;
    std::optional<cel::Program> when;
    cel::Program assertion;
    std::vector<std::string> pointer;        ///< text, position, text, position ... text
    std::vector<std::size_t> pointer_loops;  ///< the loop whose position stands between two texts
    std::optional<cel::Program> value;  ///< what to show as offending value
    std::vector<Example> examples;
    std::string file;
    std::size_t line;
};

}  // namespace puente::rules
