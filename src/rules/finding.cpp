#include "puente/rules/finding.hpp"

#include "puente/rules/rule.hpp"

namespace puente::rules {

std::string_view to_text(RuleSetName set) {
    switch (set) {
        case RuleSetName::shared: return "shared";
        case RuleSetName::cbp: return "cbp";
        case RuleSetName::sat: return "sat";
    }
    return "";
}

std::string_view to_text(Severity severity) {
    switch (severity) {
        case Severity::advise: return "advise";
        case Severity::review: return "review";
        case Severity::inspect: return "inspect";
        case Severity::reject: return "reject";
    }
    return "";
}

std::optional<Severity> parse_severity(std::string_view text) {
    for (const Severity each : {Severity::advise, Severity::review, Severity::inspect, Severity::reject}) {
        if (text == to_text(each)) return each;
    }
    return std::nullopt;
}

std::string Template::fill(const Finding& finding) const {
    std::string text = texts[0];
    for (std::size_t i = 0; i < holes.size(); ++i) {
        text += holes[i] == 0 ? finding.value : finding.arguments[holes[i] - 1];
        text += texts[i + 1];
    }
    return text;
}

}  // namespace puente::rules
