#include "puente/clearance/submit.hpp"

#include <algorithm>
#include <utility>

#include "puente/crypto/digest.hpp"
#include "puente/inspection/open.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/telemetry/metrics.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::clearance {

namespace {

constexpr std::string_view intake_path = "POST /v1/manifests\n";

/// Each time, another trip with the same identifiers has come or gone in between.
constexpr int judgements_max = 4;

Uuid new_id(Instant now) {
    const std::string random = crypto::random_octets(10);
    std::array<std::uint8_t, 10> octets;
    std::copy(random.begin(), random.end(), octets.begin());
    return Uuid::version7(now, octets);
}

/// The carrier under which a trip number is unique: its SCAC, or what its trip numbers begin with.
std::string carrier_key(const manifest::Manifest& manifest) {
    return manifest.carrier_scac().empty() ? manifest.trip_number().substr(0, 4) : manifest.carrier_scac();
}

std::string upper(std::string_view text) {
    std::string upper_case{text};
    std::transform(upper_case.begin(), upper_case.end(), upper_case.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return upper_case;
}

std::vector<store::FindingRow> finding_rows(const rules::Assessment& assessment) {
    std::vector<store::FindingRow> rows;
    rows.reserve(assessment.findings().size());
    for (const rules::Finding& finding : assessment.findings()) {
        const rules::Rule& rule = *finding.rule;
        rows.push_back({upper(to_text(rule.set)), rule.id, std::string{to_text(rule.severity)}, finding.pointer, finding.value, rule.message.en.fill(finding),
                        rule.message.es.fill(finding), rule.citation, rule.agency_only});
    }
    return rows;
}

/// Place in the queue: essential goods first, then what spoils. Arrival and age decide between equals.
std::int32_t rank_of(const Judgement& judgement) { return (judgement.essential.empty() ? 0 : 2) + (judgement.perishable ? 1 : 0); }

store::InspectionRow inspection_row(const Judgement& judgement, Instant now) {
    store::InspectionRow row;
    row.inspection_id = new_id(now);
    row.rank = rank_of(judgement);
    row.perishable = judgement.perishable;
    row.essential = judgement.essential;
    for (const identifiers::Agency agency : identifiers::agencies) {
        const inspection::LegView& leg = judgement.legs[static_cast<std::size_t>(agency)];
        row.legs.push_back({agency, leg.state, leg.kind});
    }
    row.factors = judgement.selection.factors;
    return row;
}

/// What is written of every submission, rejected ones too.
void write_request(store::Filing& filing, const Uuid& manifest_id, const Submission& submission, const Memory& memory) {
    const manifest::Manifest& manifest = submission.manifest;
    filing.manifest_id = manifest_id;
    filing.client_id = submission.caller.client_id;
    filing.idempotency_key = submission.idempotency_key;
    filing.fingerprint = crypto::sha256(std::string{intake_path} + manifest.sha256());
    filing.received_at = submission.received_at;
    filing.carrier_key = carrier_key(manifest);
    filing.trip_number = manifest.trip_number();
    filing.estimated_arrival = manifest.arrival().at;
    filing.uses = memory.uses;
    filing.judged_with = memory.earlier;
}

void write_record(store::Filing& filing, const Judgement& judgement, const access::Caller& caller) {
    const manifest::Manifest& manifest = judgement.manifest;
    filing.company = caller.company;
    filing.document_id = manifest.document_id();
    filing.direction = manifest.direction();
    filing.mode = manifest.mode();
    filing.us_port = manifest.us_port();
    filing.mx_office = manifest.mx_office();
    filing.status = judgement.status;
    filing.document = manifest.bytes();
    filing.media_type = manifest.encoding() == manifest::Encoding::json ? "application/json" : "application/x-protobuf";
    filing.sha256 = manifest.sha256();
    filing.rule_sets = judgement.rules->versions;
    filing.draw_day = judgement.draw_day;
    filing.findings = finding_rows(judgement.assessment);
    if (judgement.selection.anyone()) filing.inspection = inspection_row(judgement, judgement.received_at);
}

telemetry::Outcome outcome_of(const Judgement& judgement, store::FilingOutcome::Kind kind) {
    switch (kind) {
        case store::FilingOutcome::Kind::filed: return judgement.assessment.rejects() ? telemetry::Outcome::rejected : telemetry::Outcome::filed;
        case store::FilingOutcome::Kind::replayed: return telemetry::Outcome::replayed;
        default: return telemetry::Outcome::conflict;
    }
}

void count(const Judgement& judgement, store::FilingOutcome::Kind kind, telemetry::Metrics& metrics) {
    if (kind == store::FilingOutcome::Kind::unavailable || kind == store::FilingOutcome::Kind::overloaded) return;
    metrics.manifest(outcome_of(judgement, kind));
    if (kind != store::FilingOutcome::Kind::filed) return;
    for (const rules::Finding& finding : judgement.assessment.findings()) metrics.finding(finding.rule->id, to_text(finding.rule->severity));
}

}  // namespace

Judgement judge(const manifest::Manifest& manifest, const Memory& memory, const Clearance& clearance, Instant received_at) {
    std::shared_ptr<const RulesSnapshot> rules = clearance.rules.current();
    thread_local v1::Facts facts;
    facts.Clear();
    manifest::derive_facts(manifest, received_at, *rules->rulebook->lists, facts);
    manifest::add_earlier_uses(manifest, memory.uses, memory.earlier, facts);
    rules::Assessment assessment = rules::assess(manifest, facts, rules->rulebook);
    std::string draw_day = day_text(std::chrono::floor<std::chrono::days>(received_at));
    selection::Selection selection;
    if (!assessment.rejects()) {
        selection = selection::select(manifest, facts, assessment, rules->policy, selection::day_secret(clearance.draw_secret, draw_day));
    }
    const inspection::Legs legs = inspection::open_legs(selection);
    return {manifest,    memory, std::move(assessment), std::move(selection), legs,
            inspection::public_status(legs), std::move(rules), received_at, std::move(draw_day), facts.perishable(), {facts.essential().begin(), facts.essential().end()}};
}

boost::asio::awaitable<store::FilingOutcome> submit(Submission submission, const AnswerWriter& write_answer, Clearance& clearance) {
    Memory memory{manifest::identifier_uses(submission.manifest), {}};
    const Uuid manifest_id = new_id(submission.received_at);
    for (int tries = 0; tries < judgements_max; ++tries) {
        const Judgement judgement = judge(submission.manifest, memory, clearance, submission.received_at);
        const auto filing = std::make_shared<store::Filing>();
        write_request(*filing, manifest_id, submission, memory);
        filing->on_file = !judgement.assessment.rejects();
        if (filing->on_file) write_record(*filing, judgement, submission.caller);
        Answer answer = write_answer(judgement, filing->on_file ? &manifest_id : nullptr);
        filing->answer_status = answer.status;
        filing->answer_body = answer.body;
        filing->answer_headers = answer.headers;
        store::FilingOutcome outcome = co_await clearance.writer.file(filing);
        if (outcome.kind == store::FilingOutcome::Kind::seen_before) {
            memory.earlier = std::move(outcome.earlier_uses);
            continue;
        }
        count(judgement, outcome.kind, clearance.metrics);
        if (outcome.kind == store::FilingOutcome::Kind::filed) {
            outcome.status = answer.status;
            outcome.body = std::move(answer.body);
            outcome.headers = std::move(answer.headers);
        }
        co_return outcome;
    }
    co_return store::FilingOutcome{};
}

boost::asio::awaitable<Result<Memory>> remember(const manifest::Manifest& manifest, Clearance& clearance) {
    Memory memory{manifest::identifier_uses(manifest), {}};
    store::Filing asked;
    asked.carrier_key = carrier_key(manifest);
    asked.trip_number = manifest.trip_number();
    asked.estimated_arrival = manifest.arrival().at;
    asked.uses = memory.uses;
    store::As as;
    as.kind = store::As::Kind::intake;
    using Earlier = std::vector<manifest::EarlierUse>;
    const std::function<Result<Earlier>(store::Transaction&)> find = [&asked](store::Transaction& tx) { return store::find_earlier_uses(tx, asked); };
    Result<Earlier> earlier = co_await clearance.pool.in_transaction<Earlier>(as, find);
    if (!earlier) co_return earlier.error();
    memory.earlier = std::move(*earlier);
    co_return memory;
}

}  // namespace puente::clearance
