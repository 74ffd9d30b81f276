#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/inspection/leg.hpp"
#include "puente/manifest/amendment.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/manifest/uses.hpp"
#include "puente/rules/assess.hpp"
#include "puente/rules/explain.hpp"
#include "puente/selection/select.hpp"
#include "puente/store/filing.hpp"
#include "puente/uuid.hpp"

namespace puente::clearance {

/// What the record knows of a manifest: its identifiers, the other trips that used them, and of an amendment what was accepted before.
struct Memory {
    std::vector<manifest::Use> uses;
    std::vector<manifest::EarlierUse> earlier;
    std::optional<manifest::Accepted> accepted{};
};

/// Looks up what is known. Errors: overloaded.
boost::asio::awaitable<Result<Memory>> remember(const manifest::Manifest& manifest, Clearance& clearance);

/// What the rules and the selection make of a manifest, before anything is written.
struct Judgement {
    const manifest::Manifest& manifest;
    const Memory& memory;
    rules::Assessment assessment;
    selection::Selection selection;
    inspection::Legs legs;
    std::string_view status;                     ///< public status it would have
    std::shared_ptr<const RulesSnapshot> rules;  ///< judged by these
    Instant received_at;
    std::string draw_day;
    bool perishable = false;
    std::vector<std::string> essential;
};

/// Judges a manifest: facts, rules, selection, legs. Pure but for the snapshot it takes; `POST /v1/manifests:validate` is `remember` and this.
Judgement judge(const manifest::Manifest& manifest, const Memory& memory, const Clearance& clearance, Instant received_at);
/// The same with the draw of another day: an amendment does not roll the dice again.
Judgement judge(const manifest::Manifest& manifest, const Memory& memory, const Clearance& clearance, Instant received_at, std::string draw_day);

/// What these rules say as they stand on a day, whatever the day of arrival. Nothing is selected: the legs stay empty.
Judgement judge_as_of(const manifest::Manifest& manifest, const Memory& memory, std::shared_ptr<const RulesSnapshot> rules, std::chrono::sys_days day, Instant received_at);

/// How a finding came about: the place where its rule does not hold.
struct ExplainedFinding {
    const rules::Rule* rule;
    rules::Explanation place;
};

/// Explains the findings that the sender may see, in their order, the first 200 at most. `day` is the one that was judged by. Errors: overloaded.
boost::asio::awaitable<Result<std::vector<ExplainedFinding>>> explain_findings(const Judgement& judgement, std::chrono::sys_days day,
                                                                               Clearance& clearance);

/// An answer to a submission, as it is sent and as it is remembered with the key.
struct Answer {
    int status = 0;
    std::string body;
    std::string headers;  ///< "Name: value\n" each
};

/// Puts a judgement into words. `manifest_id` is that of the record to be, or null when it is rejected.
using AnswerWriter = std::function<Answer(const Judgement& judgement, const Uuid* manifest_id)>;

/// A submission: who sends what under which key.
struct Submission {
    const manifest::Manifest& manifest;
    const access::Caller& caller;
    std::string idempotency_key;
    Instant received_at;
};

/// Puts a manifest on file, or says everything that is wrong with it. One transaction (product contract, promises 1 and 2): record, document, findings,
/// inspection, legs, event and the answer itself. The outcome carries the answer to send.
boost::asio::awaitable<store::FilingOutcome> submit(Submission submission, const AnswerWriter& write_answer, Clearance& clearance);

}  // namespace puente::clearance
