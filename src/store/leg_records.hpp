#pragma once

#include <vector>

#include "puente/store/records.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

/// Columns of a StatusRecord without its legs, from a `puente.manifest AS m`.
inline constexpr const char* status_columns =
    "m.manifest_id, m.trip_number, m.carrier_key, m.document_id, m.direction, m.us_port, m.mx_office, m.estimated_arrival, m.received_at, "
    "m.changed_at, "
    "m.status, m.version, m.state_no, m.company, m.arrived_at, m.crossed_at";
inline constexpr int status_column_count = 16;

/// Reads them from `row`, the first in `column`.
StatusRecord status_record(const Row& row, int column = 0);

/// Adds their legs to records: as much of them as the transaction's role may see.
Result<void> add_legs(Transaction& tx, std::vector<StatusRecord>& records);

/// The findings of a version, as far as the role may see them. Grouped by manifest, in their own order.
Result<std::vector<std::pair<Uuid, FindingRow>>> findings_of(Transaction& tx, const std::vector<StatusRecord>& records);

/// A port as the column it is looked up in: US port codes have four digits (CBP, Schedule D), Mexican customs offices three (Anexo 22, Apéndice 1).
inline const char* port_column(const std::string& port) {
    return port.size() == 4 ? "us_port" : "mx_office";
}

}  // namespace puente::store
