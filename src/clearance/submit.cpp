#include "puente/clearance/submit.hpp"

#include <algorithm>
#include <utility>

#include "clearance/filing_of.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/inspection/open.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/telemetry/metrics.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::clearance {

namespace {

constexpr std::string_view intake_path = "POST /v1/manifests\n";

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
    return judge(manifest, memory, clearance, received_at, day_text(std::chrono::floor<std::chrono::days>(received_at)));
}

Judgement judge(const manifest::Manifest& manifest, const Memory& memory, const Clearance& clearance, Instant received_at, std::string draw_day) {
    std::shared_ptr<const RulesSnapshot> rules = clearance.rules.current();
    thread_local v1::Facts facts;
    facts.Clear();
    manifest::derive_facts(manifest, received_at, *rules->rulebook->lists, facts);
    manifest::add_earlier_uses(manifest, memory.uses, memory.earlier, facts);
    if (memory.accepted) manifest::add_amendment(memory.uses, *memory.accepted, facts);
    rules::Assessment assessment = rules::assess(manifest, facts, rules->rulebook);
    selection::Selection selection;
    if (!assessment.rejects()) {
        const std::shared_ptr<const selection::Registry> registry = clearance.registry.current();  // null: stale, the benefit is withheld
        const selection::Standings standings = registry ? selection::standings_of(manifest, *registry) : selection::Standings{};
        selection = selection::select(manifest, facts, assessment, rules->policy, standings, selection::day_secret(clearance.draw_secret, draw_day));
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
        if (filing->on_file) write_record(*filing, judgement, submission.caller.company);
        if (filing->on_file && judgement.selection.anyone()) filing->inspection = inspection_row(judgement, judgement.received_at);
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
    using Earlier = std::vector<manifest::EarlierUse>;
    // By value: the work may still be done when nobody waits for it any more.
    const std::function<Result<Earlier>(store::Transaction&)> find = [asked = std::move(asked)](store::Transaction& tx) {
        return store::find_earlier_uses(tx, asked);
    };
    Result<Earlier> earlier = co_await clearance.pool.in_transaction<Earlier>(store::As::intake(), find);
    if (!earlier) co_return earlier.error();
    memory.earlier = std::move(*earlier);
    co_return memory;
}

}  // namespace puente::clearance
