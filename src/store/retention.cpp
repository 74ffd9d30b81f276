#include "puente/store/retention.hpp"

#include <array>

#include "puente/store/transaction.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

namespace {

constexpr std::int64_t uses_at_once = 10'000;

constexpr Statement prepare{"prepare_cohorts", "SELECT puente.prepare_cohorts()"};

// A partition is named after its table and its month.
constexpr Statement list{"list_cohorts", R"sql(SELECT c.name, NULLIF(c.starts_at, '-infinity'), c.ends_at, c.removed_at,
       (SELECT COALESCE(sum(pg_total_relation_size(part.oid)), 0)::bigint FROM unnest(puente.cohort_tables()) AS whole
          JOIN pg_class AS part ON part.oid = to_regclass(format('puente.%I', whole || '_' || c.name)))
  FROM puente.cohort AS c ORDER BY c.ends_at)sql"};

// Between removing months by their owner and looking at manifests, which the owner cannot see.
constexpr Statement become_keeper{"become_keeper", "SELECT set_config('role', 'puente_keeper', true)"};
constexpr Statement become_owner{"become_owner", "SELECT set_config('role', 'none', true)"};

// A hold that is placed meanwhile waits, and is then refused: it is too late.
constexpr Statement stop_holds{"stop_legal_holds", "LOCK TABLE puente.legal_hold IN SHARE MODE"};

constexpr Statement find_staying{"find_staying", R"sql(SELECT m.manifest_id, held.is FROM puente.cohort AS c
  JOIN puente.manifest AS m ON m.manifest_id >= c.first_id AND m.manifest_id < c.next_id
       CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM puente.legal_hold AS h WHERE h.manifest_id = m.manifest_id AND h.lifted_at IS NULL) AS is) AS held
 WHERE c.name = $1 AND (m.status NOT IN ('CANCELLED', 'EXPIRED', 'CROSSED', 'REFUSED') OR held.is))sql"};

constexpr Statement drop{"drop_cohort", "SELECT puente.drop_cohort($1, $2::uuid[])"};

// Oldest first; what somebody works on in this moment goes the next time. Of a manifest that was held once, the row and its holds stay on record.
constexpr Statement lock_leftovers{"lock_leftovers", R"sql(SELECT m.manifest_id FROM puente.cohort AS c
  JOIN puente.manifest AS m ON m.manifest_id >= c.first_id AND m.manifest_id < c.next_id
 WHERE c.removed_at IS NOT NULL AND m.status IN ('CANCELLED', 'EXPIRED', 'CROSSED', 'REFUSED')
   AND NOT EXISTS (SELECT FROM puente.legal_hold AS h WHERE h.manifest_id = m.manifest_id AND h.lifted_at IS NULL)
   AND (NOT EXISTS (SELECT FROM puente.legal_hold AS h WHERE h.manifest_id = m.manifest_id)
        OR EXISTS (SELECT FROM puente.manifest_version AS v WHERE v.manifest_id = m.manifest_id)
        OR EXISTS (SELECT FROM puente.inspection AS i WHERE i.manifest_id = m.manifest_id))
 ORDER BY m.manifest_id LIMIT $1::bigint FOR UPDATE OF m SKIP LOCKED)sql"};

// Once they are locked nobody can place a hold; one that came before is seen now.
constexpr Statement still_free{"leftovers_still_free", R"sql(SELECT id FROM unnest($1::uuid[]) AS locked (id)
 WHERE NOT EXISTS (SELECT FROM puente.legal_hold AS h WHERE h.manifest_id = locked.id AND h.lifted_at IS NULL))sql"};

constexpr Statement find_inspections{"find_leftover_inspections", "SELECT inspection_id FROM puente.inspection WHERE manifest_id = ANY ($1::uuid[])"};

// $1: inspections. What refers to another row goes before it.
constexpr std::array of_inspections{
    Statement{"remove_authorship",         R"sql(DELETE FROM puente.authorship WHERE record_id IN (
    SELECT annotation_id FROM puente.annotation WHERE inspection_id = ANY ($1::uuid[])
    UNION ALL SELECT attachment_id FROM puente.attachment WHERE inspection_id = ANY ($1::uuid[])))sql"                                    },
    Statement{"remove_annotations",        "DELETE FROM puente.annotation WHERE inspection_id = ANY ($1::uuid[])"                      },
    Statement{"remove_attachments",        R"sql(WITH gone AS (
    DELETE FROM puente.attachment WHERE inspection_id = ANY ($1::uuid[]) RETURNING agency, sha256
)
DELETE FROM puente.attachment_content AS c USING gone
 WHERE c.agency = gone.agency AND c.sha256 = gone.sha256
   AND NOT EXISTS (SELECT FROM puente.attachment AS other WHERE other.agency = c.agency AND other.sha256 = c.sha256 AND other.inspection_id <> ALL ($1::uuid[])))sql"                                                                        },
    Statement{"remove_reholds",            "DELETE FROM puente.rehold WHERE inspection_id = ANY ($1::uuid[])"                          },
    Statement{"remove_slots",              "DELETE FROM puente.slot WHERE inspection_id = ANY ($1::uuid[])"                            },
    Statement{"remove_factors",            "DELETE FROM puente.selection_factor WHERE inspection_id = ANY ($1::uuid[])"                },
    Statement{"remove_superseded_factors", "DELETE FROM puente.superseded_factor WHERE inspection_id = ANY ($1::uuid[])"               },
    Statement{"remove_legs",               R"sql(WITH holders AS (DELETE FROM puente.leg_holder WHERE inspection_id = ANY ($1::uuid[]))
DELETE FROM puente.inspection_leg WHERE inspection_id = ANY ($1::uuid[]))sql"},
    Statement{"remove_inspections",        "DELETE FROM puente.inspection WHERE inspection_id = ANY ($1::uuid[])"                      },
};

