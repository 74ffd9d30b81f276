// From the feed of events to what boards are read from.
#include "puente/store/board.hpp"
#include "store/fault_point.hpp"

namespace puente::store {

namespace {

constexpr Statement lock_cursor{"lock_board_cursor",
                                R"sql(SELECT after_xid::text, after_event, caught_up, looked_at < clock_timestamp() - interval '4 seconds',
       date_trunc('hour', looked_at) <> date_trunc('hour', clock_timestamp()) FROM puente.board_cursor FOR UPDATE SKIP LOCKED)sql"};

// Statements are planned once, perhaps while the tables are small: they have to go by their indexes when the tables no longer are. For the same
// reason what is looked up for each row is looked up by LATERAL with a LIMIT.
constexpr Statement go_by_index{
    "board_goes_by_index",
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)"};

// $1, $2 the place in the feed, $3 how many. Of the events with one number of the state the first one made it: it moves the manifest from status to
// status, at the crossing where it was at that number. A leg has waited since its inspection was opened, its load has arrived, or its agency has
// joined, whichever came last. written_by alone would name the text of the answer in ORDER BY, in which 99 comes after 100.
constexpr Statement count_page{"count_board_page", R"sql(WITH page AS MATERIALIZED (
    SELECT written_by, event_id, manifest_id, at, kind, state_no, actor, status, detail ->> 'decision' AS decision FROM puente.event
     WHERE (written_by, event_id) > ($1::text::xid8, $2::bigint) AND written_by < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY written_by, event_id LIMIT $3::bigint
), step AS MATERIALIZED (
    SELECT date_trunc('hour', page.at, 'UTC') AS hour, page.kind, page.actor, page.status, page.decision, before.status AS was,
           COALESCE(there.us_port, m.us_port) AS us_port, COALESCE(there.mx_office, m.mx_office) AS mx_office,
           COALESCE(was_there.us_port, m.us_port) AS was_us_port, COALESCE(was_there.mx_office, m.mx_office) AS was_mx_office,
           COALESCE(i.lane, '') AS lane, COALESCE(i.class, '') AS class,
           page.kind = 'filed' OR NOT EXISTS (SELECT FROM puente.event AS e WHERE e.manifest_id = page.manifest_id AND e.state_no = page.state_no
                                                 AND e.event_id < page.event_id) AS is_first,
           CASE WHEN page.kind = 'leg_started' THEN (
               SELECT CASE WHEN bool_or(e.kind = 'leg_started' AND e.actor = page.actor) IS NOT TRUE THEN
                           puente.wait_bucket(extract(epoch FROM page.at - greatest(i.opened_at, COALESCE(max(e.at) FILTER (WHERE e.kind = 'arrived'), i.estimated_arrival),
                                                                                    max(e.at) FILTER (WHERE e.kind = 'leg_joined' AND e.actor = page.actor)))) END
                 FROM puente.event AS e WHERE e.manifest_id = page.manifest_id AND e.state_no < page.state_no) END AS bucket
      FROM page
      JOIN LATERAL (SELECT us_port, mx_office FROM puente.manifest WHERE manifest_id = page.manifest_id LIMIT 1) AS m ON true
      LEFT JOIN LATERAL (SELECT status, state_no FROM puente.event AS e WHERE page.state_no > 1 AND e.manifest_id = page.manifest_id AND e.state_no < page.state_no
                          ORDER BY e.state_no DESC, e.event_id LIMIT 1) AS before ON true
      LEFT JOIN LATERAL (SELECT us_port, mx_office FROM puente.board_move AS b WHERE b.manifest_id = page.manifest_id AND b.state_no > page.state_no
                          ORDER BY b.state_no LIMIT 1) AS there ON true
      LEFT JOIN LATERAL (SELECT us_port, mx_office FROM puente.board_move AS b WHERE b.manifest_id = page.manifest_id AND b.state_no > before.state_no
                          ORDER BY b.state_no LIMIT 1) AS was_there ON true
      LEFT JOIN LATERAL (SELECT lane, opened_at, estimated_arrival, puente.board_class(essential, trusted, perishable) AS class FROM puente.inspection
                          WHERE manifest_id = page.manifest_id LIMIT 1) AS i ON page.status <> 'CLEARED'
), told AS (
    SELECT hour, us_port, mx_office, '' AS agency, '' AS lane, '' AS class, (kind = 'filed')::int AS filed, 0 AS selected,
           (is_first AND status = 'CROSSED' AND was IS DISTINCT FROM 'CROSSED')::int AS crossed, 0 AS begun, 0 AS released, 0 AS held, 0 AS refused, NULL::integer AS bucket
      FROM step WHERE kind = 'filed' OR status = 'CROSSED'
    UNION ALL
    SELECT hour, us_port, mx_office, '', lane, class, 0, 1, 0, 0, 0, 0, 0, NULL
      FROM step WHERE is_first AND status IN ('UNDER_REVIEW', 'INSPECTION_REQUIRED') AND (was IS NULL OR was = 'CLEARED')
    UNION ALL
    SELECT hour, us_port, mx_office, actor, lane, class, 0, 0, 0, (bucket IS NOT NULL)::int, (kind = 'leg_decided' AND decision = 'RELEASE')::int,
           (kind = 'leg_reheld' OR kind = 'leg_decided' AND decision = 'HELD')::int, (kind = 'leg_decided' AND decision = 'REFUSE')::int, bucket
      FROM step WHERE kind IN ('leg_started', 'leg_decided', 'leg_reheld')
), hours AS (
    INSERT INTO puente.board_hour AS kept (hour, us_port, mx_office, agency, lane, class, filed, selected, crossed, begun, released, held, refused, waits)
    SELECT hour, us_port, mx_office, agency, lane, class, sum(filed), sum(selected), sum(crossed), sum(begun), sum(released), sum(held), sum(refused),
           CASE WHEN sum(begun) > 0 THEN puente.histogram(array_agg(bucket) FILTER (WHERE bucket IS NOT NULL)) ELSE '{}' END
      FROM told GROUP BY hour, us_port, mx_office, agency, lane, class HAVING sum(filed + selected + crossed + begun + released + held + refused) > 0
        ON CONFLICT (hour, us_port, mx_office, agency, lane, class) DO UPDATE
           SET filed = kept.filed + excluded.filed, selected = kept.selected + excluded.selected, crossed = kept.crossed + excluded.crossed,
               begun = kept.begun + excluded.begun, released = kept.released + excluded.released, held = kept.held + excluded.held,
               refused = kept.refused + excluded.refused, waits = puente.added(kept.waits, excluded.waits)
), statuses AS (
    INSERT INTO puente.board_status AS kept (us_port, mx_office, status, manifests)
    SELECT us_port, mx_office, status, sum(change)
      FROM (SELECT us_port, mx_office, status, 1 AS change FROM step WHERE is_first
            UNION ALL
            SELECT was_us_port, was_mx_office, was, -1 FROM step WHERE is_first AND was IS NOT NULL) AS moved
     GROUP BY us_port, mx_office, status HAVING sum(change) <> 0
        ON CONFLICT (us_port, mx_office, status) DO UPDATE SET manifests = kept.manifests + excluded.manifests
)
SELECT (SELECT count(*) FROM page), written_by::text, event_id FROM page ORDER BY page.written_by DESC, page.event_id DESC LIMIT 1)sql"};

constexpr Statement move_cursor{"move_board_cursor", "UPDATE puente.board_cursor SET after_xid = $1::text::xid8, after_event = $2, caught_up = $3"};

// Legs that nobody holds, and those held or whose lease is over: each from an index that has nothing else in it.
constexpr Statement count_queues{"count_board_queues", R"sql(WITH leg AS (
    SELECT inspection_id, agency, us_port, mx_office, false AS in_hand FROM puente.inspection_leg
     WHERE in_queue AND lease_until IS NULL AND state IN ('PENDING', 'WORKING')
    UNION ALL
    SELECT inspection_id, agency, us_port, mx_office, lease_until > statement_timestamp() FROM puente.inspection_leg
     WHERE in_queue AND lease_until IS NOT NULL AND (state IN ('PENDING', 'WORKING') OR lease_until > statement_timestamp())
), counted AS MATERIALIZED (
    SELECT leg.us_port, leg.mx_office, agency, class, count(*) FILTER (WHERE NOT in_hand) AS waiting,
           count(*) FILTER (WHERE NOT in_hand AND since <= statement_timestamp()) AS arrived, count(*) FILTER (WHERE in_hand) AS in_hand,
           min(since) FILTER (WHERE NOT in_hand AND since <= statement_timestamp()) AS oldest_since
      FROM leg JOIN LATERAL (SELECT greatest(opened_at, estimated_arrival) AS since, puente.board_class(essential, trusted, perishable) AS class
                               FROM puente.inspection AS i WHERE i.inspection_id = leg.inspection_id LIMIT 1) AS i ON true
     GROUP BY leg.us_port, leg.mx_office, agency, class
), gone AS (
    DELETE FROM puente.board_queue AS q WHERE NOT EXISTS (
        SELECT FROM counted AS c WHERE (c.us_port, c.mx_office, c.agency, c.class) = (q.us_port, q.mx_office, q.agency, q.class))
)
INSERT INTO puente.board_queue AS kept (us_port, mx_office, agency, class, waiting, arrived, in_hand, oldest_since)
SELECT us_port, mx_office, agency, class, waiting, arrived, in_hand, oldest_since FROM counted
    ON CONFLICT (us_port, mx_office, agency, class) DO UPDATE
       SET waiting = excluded.waiting, arrived = excluded.arrived, in_hand = excluded.in_hand, oldest_since = excluded.oldest_since
     WHERE (kept.waiting, kept.arrived, kept.in_hand, kept.oldest_since) IS DISTINCT FROM
           (excluded.waiting, excluded.arrived, excluded.in_hand, excluded.oldest_since))sql"};

