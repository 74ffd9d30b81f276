#include "puente/selection/select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "puente/v1/facts.pb.h"

namespace puente::selection {

namespace {

using identifiers::agencies;
using identifiers::Agency;

std::size_t index(Agency agency) {
    return static_cast<std::size_t>(agency);
}

/// Each agency counts its own ports: Schedule D, or the Mexican customs office and section.
const std::string& port_of(const manifest::Manifest& manifest, Agency agency) {
    return agency == Agency::cbp ? manifest.us_port() : manifest.mx_office();
}

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
            Factor factor{agency, "finding:" + rule.id, std::string{to_text(rule.severity)}, 0,
                          rule.agency_only ? Visibility::private_ : Visibility::public_};
            const auto same = [&factor](const Factor& each) { return each.agency == factor.agency && each.name == factor.name; };
            if (std::none_of(selection.factors.begin(), selection.factors.end(), same)) selection.factors.push_back(std::move(factor));
        }
    }
}

bool met(const StandingWeight& weight, const Standings& standings) {
    return std::all_of(weight.needs.begin(), weight.needs.end(), [&](const Need& need) {
        const std::optional<int> tier = standings.tier(need.programme, need.who);
        return tier && (!need.tier || *need.tier == *tier);
    });
}

/// The weights that count for one load. Nothing is put into words yet: most loads are looked at by nobody.
struct Counted {
    std::vector<const Weight*> risk;
    std::vector<const StandingWeight*> standing;
};

Counted heed_weights(const manifest::Manifest& manifest, const v1::Facts& facts, const rules::Assessment& assessment, const Policy& policy,
                     const Standings& standings, Selection& selection) {
    Counted counted;
    for (const Weight& weight : policy.weights) {
        if (!rules::holds(weight.condition, assessment.rulebook_pointer(), manifest, facts)) continue;
        selection.scores[index(weight.agency)] += weight.points;
        counted.risk.push_back(&weight);
    }
    for (const StandingWeight& weight : policy.standing) {
        if (!met(weight, standings)) continue;
        selection.scores[index(weight.agency)] += weight.points;
        counted.standing.push_back(&weight);
    }
    for (const Agency agency : agencies) {
        const int threshold = policy.agencies[index(agency)].threshold_at(port_of(manifest, agency));
        if (selection.scores[index(agency)] >= threshold) selection.wishes[index(agency)].inspect = true;
    }
    return counted;
}

/// What the draw said, for each agency on which it fell.
std::vector<Factor> heed_draw(const manifest::Manifest& manifest, const Policy& policy, const Standings& standings, std::string_view day_secret,
                              Selection& selection) {
    std::vector<Factor> fallen;
    for (const Agency agency : agencies) {
        const double rate = policy.agencies[index(agency)].rate_at(port_of(manifest, agency), standings);
        if (rate <= 0) continue;
        const double drawn = draw(day_secret, agency, manifest.trip_number());
        if (drawn >= rate) continue;
        selection.wishes[index(agency)].inspect = true;
        fallen.push_back({agency, "draw", fmt::format("{:.6f} < {:.6f}", drawn, rate), 0, Visibility::private_});
    }
    return fallen;
}

template <class List>
bool has_any(const List& weights, Agency agency) {
    return std::any_of(weights.begin(), weights.end(), [agency](const auto& each) { return each.agency == agency; });
}

/// Every contribution in words, whether or not it reached the threshold: the record of a load that somebody looks at.
void explain(const Counted& counted, const manifest::Manifest& manifest, const Policy& policy, const Standings& standings, Selection& selection) {
    std::vector<Factor>& factors = selection.factors;
    for (const Weight* each : counted.risk)
        factors.push_back({each->agency, "risk:" + each->name, fmt::format("weight {}", each->points), each->points, each->visibility});
    for (const StandingWeight* each : counted.standing)
        factors.push_back({each->agency, "standing:" + each->name, fmt::format("weight {}", each->points), each->points, each->visibility});
    for (const Agency agency : agencies) {
        if (has_any(policy.standing, agency) && !standings.known())
            factors.push_back({agency, "standing:unknown", "the registers are not up to date: no benefit", 0, Visibility::public_});
        if (!has_any(policy.weights, agency)) continue;
        const int score = selection.scores[index(agency)];
        const int threshold = policy.agencies[index(agency)].threshold_at(port_of(manifest, agency));
        factors.push_back({agency, "score", fmt::format("{} points, threshold {}", score, threshold), score, Visibility::private_});
    }
}

}  // namespace

Selection select(const manifest::Manifest& manifest, const v1::Facts& facts, const rules::Assessment& assessment, const Policy& policy,
                 const Standings& standings, std::string_view day_secret) {
    Selection selection;
    selection.trusted = standings.trusted();
    heed_findings(assessment, selection);
    const Counted counted = heed_weights(manifest, facts, assessment, policy, standings, selection);
    std::vector<Factor> drawn = heed_draw(manifest, policy, standings, day_secret, selection);
    if (!selection.anyone()) return selection;
    explain(counted, manifest, policy, standings, selection);
    selection.factors.insert(selection.factors.end(), drawn.begin(), drawn.end());
    return selection;
}

std::vector<Factor> Selection::public_part() const {
    std::vector<Factor> part;
    std::copy_if(factors.begin(), factors.end(), std::back_inserter(part), [](const Factor& each) { return each.visibility == Visibility::public_; });
    return part;
}

}  // namespace puente::selection
