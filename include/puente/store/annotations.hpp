#pragma once

#include <string>
#include <vector>

#include "puente/inspection/visibility.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

/// What an officer writes beside an inspection.
struct NewAnnotation {
    inspection::Visibility visibility = inspection::Visibility::agency;
    std::string text;     ///< at most 4000 bytes
    std::string officer;  ///< client id
};

struct Annotation {
    Uuid annotation_id;
    std::string agency;
    inspection::Visibility visibility = inspection::Visibility::agency;
    std::string text;
    Instant at;
    std::string by;  ///< client id; filled for officers of the same agency only
};

/// Adds one as the agency of the transaction. A shared one is told to officers by an event, a private one to nobody. Errors: not_found.
Result<Annotation> annotate(Transaction& tx, const Uuid& inspection_id, const NewAnnotation& annotation);
/// Those that the agency of the transaction may see, oldest first. An inspection that is not there has none.
Result<std::vector<Annotation>> find_annotations(Transaction& tx, const Uuid& inspection_id);

}  // namespace puente::store