// $1: manifests. Of the first four, those that outlived their month.
constexpr std::array of_manifests{
    Statement{"remove_versions",    "DELETE FROM puente.manifest_version WHERE manifest_id = ANY ($1::uuid[])" },
    Statement{"remove_findings",    "DELETE FROM puente.finding WHERE manifest_id = ANY ($1::uuid[])"          },
    Statement{"remove_events",      "DELETE FROM puente.event WHERE manifest_id = ANY ($1::uuid[])"            },
    Statement{"remove_gate_events", "DELETE FROM puente.gate_event WHERE manifest_id = ANY ($1::uuid[])"       },
    Statement{"remove_moves",       "DELETE FROM puente.board_move WHERE manifest_id = ANY ($1::uuid[])"       },
    Statement{"remove_manifests",   R"sql(DELETE FROM puente.manifest AS m WHERE manifest_id = ANY ($1::uuid[])
   AND NOT EXISTS (SELECT FROM puente.legal_hold AS h WHERE h.manifest_id = m.manifest_id))sql"},
};

// A key that is used again in this moment stays: its row is looked at once more.
constexpr Statement forget{"forget_old_uses", R"sql(WITH page AS MATERIALIZED (
    SELECT key FROM puente.identifier_use WHERE key > COALESCE(($1::uuid[])[1], '00000000-0000-0000-0000-000000000000') ORDER BY key LIMIT $2::bigint
), gone AS (
    DELETE FROM puente.identifier_use AS kept USING page
     WHERE kept.key = page.key AND NOT EXISTS (SELECT FROM unnest(kept.uses) AS u WHERE u.arrival >= $3::timestamptz)
)
SELECT key FROM page ORDER BY key DESC LIMIT 1)sql"};

Parameter uuids(const Rows& rows) {
    BinaryArray ids{Element::uuid};
    for (std::size_t i = 0; i < rows.size(); ++i) ids.add_uuid(rows[i].uuid(0));
    return ids.parameter();
}

template <std::size_t N>
Result<void> run_all(Transaction& tx, const std::array<Statement, N>& statements, const Parameter& ids) {
    for (const Statement& each : statements) {
        if (const Result<Rows> done = tx.run(each, ids); !done) return done.error();
    }
    return {};
}

}  // namespace

Result<std::size_t> prepare_cohorts(Transaction& tx) {
    const Result<Rows> made = tx.run(prepare);
    if (!made) return made.error();
    return static_cast<std::size_t>((*made)[0].int32(0));
}

Result<std::vector<Cohort>> list_cohorts(Transaction& tx) {
    const Result<Rows> rows = tx.run(list);
    if (!rows) return rows.error();
    std::vector<Cohort> cohorts;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        cohorts.push_back({row.text(0), row.optional_instant(1), row.instant(2), row.optional_instant(3), row.int64(4)});
    }
    return cohorts;
}

Result<Staying> staying_of(Transaction& tx, const std::string& cohort) {
    if (const Result<Rows> became = tx.run(become_keeper); !became) return became.error();
    const Result<Rows> rows = tx.run(find_staying, cohort);
    if (!rows) return rows.error();
    if (const Result<Rows> back = tx.run(become_owner); !back) return back.error();
    Staying staying;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        staying.manifests.push_back((*rows)[i].uuid(0));
        staying.held += (*rows)[i].boolean(1) ? 1 : 0;
    }
    return staying;
}

Result<Staying> remove_cohort(Transaction& tx, const std::string& cohort) {
    if (const Result<Rows> stopped = tx.run(stop_holds); !stopped) return stopped.error();
    const Result<Staying> staying = staying_of(tx, cohort);
    if (!staying) return staying;
    BinaryArray ids{Element::uuid};
    for (const Uuid& each : staying->manifests) ids.add_uuid(each);
    if (const Result<Rows> dropped = tx.run(drop, cohort, ids.parameter()); !dropped) return dropped.error();
    return staying;
}

Result<std::size_t> remove_manifests(Transaction& tx, std::size_t most) {
    if (const Result<Rows> became = tx.run(become_keeper); !became) return became.error();
    const Result<Rows> locked = tx.run(lock_leftovers, static_cast<std::int64_t>(most));
    if (!locked) return locked.error();
    const Result<Rows> manifests = tx.run(still_free, uuids(*locked));
    if (!manifests) return manifests.error();
    const Result<Rows> inspections = tx.run(find_inspections, uuids(*manifests));
    if (!inspections) return inspections.error();
    if (const Result<void> gone = run_all(tx, of_inspections, uuids(*inspections)); !gone) return gone.error();
    if (const Result<void> gone = run_all(tx, of_manifests, uuids(*manifests)); !gone) return gone.error();
    return locked->size();
}

Result<std::optional<Uuid>> forget_uses(Transaction& tx, Instant moment, const std::optional<Uuid>& after) {
    if (const Result<Rows> became = tx.run(become_keeper); !became) return became.error();
    const Result<Rows> page = tx.run(forget, after, uses_at_once, moment);
    if (!page) return page.error();
    if (page->empty()) return std::optional<Uuid>{};
    return std::optional<Uuid>{(*page)[0].uuid(0)};
}

}  // namespace puente::store
