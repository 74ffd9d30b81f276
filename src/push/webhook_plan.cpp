#include "push/webhook_plan.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace puente::push {

namespace {

using std::chrono::milliseconds;
using Verdict = store::ErrandOutcome::Verdict;
using namespace std::chrono_literals;

// Statuses that speak of the message: RFC 9110 15.5, RFC 6585.
constexpr std::array message_statuses{400, 411, 413, 414, 415, 417, 422, 428, 431};

/// The challenge is tried a few times only: its owner is there, and can ask for another.
constexpr std::int32_t challenges_max = 5;

std::string error_of(const net::OutboundAnswer& answer) {
    if (answer.status == 0) return answer.error;
    if (!answer.error.empty()) return answer.error;
    if (answer.status >= 300 && answer.status < 400) return "status " + std::to_string(answer.status) + ": redirects are not followed";
    return meaning_of(answer.status) == Meaning::taken ? "" : "status " + std::to_string(answer.status);
}

milliseconds drawn(milliseconds longest, const std::function<double()>& draw) {
    return milliseconds{static_cast<std::int64_t>(draw() * static_cast<double>(longest.count()))};
}

milliseconds wait_before_try(const RetryPlan& plan, std::int32_t next, const std::function<double()>& draw) {
    const auto index = static_cast<std::size_t>(std::clamp<std::int32_t>(next - 2, 0, static_cast<std::int32_t>(plan.waits.size()) - 1));
    return drawn(plan.waits[index], draw);
}

std::int32_t tries_max(const store::WebhookErrand& errand, Meaning meaning, const RetryPlan& plan) {
    const auto all = static_cast<std::int32_t>(plan.waits.size()) + 1;
    if (errand.event_id == 0) return std::min(all, challenges_max);
    if (meaning == Meaning::message_bad) return std::min(all, plan.refused_max);
    return errand.endpoint_failures == 0 ? std::min(all, plan.alone_max) : all;
}

}  // namespace

std::vector<milliseconds> RetryPlan::usual_waits() {
    return {10s, 1min, 5min, 20min, 1h, 2h, 4h, 8h, 16h, 24h, 24h, 24h};
}

Meaning meaning_of(int status) {
    if (status >= 200 && status < 300) return Meaning::taken;
    if (status == 410) return Meaning::gone;
    return std::find(message_statuses.begin(), message_statuses.end(), status) != message_statuses.end() ? Meaning::message_bad
                                                                                                         : Meaning::endpoint_bad;
}

store::ErrandOutcome judge(const store::WebhookErrand& errand, const net::OutboundAnswer& answer, milliseconds took, const RetryPlan& plan,
                           const std::function<double()>& draw) {
    const Meaning meaning = answer.error.empty() ? meaning_of(answer.status) : Meaning::endpoint_bad;
    store::ErrandOutcome outcome;
    outcome.webhook_id = errand.webhook_id;
    outcome.event_id = errand.event_id;
    outcome.attempt = errand.attempt;
    outcome.status = answer.status;
    outcome.latency_ms = static_cast<std::int32_t>(took.count());
    outcome.error = error_of(answer);
    if (meaning == Meaning::taken) {
        outcome.verdict = Verdict::delivered;
        return outcome;
    }
    outcome.gone = meaning == Meaning::gone && errand.event_id != 0;
    outcome.endpoint_at_fault = meaning == Meaning::endpoint_bad;
    const milliseconds asked_for = std::min<milliseconds>(answer.retry_after.value_or(0s), 1h);
    const std::int32_t most = tries_max(errand, meaning, plan);
    if (errand.attempt >= most && !outcome.gone) {
        outcome.verdict = Verdict::parked;
        outcome.error = "given up after " + std::to_string(errand.attempt) + " tries: " + outcome.error;
    } else {
        outcome.delay = std::max(asked_for, wait_before_try(plan, errand.attempt + 1, draw));
    }
    const std::int32_t failures = errand.endpoint_failures + 1;
    if (outcome.endpoint_at_fault && failures >= plan.rest_after) {
        outcome.rest = std::min(plan.rest_max, wait_before_try(plan, failures - plan.rest_after + 2, draw));
    }
    if (outcome.endpoint_at_fault) outcome.rest = std::max(outcome.rest, asked_for);
    return outcome;
}

}  // namespace puente::push
