#pragma once

#include <vector>

#include "puente/store/filing.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

using FilingList = std::vector<const Filing*>;

// The filings as the arrays of one statement (filing_statements).

std::vector<Parameter> manifest_arrays(const FilingList& filings);
std::vector<Parameter> key_arrays(const FilingList& filings);
std::vector<Parameter> finding_arrays(const FilingList& filings);
std::vector<Parameter> inspection_arrays(const FilingList& filings);
std::vector<Parameter> leg_arrays(const FilingList& filings);
std::vector<Parameter> factor_arrays(const FilingList& filings);

}  // namespace puente::store
