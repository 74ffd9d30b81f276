#include "puente/store/board.hpp"

#include <fmt/format.h>

#include <charconv>

#include "store/leg_records.hpp"

namespace puente::store {

namespace {

constexpr Statement find_state{
    "find_board_state",
    R"sql(SELECT date_trunc('hour', now(), 'UTC'), caught_up AND looked_at > now() - interval '1 minute' FROM puente.board_cursor)sql"};

std::string statuses_text(const char* port_column) {
    return fmt::format(
        "SELECT status, sum(manifests)::bigint FROM puente.board_status WHERE {} = $1 GROUP BY status HAVING sum(manifests) <> 0 ORDER BY status",
        port_column);
}

std::string queue_text(const char* port_column) {
    return fmt::format(R"sql(SELECT agency, class, sum(waiting)::bigint, sum(arrived)::bigint, sum(in_hand)::bigint, min(oldest_since)
  FROM puente.board_queue WHERE {} = $1 GROUP BY agency, class ORDER BY agency, array_position(ARRAY['essential', 'trusted', 'perishable', 'other'], class))sql",
                       port_column);
}

std::string hours_text(const char* port_column) {
    return fmt::format(R"sql(SELECT hour, agency, lane, class, filed, selected, crossed, begun, released, held, refused, array_to_string(waits, ',')
  FROM puente.board_hour WHERE {} = $1 AND hour > date_trunc('hour', now(), 'UTC') - $2::int * interval '1 hour'
 ORDER BY hour DESC, agency, lane, array_position(ARRAY['', 'essential', 'trusted', 'perishable', 'other'], class), us_port, mx_office)sql",
                       port_column);
}

const std::string us_statuses_text = statuses_text("us_port");
const std::string mx_statuses_text = statuses_text("mx_office");
const std::string us_queue_text = queue_text("us_port");
const std::string mx_queue_text = queue_text("mx_office");
const std::string us_hours_text = hours_text("us_port");
const std::string mx_hours_text = hours_text("mx_office");
const Statement us_statuses{"board_statuses_us", us_statuses_text.c_str()};
const Statement mx_statuses{"board_statuses_mx", mx_statuses_text.c_str()};
const Statement us_queue{"board_queue_us", us_queue_text.c_str()};
const Statement mx_queue{"board_queue_mx", mx_queue_text.c_str()};
const Statement us_hours{"board_hours_us", us_hours_text.c_str()};
const Statement mx_hours{"board_hours_mx", mx_hours_text.c_str()};

std::vector<std::int64_t> numbers(const std::string& joined) {
    std::vector<std::int64_t> all;
    const char* const end = joined.data() + joined.size();
    for (const char* at = joined.data(); at < end;) {
        std::int64_t number = 0;
        at = std::from_chars(at, end, number).ptr + 1;
        all.push_back(number);
    }
    return all;
}

}  // namespace

Result<BoardRecord> find_board(Transaction& tx, const std::string& port, int hours) {
    const bool at_us_port = std::string_view{port_column(port)} == "us_port";
    const Result<Rows> state = tx.run(find_state);
    if (!state) return state.error();
    BoardRecord board;
    board.this_hour = (*state)[0].instant(0);
    board.current = (*state)[0].boolean(1);
    const Result<Rows> statuses = tx.run(at_us_port ? us_statuses : mx_statuses, port);
    if (!statuses) return statuses.error();
    for (std::size_t i = 0; i < statuses->size(); ++i) board.statuses.push_back({(*statuses)[i].text(0), (*statuses)[i].int64(1)});
    const Result<Rows> queue = tx.run(at_us_port ? us_queue : mx_queue, port);
    if (!queue) return queue.error();
    for (std::size_t i = 0; i < queue->size(); ++i) {
        const Row row = (*queue)[i];
        board.queue.push_back({row.text(0), row.text(1), row.int64(2), row.int64(3), row.int64(4), row.optional_instant(5)});
    }
    const Result<Rows> counted = tx.run(at_us_port ? us_hours : mx_hours, port, std::int32_t{hours});
    if (!counted) return counted.error();
    for (std::size_t i = 0; i < counted->size(); ++i) {
        const Row row = (*counted)[i];
        board.hours.push_back({row.instant(0), row.text(1), row.text(2), row.text(3), row.int64(4), row.int64(5), row.int64(6), row.int64(7),
                               row.int64(8), row.int64(9), row.int64(10), numbers(row.text(11))});
    }
    return board;
}

}  // namespace puente::store
