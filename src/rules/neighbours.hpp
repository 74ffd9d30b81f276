#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "puente/codes/code_lists.hpp"
#include "puente/instant.hpp"
#include "rules/reads.hpp"

namespace puente::rules {

/// What stands around one value when others like it are thought up.
struct Neighbourhood {
    const nlohmann::json* value;                 ///< what stands there; null when nothing does
    const FieldRead& read;                       ///< what the rule holds against it
    std::vector<const nlohmann::json*> fellows;  ///< what stands in the fields compared with it
    const std::vector<nlohmann::json>& known;    ///< what stands there in other documents
    const codes::CodeLists& lists;
    LocalInstant arrival;                           ///< of the document
    std::vector<const nlohmann::json*> siblings{};  ///< what stands in the same field of the other items of its list

    /// Sum of the siblings in units of 10^-places.
    std::int64_t others(int places) const;
};

/// Other values for the place, the most telling first, each once; null removes what is there. Not all of them are in the format. Always the
/// same for the same neighbourhood.
std::vector<nlohmann::json> neighbours(const Neighbourhood& around);

/// RFC 3339 with the offset it was written with.
std::string local_text(LocalInstant at);

}  // namespace puente::rules
