#pragma once

#include <string>

#include "puente/clearance/submit.hpp"
#include "puente/store/filing.hpp"

namespace puente::clearance {

// What is written of a judgement, the first time and with every amendment.

/// How often a manifest is judged at most: each time, another trip with the same identifiers has come or gone in between.
inline constexpr int judgements_max = 4;

Uuid new_id(Instant now);

/// The carrier under which a trip number is unique: its SCAC, or what its trip numbers begin with.
std::string carrier_key(const manifest::Manifest& manifest);

/// The inspection of a selection; `waits_since` is when the manifest was filed.
store::InspectionRow inspection_row(const Judgement& judgement, Instant waits_since);

/// Everything of the record but its identifiers and the selection.
void write_record(store::Filing& filing, const Judgement& judgement, const std::string& company);

}  // namespace puente::clearance
