#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "puente/manifest/manifest.hpp"
#include "puente/rules/vectors.hpp"
#include "puente/v1/facts.pb.h"
#include "rules/mutant.hpp"
#include "rules/reads.hpp"

namespace puente::rules {

/// A vector with its document as decoded.
struct VectorCase {
    Vector vector;
    std::unique_ptr<manifest::Manifest> manifest;
    v1::Facts facts;
};

/// A sample, read once.
struct ReadSample {
    std::string name;
    nlohmann::json document;
    std::unique_ptr<manifest::Manifest> manifest;
    v1::Facts facts;  ///< when received three hours before the arrival
    std::size_t bytes;
};

struct VectorMaker::Inside {
    std::shared_ptr<const Rulebook> rulebook;
    VectorLimits limits;
    std::vector<ReadSample> samples;                                                     ///< those in the format, clean ones first
    std::map<FieldPath, std::vector<nlohmann::json>> known_values;                       ///< what stands in a field in all samples, each value once
    std::map<std::string, std::map<std::string, std::string>, std::less<>> equivalents;  ///< rule -> mutant -> reason

    const ReadSample* find(const std::string& name) const;
    /// The reason why a mutant of a rule is equivalent; null when nobody said so.
    const std::string* equivalent(const std::string& rule, const std::string& mutant) const;
    /// The vectors of a rule, decoded. The mutants guide the choice: a document that tells one of them from the rule is kept.
    std::vector<VectorCase> cases(const Rule& rule, const std::vector<Mutant>& mutants) const;
};

}  // namespace puente::rules
