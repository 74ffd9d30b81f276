#pragma once

#include <memory>
#include <string>
#include <vector>

#include "puente/store/filing.hpp"
#include "store/attempt.hpp"

namespace puente::store {

using Filings = std::vector<std::shared_ptr<const Filing>>;

/// How a batch ended. Outcomes, one for each filing in order, only when it was committed.
struct BatchResult {
    Ending ending;
    std::string sqlstate;  ///< when refused
    std::vector<FilingOutcome> outcomes;
};

/// Puts the filings on record in one transaction. No two may have the same client and key. The session must be under puente_intake.
BatchResult commit_batch(Connection& connection, const Filings& filings);

/// After a COMMIT without a clean answer: which of the filings are there, and as safe as a clean COMMIT would have made them. The others are
/// `unavailable`: whether they will appear is not known.
BatchResult look_up(Connection& connection, const Filings& filings);

}  // namespace puente::store
