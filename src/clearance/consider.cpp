// Judgements that nothing follows from: under the rules of another day, and with every step explained.
#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <utility>

#include "puente/clearance/rule_desk.hpp"
#include "puente/clearance/submit.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::clearance {

namespace {

constexpr std::size_t explained_max = 200;
constexpr std::size_t places_max = 2'000;

using Places = std::vector<rules::Explanation>;

/// The places of a rule, gone through once however many findings it has.
class ExplainedRules {
public:
    ExplainedRules(const Judgement& judgement, const v1::Facts& facts, std::chrono::sys_days day) : judgement_{judgement}, facts_{facts}, day_{day} {}

    const rules::Explanation* find(const rules::Finding& finding) {
        auto known = places_.find(finding.rule);
        if (known == places_.end()) known = places_.emplace(finding.rule, places_of(*finding.rule)).first;
        const Places& places = known->second;
        const auto place = std::find_if(places.begin(), places.end(),
                                        [&](const rules::Explanation& each) { return !each.holds && each.pointer == finding.pointer; });
        return place == places.end() ? nullptr : &*place;
    }

private:
    Places places_of(const rules::Rule& rule) const {
        return rules::explain_as_of(rule, judgement_.rules->rulebook, judgement_.manifest, facts_, day_, places_max);
    }

    const Judgement& judgement_;
    const v1::Facts& facts_;
    std::chrono::sys_days day_;
    std::map<const rules::Rule*, Places> places_;
};

}  // namespace

Judgement judge_as_of(const manifest::Manifest& manifest, const Memory& memory, std::shared_ptr<const RulesSnapshot> rules, std::chrono::sys_days day,
                      Instant received_at) {
    v1::Facts facts;
    manifest::derive_facts(manifest, received_at, *rules->rulebook->lists, facts);
    manifest::add_earlier_uses(manifest, memory.uses, memory.earlier, facts);
    rules::Assessment assessment = rules::assess_as_of(manifest, facts, rules->rulebook, day);
    return {manifest, memory, std::move(assessment), {}, {}, {}, std::move(rules), received_at, {}, false, {}};
}

boost::asio::awaitable<Result<std::vector<ExplainedFinding>>> explain_findings(const Judgement& judgement, std::chrono::sys_days day,
                                                                               Clearance& clearance) {
    using Explained = std::vector<ExplainedFinding>;
    const std::function<Result<Explained>()> work = [&judgement, day]() -> Result<Explained> {
        v1::Facts facts;
        manifest::derive_facts(judgement.manifest, judgement.received_at, *judgement.rules->rulebook->lists, facts);
        manifest::add_earlier_uses(judgement.manifest, judgement.memory.uses, judgement.memory.earlier, facts);
        ExplainedRules rules{judgement, facts, day};
        Explained explained;
        for (const rules::Finding& finding : judgement.assessment.findings()) {
            if (finding.rule->agency_only || explained.size() >= explained_max) continue;
            if (const rules::Explanation* place = rules.find(finding)) explained.push_back({finding.rule, *place});
        }
        return explained;
    };
    co_return co_await clearance.rule_desk.work<Explained>(work);
}

}  // namespace puente::clearance
