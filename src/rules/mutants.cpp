#include "puente/rules/mutants.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "rules/vector_cases.hpp"

namespace puente::rules {

std::size_t MutationReport::count(Fate fate) const {
    return static_cast<std::size_t>(std::count_if(mutants.begin(), mutants.end(), [fate](const MutantFate& each) { return each.fate == fate; }));
}

std::size_t MutationReport::passing() const {
    return static_cast<std::size_t>(std::count_if(vectors.begin(), vectors.end(), [](const Vector& each) { return each.passes; }));
}

MutationReport check_mutants(const Rule& rule, const VectorMaker& maker) {
    const VectorMaker::Inside& house = maker.inside();
    const std::vector<Mutant> mutants = mutants_of(rule, *house.rulebook);
    std::vector<VectorCase> cases = house.cases(rule, mutants);
    // Small documents are asked first: most mutants fall to one of them.
    std::vector<const VectorCase*> order;
    for (const VectorCase& each : cases) order.push_back(&each);
    std::stable_sort(order.begin(), order.end(), [](const VectorCase* left, const VectorCase* right) {
        return left->manifest->bytes().size() < right->manifest->bytes().size();
    });
    MutationReport report;
    std::set<std::string> still_equivalent;
    for (const Mutant& mutant : mutants) {
        const bool killed = std::any_of(order.begin(), order.end(), [&](const VectorCase* each) {
            return passes(mutant.of(rule), house.rulebook, *each->manifest, each->facts) != each->vector.passes;
        });
        const std::string* const reason = killed ? nullptr : house.equivalent(rule.id, mutant.name);
        if (reason != nullptr) still_equivalent.insert(mutant.name);
        report.mutants.push_back({mutant.name, mutant.coarse,
                                  killed              ? Fate::killed
                                  : reason != nullptr ? Fate::equivalent
                                                      : Fate::survived,
                                  reason != nullptr ? *reason : ""});
    }
    if (const auto known = house.equivalents.find(rule.id); known != house.equivalents.end()) {
        for (const auto& [name, reason] : known->second) {
            if (!still_equivalent.contains(name)) report.stale.push_back(name);
        }
    }
    for (VectorCase& each : cases) report.vectors.push_back(std::move(each.vector));
    return report;
}

}  // namespace puente::rules
