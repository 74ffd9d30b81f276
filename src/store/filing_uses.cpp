#include "store/filing_uses.hpp"

#include <algorithm>
#include <array>

#include "store/binary_array.hpp"

namespace puente::store {

namespace {

using E = Element;

}  // namespace

// A row keeps the first use and the last thirty that still matter. Of two trips in one batch the later sees the earlier.
const Statement note_uses{"note_uses",
                          R"sql(WITH given AS MATERIALIZED (
    SELECT key, place, manifest_id, arrival, detail, hit_from, hit_to, keep_from
      FROM unnest($1::uuid[], $2::int4[], $3::uuid[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])
           AS given (key, place, manifest_id, arrival, detail, hit_from, hit_to, keep_from)
), noted AS (
    INSERT INTO puente.identifier_use AS kept (key, keep_from, uses)
    SELECT key, max(keep_from), array_agg(ROW(manifest_id, arrival, detail)::puente.trip_use ORDER BY place) FROM given GROUP BY key ORDER BY key
        ON CONFLICT (key) DO UPDATE
           SET keep_from = greatest(kept.keep_from, excluded.keep_from),
               uses = ARRAY(SELECT ROW(u.manifest_id, u.arrival, u.detail)::puente.trip_use
                              FROM unnest(kept.uses) WITH ORDINALITY AS u (manifest_id, arrival, detail, n)
                             WHERE u.arrival >= excluded.keep_from AND (n = 1 OR n > cardinality(kept.uses) - 30)) || excluded.uses
    RETURNING key, uses
)
SELECT given.place, given.key, other.manifest_id, other.arrival, other.detail
  FROM noted JOIN given USING (key)
       CROSS JOIN LATERAL unnest(noted.uses) WITH ORDINALITY AS own (manifest_id, arrival, detail, n)
       CROSS JOIN LATERAL unnest(noted.uses) WITH ORDINALITY AS other (manifest_id, arrival, detail, n)
 WHERE cardinality(noted.uses) > 1 AND own.manifest_id = given.manifest_id AND other.n < own.n
   AND other.manifest_id <> given.manifest_id AND other.arrival BETWEEN given.hit_from AND given.hit_to)sql"};

const Statement find_uses{"find_uses",
                          R"sql(SELECT given.place, given.key, other.manifest_id, other.arrival, other.detail
  FROM unnest($1::uuid[], $2::int4[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) AS given (key, place, manifest_id, hit_from, hit_to)
       JOIN puente.identifier_use AS kept USING (key)
       CROSS JOIN LATERAL unnest(kept.uses) AS other
 WHERE other.manifest_id <> given.manifest_id AND other.arrival BETWEEN given.hit_from AND given.hit_to
UNION ALL
SELECT given.place, '00000000-0000-0000-0000-000000000000', open.manifest_id, open.estimated_arrival, ''
  FROM unnest($6::int4[], $7::uuid[], $8::text[], $9::text[]) AS given (place, manifest_id, carrier_key, trip_number)
       JOIN puente.manifest AS open USING (carrier_key, trip_number)
 WHERE open.status NOT IN ('CANCELLED', 'EXPIRED', 'CROSSED', 'REFUSED') AND open.manifest_id <> given.manifest_id)sql"};

const Statement forget_uses{"forget_uses",
                            R"sql(UPDATE puente.identifier_use AS kept
   SET uses = ARRAY(SELECT ROW(u.manifest_id, u.arrival, u.detail)::puente.trip_use FROM unnest(kept.uses) AS u WHERE u.manifest_id <> ALL (lost.manifest_ids))
  FROM (SELECT key, array_agg(manifest_id) AS manifest_ids FROM unnest($1::uuid[], $2::uuid[]) AS lost (key, manifest_id) GROUP BY key) AS lost
 WHERE kept.key = lost.key)sql"};

std::vector<Parameter> noted_use_arrays(const FilingList& filings) {
    std::array<BinaryArray, 8> to{BinaryArray{E::uuid}, BinaryArray{E::int32},   BinaryArray{E::uuid},    BinaryArray{E::instant},
                                  BinaryArray{E::text}, BinaryArray{E::instant}, BinaryArray{E::instant}, BinaryArray{E::instant}};
    for (std::size_t place = 0; place < filings.size(); ++place) {
        const Filing& filing = *filings[place];
        for (const manifest::Use& use : filing.uses) {
            to[0].add_uuid(use.key);
            to[1].add_int32(static_cast<std::int32_t>(place));
            to[2].add_uuid(filing.manifest_id);
            to[3].add_instant(filing.estimated_arrival);
            to[4].add_text(use.detail);
            to[5].add_instant(filing.estimated_arrival - use.kind->span);
            to[6].add_instant(filing.estimated_arrival + use.kind->span);
            to[7].add_instant(filing.received_at - use.kind->span);
        }
    }
    return bound(to);
}

std::vector<Parameter> wanted_use_arrays(const FilingList& filings) {
    std::array<BinaryArray, 9> to{BinaryArray{E::uuid},  BinaryArray{E::int32}, BinaryArray{E::uuid}, BinaryArray{E::instant}, BinaryArray{E::instant},
                                  BinaryArray{E::int32}, BinaryArray{E::uuid},  BinaryArray{E::text}, BinaryArray{E::text}};
    for (std::size_t place = 0; place < filings.size(); ++place) {
        const Filing& filing = *filings[place];
        for (const manifest::Use& use : filing.uses) {
            to[0].add_uuid(use.key);
            to[1].add_int32(static_cast<std::int32_t>(place));
            to[2].add_uuid(filing.manifest_id);
            to[3].add_instant(filing.estimated_arrival - use.kind->span);
            to[4].add_instant(filing.estimated_arrival + use.kind->span);
        }
        to[5].add_int32(static_cast<std::int32_t>(place));
        to[6].add_uuid(filing.manifest_id);
        to[7].add_text(filing.carrier_key);
        to[8].add_text(filing.trip_number);
    }
    return bound(to);
}

std::vector<Parameter> lost_use_arrays(const FilingList& filings) {
    std::array<BinaryArray, 2> to{BinaryArray{E::uuid}, BinaryArray{E::uuid}};
    for (const Filing* filing : filings) {
        for (const manifest::Use& use : filing->uses) {
            to[0].add_uuid(use.key);
            to[1].add_uuid(filing->manifest_id);
        }
    }
    return bound(to);
}

std::vector<std::pair<std::size_t, manifest::EarlierUse>> earlier_uses(const Rows& rows) {
    std::vector<std::pair<std::size_t, manifest::EarlierUse>> found;
    found.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        found.emplace_back(static_cast<std::size_t>(row.int32(0)), manifest::EarlierUse{row.uuid(1), row.uuid(2), row.instant(3), row.text(4)});
    }
    return found;
}

std::string joined_keys(const Filing& filing) {
    std::string keys;
    keys.reserve(16 * filing.uses.size());
    for (const manifest::Use& use : filing.uses) keys.append(use.key.bytes().begin(), use.key.bytes().end());
    return keys;
}

Result<std::vector<manifest::EarlierUse>> find_earlier_uses(Transaction& tx, const Filing& filing) {
    const Result<Rows> rows = tx.run_bound(find_uses, wanted_use_arrays({&filing}));
    if (!rows) return rows.error();
    std::vector<manifest::EarlierUse> found;
    for (auto& [place, use] : earlier_uses(*rows)) found.push_back(std::move(use));
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace puente::store
