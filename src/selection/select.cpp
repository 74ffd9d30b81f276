#include "puente/selection/select.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "puente/v1/facts.pb.h"

namespace puente::selection {

namespace {

using identifiers::Agency;
using identifiers::agencies;

std::size_t index(Agency agency) { return static_cast<std::size_t>(agency); }

/// Findings of the shared set concern both agencies.
bool concerns(rules::RuleSetName set, Agency agency) {
    return set == rules::RuleSetName::shared || (set == rules::RuleSetName::cbp) == (agency == Agency::cbp);
}

void heed_findings(const rules::Assessment& assessment, Selection& selection) {
    for (const rules::Finding& finding : assessment.findings()) {
        const rules::Rule& rule = *finding.rule;
        if (rule.severity != rules::Severity::review && rule.severity != rules::Severity::inspect) continue;
        for (const Agency agency : agencies) {
            if (!concerns(rule.set, agency)) continue;
            Wish& wish = selection.wishes[index(agency)];
            (rule.severity == rules::Severity::inspect ? wish.inspect : wish.review) = true;
            Factor factor{agency, "finding:" + rule.id, std::string{to_text(rule.severity)}, 0};
            const auto same = [&factor](const Factor& each) { return each.agency == factor.agency && each.name == factor.name; };
            if (std::none_of(selection.factors.begin(), selection.factors.end(), same)) selection.factors.push_back(std::move(factor));
        }
    }
}

void heed_risk(const manifest::Manifest& manifest, const v1::Facts& facts, const rules::Assessment& assessment, const Policy& policy, Selection& selection) {
    std::array<int, 2> points{};
    std::vector<Factor> counted;
    for (const Weight& weight : policy.weights) {
        if (!rules::holds(weight.condition, assessment.rulebook_pointer(), manifest, facts)) continue;
        points[index(weight.agency)] += weight.points;
        counted.push_back({weight.agency, "risk:" + weight.name, fmt::format("weight {}", weight.points), weight.points});
    }
    for (Factor& factor : counted) {
        const std::size_t agency = index(factor.agency);
        if (points[agency] < policy.agencies[agency].threshold) continue;
        selection.wishes[agency].inspect = true;
        factor.detail += fmt::format(" of {} points, threshold {}", points[agency], policy.agencies[agency].threshold);
        selection.factors.push_back(std::move(factor));
    }
}

void heed_draw(const manifest::Manifest& manifest, const Policy& policy, std::string_view day_secret, Selection& selection) {
    for (const Agency agency : agencies) {
        const double rate = policy.agencies[index(agency)].draw_rate;
        if (rate <= 0) continue;
        const double drawn = draw(day_secret, agency, manifest.trip_number());
        if (drawn >= rate) continue;
        selection.wishes[index(agency)].inspect = true;
        selection.factors.push_back({agency, "draw", fmt::format("{:.6f} < {:.6f}", drawn, rate), 0});
    }
}

}  // namespace

Selection select(const manifest::Manifest& manifest, const v1::Facts& facts, const rules::Assessment& assessment, const Policy& policy, std::string_view day_secret) {
    Selection selection;
    heed_findings(assessment, selection);
    heed_risk(manifest, facts, assessment, policy, selection);
    heed_draw(manifest, policy, day_secret, selection);
    return selection;
}

}  // namespace puente::selection
