#pragma once

#include <utility>
#include <vector>

#include "puente/store/transaction.hpp"
#include "store/filing_arrays.hpp"

namespace puente::store {

/// Notes the identifiers of filings under their manifests and gives those that other trips used before, within the span that matters. $1 key,
/// $2 place of the filing in the batch, $3 manifest id, $4 arrival, $5 detail, $6 and $7 the span, $8 what is older matters no more. Rows are
/// locked in the order of their keys, so that two writers cannot wait for each other. Gives place, key, manifest id, arrival, detail.
extern const Statement note_uses;
/// The same without noting anything, and with trips of the same carrier and number that are still open. $1..$5 key, place, manifest id, span;
/// $6..$9 place, manifest id, carrier key and trip number.
extern const Statement find_uses;
/// Takes back what was noted: $1 key, $2 manifest id.
extern const Statement forget_uses;

std::vector<Parameter> noted_use_arrays(const FilingList& filings);
std::vector<Parameter> wanted_use_arrays(const FilingList& filings);
std::vector<Parameter> lost_use_arrays(const FilingList& filings);

/// What note_uses and find_uses answered: the place of a filing and a use of one of its identifiers.
std::vector<std::pair<std::size_t, manifest::EarlierUse>> earlier_uses(const Rows& rows);

/// The keys of a filing as one text of 16 octets each, which the record keeps.
std::string joined_keys(const Filing& filing);

}  // namespace puente::store
