#pragma once

#include "puente/store/transaction.hpp"

namespace puente::store {

// The statements of a batch of filings. Each takes arrays of any length, one element for each row.

/// Key, record, version and event of every filing in one statement. $1..$7 one element per filing (client id, key, fingerprint, status, body,
/// headers, manifest id or null), $8..$25 per filing that goes on file, with its manifest id in $8. Gives client id, key and whether the manifest
/// is on file, for each key that was free.
extern const Statement file_manifests;

/// The remembered answers of $1 client ids, $2 keys: client id, key, fingerprint, status, body, headers, manifest id.
extern const Statement find_answers;
/// Forgets $1 client ids, $2 keys: their manifests did not go on file.
extern const Statement forget_keys;
/// Makes the COMMIT wait for the standby although nothing else is written, so that an answer found is as durable as one given.
extern const Statement wait_for_standby;

extern const Statement file_findings;
extern const Statement file_inspections;
extern const Statement file_legs;
extern const Statement file_factors;

}  // namespace puente::store
