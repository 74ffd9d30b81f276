#pragma once

#include "puente/clearance/passage.hpp"
#include "puente/clearance/submit.hpp"

namespace puente::clearance {

/// An amendment: the whole manifest anew, in place of the version that the caller knows by its entity tag.
struct Amendment {
    const manifest::Manifest& manifest;
    const access::Caller& caller;
    Uuid manifest_id;
    KnownTags tags;
    std::string idempotency_key;  ///< empty: none
    Instant received_at;
};

/// The version that an amendment is put on file as.
struct NextVersion {
    std::int32_t version;
    std::int64_t state_no;
    Instant received_at;
};

/// Puts a judgement into words; null when it is rejected.
using AmendedWriter = std::function<Answer(const Judgement& judgement, const NextVersion* next)>;

struct AmendedAnswer {
    Answer answer;
    bool replayed = false;
};
/// The key was used for another body.
struct KeyReused {};

using AmendOutcome = std::variant<AmendedAnswer, PassageRefusal, KeyReused>;

/// Judges an amendment as a submission is judged, and writes it as the next version: document, findings, identifiers, legs, event and the answer, all
/// or nothing. Selection is made anew only when the facts differ, and the draw never is. What is rejected leaves the old version in force. Errors:
/// not_found (also another company's); stale; conflict (an officer has begun, the load has arrived, or trip number or carrier differ); overloaded.
boost::asio::awaitable<AmendOutcome> amend(Amendment amendment, const AmendedWriter& write_answer, Clearance& clearance);

}  // namespace puente::clearance
