#pragma once

#include <string>
#include <vector>

#include "puente/result.hpp"

namespace puente::store {

class Transaction;

/// An agency whose officers take part in inspections.
struct AgencyRecord {
    std::string code;
    std::string country;  ///< US or MX
    std::string name_en;
    std::string name_es;
    std::string database_role;  ///< under which its officers' transactions run
};

/// In the order of their codes.
Result<std::vector<AgencyRecord>> list_agencies(Transaction& tx);
/// Adds one and the database role of its officers; gives the role. For the owner of the schema, which must have CREATEROLE. Errors: conflict (it is
/// there, its code or country is none); forbidden.
Result<std::string> add_agency(Transaction& tx, const AgencyRecord& agency);

}  // namespace puente::store
