#include "chaos/load.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace puente::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds longest_retrying{45};
constexpr std::size_t statement_bytes = 60'000;  ///< a command line does not hold much more

/// How many rows of each table belong to a manifest. Loads under trip numbers with a B are inspected by both agencies, with a C by CBP.
struct Part {
    const char* table;
    const char* rows;
    const char* count;
};
constexpr Part parts[] = {
    {"manifest_version", "true",            "1"                                                                          },
    {"event",            "kind = 'filed'",  "1"                                                                          },
    {"idempotency",      "true",            "1"                                                                          },
    {"inspection",       "true",            "(substr(m.trip_number, 5, 1) IN ('B', 'C'))::int"                           },
    {"inspection_leg",   "state <> 'NONE'", "CASE substr(m.trip_number, 5, 1) WHEN 'B' THEN 2 WHEN 'C' THEN 1 ELSE 0 END"},
};

}  // namespace

unsigned test_seed() {
    const char* given = std::getenv("PUENTE_SEED");
    const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
    std::cout << "seed: PUENTE_SEED=" << seed << std::endl;
    return seed;
}

Load::Load(Station& station, int brokers, std::chrono::milliseconds pause)
    : station_{station}, pause_{pause}, bearer_{station.bearer(station.broker).second} {
    begin(brokers);
}

Load::Load(Station& station, int brokers, std::vector<Sheet> sheets)
    : station_{station}, pause_{0}, bearer_{station.bearer(station.broker).second}, sheets_{std::move(sheets)} {
    begin(brokers);
}

Load::~Load() {
    finish();
}

void Load::begin(int brokers) {
    for (int i = 0; i < brokers; ++i) threads_.emplace_back([this, i] { file_on(static_cast<unsigned>(i)); });
}

void Load::finish() {
    finishing_ = true;
    for (std::thread& each : threads_) each.join();
    threads_.clear();
}

void Load::file_on(unsigned number) {
    HttpsClient client = station_.client(15s);
    std::this_thread::sleep_for(pause_ * number / 4);
    for (std::optional<Sheet> sheet = next_sheet(); sheet; sheet = next_sheet()) {
        file_one(client, *sheet);
        std::this_thread::sleep_for(pause_);
    }
}

std::optional<Sheet> Load::next_sheet() {
    if (!sheets_.empty()) {
        const std::size_t mine = taken_++;
        return mine < sheets_.size() ? std::optional{sheets_[mine]} : std::nullopt;
    }
    if (finishing_) return std::nullopt;
    const bool inspected = count_ % 4 == 0;
    const Json document = fresh("produce-northbound", inspected ? Look::both_inspect : Look::nobody);
    return Sheet{document["trip"]["tripNumber"], document.dump()};
}

void Load::file_one(HttpsClient& client, const Sheet& sheet) {
    const std::string& trip = sheet.trip;
    const Ask ask{
        "POST",
        "/v1/manifests",
        {{"Authorization", bearer_}, {"Content-Type", "application/json"}, {"Idempotency-Key", "\"" + new_uuid() + "\""}},
        sheet.body
    };
    const auto deadline = Clock::now() + longest_retrying;
    while (Clock::now() < deadline) {
        Seen seen{trip, sheet.due};
        Answer answer;
        const auto begun = Clock::now();
        try {
            answer = client.ask(ask);
        } catch (const Lost&) {
            client.close();
        }
        seen.status = answer.status;
        seen.retry_after = answer.has("Retry-After");
        seen.replayed = answer.has("Idempotent-Replayed");
        seen.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
        const std::lock_guard lock{mutex_};
        history_.push_back(seen);
        if (answer.status == 201) {
            acknowledged_[trip] = answer.json()["manifestId"];
            ++count_;
        }
        if (answer.status == sheet.due) return;
        if (answer.status != 0 && answer.status != 503 && answer.status != 429) {
            troubles_.push_back(trip + ": " + std::to_string(answer.status) + " " + answer.body.substr(0, 300));
            return;
        }
        std::this_thread::sleep_for(20ms);
    }
    const std::lock_guard lock{mutex_};
    troubles_.push_back(trip + ": no final answer");
}

void expect_all_is_well(Station& station, const Load& load) {
    EXPECT_EQ(load.troubles(), std::vector<std::string>{});
    for (const Seen& seen : load.history()) {
        const bool put_off = seen.status == 503 || seen.status == 429;
        EXPECT_TRUE(seen.status == 0 || seen.status == seen.due || put_off) << seen.trip << " " << seen.status;
        if (put_off) {
            EXPECT_TRUE(seen.retry_after) << seen.trip;
        }
    }
    ASSERT_FALSE(load.acknowledged().empty());
    std::string wanted;
    const auto expect_wanted = [&] {
        EXPECT_EQ(station.sql("SELECT trip, id FROM (VALUES " + wanted +
                              ") AS wanted (trip, id) LEFT JOIN puente.manifest AS m ON m.manifest_id = id::uuid AND m.trip_number = trip WHERE "
                              "m.manifest_id IS NULL"),
                  "")
            << "acknowledged and not there";
        wanted.clear();
    };
    for (const auto& [trip, id] : load.acknowledged()) {
        wanted += (wanted.empty() ? "('" : ",('") + trip + "','" + id + "')";
        if (wanted.size() > statement_bytes) expect_wanted();
    }
    if (!wanted.empty()) expect_wanted();
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.manifest"), std::to_string(load.acknowledged().size()))
        << "as many as were acknowledged: all clients had their answer";
    EXPECT_EQ(station.sql("SELECT trip_number FROM puente.manifest GROUP BY trip_number HAVING count(*) > 1"), "") << "there twice";
    for (const Part& part : parts) {
        const std::string faulty = station.sql(
            "SELECT m.trip_number, m.status, (SELECT string_agg(f.rule_id, ' ') FROM puente.finding AS f WHERE f.manifest_id = m.manifest_id) "
            "FROM puente.manifest AS m WHERE (SELECT count(*) FROM puente." +
            std::string{part.table} + " AS p WHERE p.manifest_id = m.manifest_id AND " + part.rows + ") <> " + part.count + " LIMIT 3");
        EXPECT_EQ(faulty, "") << "records with a part missing or twice: " << part.table;
    }
    int left = 5;
    for (const auto& [trip, id] : load.acknowledged()) {
        if (left-- == 0) break;
        const nlohmann::json cbp = station.get(station.cbp, "/v1/manifests/" + id).json();
        const nlohmann::json sat = station.get(station.sat, "/v1/manifests/" + id).json();
        EXPECT_EQ(cbp["version"], sat["version"]);
        EXPECT_EQ(cbp["sha256"], sat["sha256"]);
        EXPECT_EQ(cbp["tripNumber"], trip);
    }
}

void expect_fences_to_agree(const Station& station) {
    EXPECT_EQ(
        station.sql("SELECT l.manifest_id, l.agency, l.fence FROM puente.inspection_leg AS l WHERE l.fence <> "
                    "(SELECT count(*) FROM puente.event AS e WHERE e.manifest_id = l.manifest_id AND e.kind = 'leg_claimed' AND e.actor = l.agency)"),
        "");
}

std::int64_t resident_kib(pid_t pid) {
    std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::atoll(line.c_str() + 6);
    }
    return 0;
}

std::size_t open_descriptors(pid_t pid) {
    std::size_t count = 0;
    std::error_code gone;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/fd", gone}) ++count;
    return count;
}

bool soon(const std::function<bool()>& is_so, std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    while (!is_so()) {
        if (Clock::now() > deadline) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

}  // namespace puente::test
