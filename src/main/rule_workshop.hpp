#pragma once

#include <string>

namespace puente::main {

/// What the person asked of the workshop of rules.
struct WorkshopWishes {
    std::string folder;
    std::string samples;
    std::string rule;  ///< only this one; empty: every rule
    std::string out;   ///< file to write to; empty: standard output
    std::string file;  ///< manifest to explain a rule on
    std::string received;
    bool json = false;
    bool all = false;  ///< also list what is in order
};

/// `puente rules vectors`: writes the vectors of the rules, one JSON object a line. 1 when a rule has too few or only one kind.
int write_vectors(const WorkshopWishes& wishes);

/// `puente rules mutants`: lists the mutants that no vector kills. 1 when a coarse one survives.
int list_mutants(const WorkshopWishes& wishes);

/// `puente rules explain`: how a rule came to its verdict on a file. 1 when it does not hold somewhere.
int explain_rule(const WorkshopWishes& wishes);

}  // namespace puente::main
