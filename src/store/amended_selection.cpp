#include "store/amended_selection.hpp"

#include <algorithm>

#include "store/binary_array.hpp"
#include "store/filing_arrays.hpp"
#include "store/filing_statements.hpp"

namespace puente::store {

namespace {

constexpr Statement own_inspection{"own_inspection", "SELECT inspection_id FROM puente.inspection WHERE manifest_id = $1"};

// Arrays as in file_legs: $1 inspection, $2 manifest, $3 agency, $4 state, $5 kind.
constexpr Statement want_legs{
    "want_legs",
    R"sql(UPDATE puente.inspection_leg AS leg SET state = given.state, kind = given.kind, declined_at = NULL, decline_reason = NULL
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS given (inspection_id, manifest_id, agency, state, kind)
 WHERE leg.manifest_id = given.manifest_id AND leg.agency = given.agency AND given.state = 'PENDING' AND (leg.state, leg.kind) <> (given.state, given.kind))sql"};
// A lease that is over goes with it; one that is not, the database does not let go.
constexpr Statement withdraw_legs{"withdraw_legs",
                                  R"sql(UPDATE puente.inspection_leg AS leg SET state = given.state, kind = given.kind, lease_until = NULL
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS given (inspection_id, manifest_id, agency, state, kind)
 WHERE leg.manifest_id = given.manifest_id AND leg.agency = given.agency AND given.state = 'NONE' AND leg.state <> 'NONE')sql"};
constexpr Statement add_legs{"add_wanted_legs",
                             R"sql(INSERT INTO puente.inspection_leg (inspection_id, manifest_id, agency, state, kind)
SELECT inspection_id, manifest_id, agency, state, kind
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS given (inspection_id, manifest_id, agency, state, kind)
 WHERE NOT EXISTS (SELECT FROM puente.inspection_leg AS leg WHERE leg.manifest_id = given.manifest_id AND leg.agency = given.agency))sql"};

constexpr Statement change_inspection{"change_inspection",
                                      R"sql(UPDATE puente.inspection
   SET us_port = $2, mx_office = $3, lane = $4, trusted = $5, perishable = $6, essential = $7::text[], estimated_arrival = $8, turn_at = $9,
       selected_at_version = $10,
       is_open = EXISTS (SELECT FROM puente.inspection_leg AS leg WHERE leg.manifest_id = inspection.manifest_id AND leg.state IN ('PENDING', 'WORKING', 'HELD'))
 WHERE manifest_id = $1)sql"};

Result<void> run(Transaction& tx, const Statement& statement, const std::vector<Parameter>& parameters) {
    const Result<Rows> done = tx.run_bound(statement, parameters);
    if (!done) return done.error();
    return {};
}

Result<void> open_one(Transaction& tx, const Filing& filing) {
    const auto& legs = filing.inspection->legs;
    if (std::none_of(legs.begin(), legs.end(), [](const LegRow& leg) { return leg.state == inspection::LegState::pending; })) return {};
    if (const Result<void> opened = run(tx, file_inspections, inspection_arrays({&filing})); !opened) return opened;
    if (const Result<void> added = run(tx, file_legs, leg_arrays({&filing})); !added) return added;
    return run(tx, file_factors, factor_arrays({&filing}));
}

Result<void> place_again(Transaction& tx, const Filing& filing, std::int32_t version) {
    const InspectionRow& wanted = *filing.inspection;
    BinaryArray essential{Element::text};
    for (const std::string& each : wanted.essential) essential.add_text(each);
    const Result<Rows> placed = tx.run(change_inspection, filing.manifest_id, filing.us_port, filing.mx_office, wanted.lane, wanted.trusted,
                                       wanted.perishable, essential.parameter(), filing.estimated_arrival, wanted.turn_at, version);
    if (!placed) return placed.error();
    return {};
}

}  // namespace

Result<void> select_again(Transaction& tx, const Filing& filing, std::int32_t version) {
    const Result<Rows> there = tx.run(own_inspection, filing.manifest_id);
    if (!there) return there.error();
    if (there->empty()) return open_one(tx, filing);
    Filing again = filing;
    again.inspection->inspection_id = (*there)[0].uuid(0);
    if (const Result<void> wanted = run(tx, want_legs, leg_arrays({&again})); !wanted) return wanted;
    if (const Result<void> withdrawn = run(tx, withdraw_legs, leg_arrays({&again})); !withdrawn) return withdrawn;
    if (const Result<void> added = run(tx, add_legs, leg_arrays({&again})); !added) return added;
    if (const Result<void> placed = place_again(tx, again, version); !placed) return placed;
    return again.inspection->factors.empty() ? Result<void>{} : run(tx, file_factors, factor_arrays({&again}));
}

}  // namespace puente::store
