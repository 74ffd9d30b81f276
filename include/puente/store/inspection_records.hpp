#pragma once

#include <optional>
#include <string>
#include <vector>

#include "puente/store/annotations.hpp"
#include "puente/store/attachments.hpp"
#include "puente/store/records.hpp"

namespace puente::store {

/// When and where a load is looked at.
struct BookedSlot {
    std::string port;
    std::string bay;
    Instant starts_at;
    Instant ends_at;
    std::string agencies;  ///< JSON array of their codes
};

/// One inspection as an officer sees it: what all agencies share, and the private matter of the officer's own.
struct InspectionRecord {
    Uuid inspection_id;
    StatusRecord manifest;  ///< with its legs
    bool is_open = false;
    bool perishable = false;
    std::string essential;  ///< JSON array
    Instant opened_at;
    std::optional<BookedSlot> slot;
    std::vector<FindingRow> findings;
    std::string factors;  ///< JSON array of those that the agency may see
    std::vector<Annotation> annotations;
    std::vector<Attachment> attachments;
};

/// Errors: not_found.
Result<InspectionRecord> find_inspection(Transaction& tx, const Uuid& inspection_id);

}  // namespace puente::store
