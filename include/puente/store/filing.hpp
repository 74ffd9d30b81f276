#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "puente/inspection/leg.hpp"
#include "puente/instant.hpp"
#include "puente/manifest/uses.hpp"
#include "puente/selection/select.hpp"
#include "puente/store/pool.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

/// A finding as it is kept.
struct FindingRow {
    std::string rule_set;  ///< SHARED, CBP, SAT
    std::string rule_id;
    std::string severity;
    std::string pointer;
    std::string value;
    std::string message_en;
    std::string message_es;
    std::string citation;
    bool agency_only = false;  ///< seen by the agency of the rule set only
};

/// One leg to open.
struct LegRow {
    identifiers::Agency agency;
    inspection::LegState state;
    inspection::LegKind kind;
};

/// An inspection to open with a manifest.
struct InspectionRow {
    Uuid inspection_id;
    Instant turn_at;           ///< its place in the queue: inspection::turn_of without a contingency
    std::string lane;          ///< of the crossing, as the sender says
    bool perishable = false;
    bool trusted = false;      ///< carrier, importer or shipper stands well in a programme
    std::vector<std::string> essential;
    std::vector<LegRow> legs;  ///< one for each agency
    std::vector<selection::Factor> factors;
};

/// Everything one submission writes: record, document, findings, inspection, event and the remembered answer. All or nothing.
struct Filing {
    bool on_file = true;  ///< false: rejected by rules; only the answer is remembered

    std::string client_id;
    std::string idempotency_key;
    std::string fingerprint;       ///< SHA-256 of method, path and body, 32 octets
    int answer_status = 201;
    std::string answer_body;       ///< remembered, replayed byte for byte
    std::string answer_headers;    ///< remembered: "Location: ...\nETag: ...\nContent-Type: ...\n"

    Uuid manifest_id;
    std::string company;
    std::string carrier_key;
    std::string trip_number;
    std::string document_id;
    std::string direction;
    std::string mode;
    std::string us_port;
    std::string mx_office;
    Instant estimated_arrival;
    Instant received_at;
    std::string status;
    std::string document;          ///< exact bytes
    std::string media_type;
    std::string sha256;            ///< 32 octets
    std::string rule_sets;         ///< JSON object: set -> version
    std::string draw_day;
    std::vector<FindingRow> findings;
    std::optional<InspectionRow> inspection;

    std::vector<manifest::Use> uses;                  ///< identifiers to look for on other trips, and to note when it is put on file
    std::vector<manifest::EarlierUse> judged_with;    ///< the earlier uses that the rules knew of, sorted
};

/// What became of a filing.
struct FilingOutcome {
    enum class Kind : std::uint8_t {
        filed,        ///< committed
        replayed,     ///< the same key and fingerprint were answered before: here is that answer
        key_reused,   ///< the key was used for another body
        seen_before,  ///< nothing written: other trips use its identifiers otherwise than the rules knew. Judge again with `earlier_uses`
        trip_in_use,  ///< another manifest of this carrier with this trip number is open, and no rule objected
        unavailable,  ///< the database cannot be reached, or the outcome is unknown: retry with the same key
        overloaded,   ///< too much is waiting
    };
    Kind kind = Kind::unavailable;
    int status = 0;
    std::string body;
    std::string headers;
    std::vector<manifest::EarlierUse> earlier_uses;  ///< sorted
};

/// Commits filings in groups: whatever has queued while the last transaction ran goes into the next one. One bad filing never fails its neighbours.
class FilingWriter {
public:
    FilingWriter(DatabaseSettings settings, telemetry::Metrics& metrics);
    ~FilingWriter();

    /// Queues a filing and resumes the caller, on its own executor, when its transaction has committed or failed. Waits no longer than
    /// settings.answer_time: then `unavailable`, and the transaction goes its own way.
    boost::asio::awaitable<FilingOutcome> file(std::shared_ptr<const Filing> filing);
    bool reachable() const;
    void stop();

    struct Inside;

private:
    std::unique_ptr<Inside> inside_;
};

/// The earlier uses of a manifest's identifiers, sorted, as they stand in this moment. Errors: those of the statement.
Result<std::vector<manifest::EarlierUse>> find_earlier_uses(Transaction& tx, const Filing& filing);

/// Names and texts of the statements that put one filing on record, in order, with $1 arrays of any length: for the benchmark.
std::vector<std::pair<std::string, std::string>> filing_statements();

}  // namespace puente::store