constexpr Statement note_look{"note_board_look", "UPDATE puente.board_cursor SET looked_at = clock_timestamp()"};

constexpr Statement forget_hours{"forget_board_hours", "DELETE FROM puente.board_hour WHERE hour < now() - interval '60 days'"};

}  // namespace

Result<BoardRound> count_events(Transaction& tx, std::size_t limit) {
    if (const Result<Rows> set = tx.run(go_by_index); !set) return set.error();
    const Result<Rows> cursor = tx.run(lock_cursor);
    if (!cursor) return cursor.error();
    if (cursor->empty()) return BoardRound{};
    const Row place = (*cursor)[0];
    const Result<Rows> page = tx.run(count_page, place.text(0), place.int64(1), static_cast<std::int64_t>(limit));
    if (!page) return page.error();
    if (!page->empty()) fault_point("before_board_move");
    const BoardRound round{page->empty() ? 0 : static_cast<std::size_t>((*page)[0].int64(0)),
                           !page->empty() && (*page)[0].int64(0) == static_cast<std::int64_t>(limit)};
    if (round.events == 0 && place.boolean(2)) return round;
    const std::string xid = page->empty() ? place.text(0) : (*page)[0].text(1);
    const Result<Rows> moved = tx.run(move_cursor, xid, page->empty() ? place.int64(1) : (*page)[0].int64(2), !round.more);
    if (!moved) return moved.error();
    return round;
}

Result<void> look_at_queues(Transaction& tx) {
    if (const Result<Rows> set = tx.run(go_by_index); !set) return set.error();
    const Result<Rows> cursor = tx.run(lock_cursor);
    if (!cursor) return cursor.error();
    if (cursor->empty() || !(*cursor)[0].boolean(3)) return {};
    if (const Result<Rows> counted = tx.run(count_queues); !counted) return counted.error();
    if (const Result<Rows> noted = tx.run(note_look); !noted) return noted.error();
    if (!(*cursor)[0].boolean(4)) return {};
    if (const Result<Rows> forgotten = tx.run(forget_hours); !forgotten) return forgotten.error();
    return {};
}

}  // namespace puente::store
