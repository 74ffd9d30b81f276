#include "puente/store/agencies.hpp"

#include "puente/store/transaction.hpp"

namespace puente::store {

namespace {

constexpr Statement list_agencies_statement{"list_agencies",
                                            "SELECT code, country, name_en, name_es, database_role FROM puente.agency ORDER BY code"};

constexpr Statement add_agency_statement{"add_agency", "SELECT puente.add_agency($1, $2, $3, $4)"};

}  // namespace

Result<std::vector<AgencyRecord>> list_agencies(Transaction& tx) {
    const Result<Rows> rows = tx.run(list_agencies_statement);
    if (!rows) return rows.error();
    std::vector<AgencyRecord> all;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        all.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)});
    }
    return all;
}

Result<std::string> add_agency(Transaction& tx, const AgencyRecord& agency) {
    const Result<Rows> added = tx.run(add_agency_statement, agency.code, agency.country, agency.name_en, agency.name_es);
    if (!added) return added.error();
    return (*added)[0].text(0);
}

}  // namespace puente::store
