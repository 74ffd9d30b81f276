#include "puente/clearance/board.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "clearance/port_place.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

constexpr double buckets_to_a_doubling = 4;

/// Sums as they grow row by row; the waits as a histogram until the end.
struct Tally {
    BoardWork work;
    std::vector<std::int64_t> waits{};

    void add(const store::BoardHour& row) {
        work.begun += row.begun;
        work.released += row.released;
        work.held += row.held;
        work.refused += row.refused;
        if (waits.size() < row.waits.size()) waits.resize(row.waits.size());
        std::transform(row.waits.begin(), row.waits.end(), waits.begin(), waits.begin(), std::plus{});
    }
    BoardWork taken() {
        work.waits = waits_of(waits);
        return std::move(work);
    }
};

/// Keeps the order in which the keys first came.
template <class Item>
Item& item_of(std::vector<Item>& items, const std::function<bool(const Item&)>& is_it, const std::function<Item()>& made) {
    const auto there = std::find_if(items.begin(), items.end(), is_it);
    return there == items.end() ? items.emplace_back(made()) : *there;
}

Tally& tally_of(std::vector<Tally>& tallies, const std::string& agency, const std::string& lane, const std::string& load_class) {
    const auto is_it = [&](const Tally& each) { return each.work.agency == agency && each.work.lane == lane && each.work.load_class == load_class; };
    return item_of<Tally>(tallies, is_it, [&] {
        return Tally{
            {agency, lane, load_class}
        };
    });
}

using Rows = std::vector<store::BoardHour>;

/// One hour from its rows, [at, end): a row for each crossing, agency, lane and class.
BoardLine line_of(Instant hour, Rows::const_iterator at, Rows::const_iterator end) {
    BoardLine line{hour};
    std::vector<Tally> agencies;
    std::vector<Tally> groups;
    for (; at != end; ++at) {
        line.filed += at->filed;
        line.selected += at->selected;
        line.crossed += at->crossed;
        if (at->selected > 0) {
            const auto is_it = [&](const BoardSelected& each) { return each.lane == at->lane && each.load_class == at->load_class; };
            item_of<BoardSelected>(line.selected_by, is_it, [&] { return BoardSelected{at->lane, at->load_class}; }).count += at->selected;
        }
        if (at->agency.empty()) continue;
        tally_of(agencies, at->agency, "", "").add(*at);
        tally_of(groups, at->agency, at->lane, at->load_class).add(*at);
    }
    for (Tally& each : agencies) line.agencies.push_back(each.taken());
    for (Tally& each : groups) line.groups.push_back(each.taken());
    return line;
}

Board board_of(store::BoardRecord record, int hours) {
    Board board{record.current, std::move(record.statuses), std::move(record.queue), {}};
    auto at = record.hours.cbegin();
    for (int back = 0; back < hours; ++back) {
        const Instant hour = record.this_hour - std::chrono::hours{back};
        while (at != record.hours.cend() && at->hour > hour) ++at;  // filed by a clock that is ahead
        const auto end = std::find_if(at, record.hours.cend(), [&](const store::BoardHour& row) { return row.hour < hour; });
        board.hours.push_back(line_of(hour, at, end));
        at = end;
    }
    return board;
}

}  // namespace

double wait_of_bucket(std::size_t bucket) {
    return bucket == 0 ? 0.5 : std::exp2((static_cast<double>(bucket) - 0.5) / buckets_to_a_doubling);
}

Waits waits_of(const std::vector<std::int64_t>& histogram) {
    Waits waits;
    waits.count = std::accumulate(histogram.begin(), histogram.end(), std::int64_t{0});
    if (waits.count == 0) return waits;
    const auto percentile = [&](std::int64_t percent) {
        std::int64_t left = (waits.count * percent + 99) / 100;  // the nearest rank
        std::size_t bucket = 0;
        while (left > histogram[bucket]) left -= histogram[bucket++];
        return wait_of_bucket(bucket);
    };
    waits.p50 = percentile(50);
    waits.p90 = percentile(90);
    waits.p95 = percentile(95);
    return waits;
}

asio::awaitable<Result<Board>> find_board(std::string port, int hours, const access::Caller& officer, Clearance& clearance) {
    const auto today = std::chrono::floor<std::chrono::days>(clearance.now());
    if (const Result<PortPlace> place = find_port(*clearance.rules.current()->rulebook->lists, port, today); !place) co_return place.error();
    const std::function<Result<store::BoardRecord>(store::Transaction&)> find = [port = std::move(port), hours](store::Transaction& tx) {
        return store::find_board(tx, port, hours);
    };
    Result<store::BoardRecord> record = co_await clearance.pool.in_transaction<store::BoardRecord>(store::As::caller(officer), find);
    if (!record) co_return record.error();
    co_return board_of(std::move(*record), hours);
}

}  // namespace puente::clearance
