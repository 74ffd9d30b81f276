#include "puente/clearance/amend.hpp"

#include <algorithm>
#include <utility>

#include "clearance/filing_of.hpp"
#include "clearance/tell.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

std::unique_ptr<manifest::Manifest> decoded(const std::string& document, const std::string& media_type) {
    return (media_type == "application/json" ? manifest::decode_json(document) : manifest::decode_protobuf(document)).manifest;
}

std::vector<inspection::LegBefore> legs_before(const store::AmendmentBase& base) {
    std::vector<inspection::LegBefore> legs;
    for (const store::LegRecord& leg : base.now.legs)
        legs.push_back({
            {leg.agency, leg.state, leg.kind},
            leg.claimed, base.asked_by_hand.contains(leg.agency.text())
        });
    return legs;
}

/// The legs as they are, in the order of all lists of legs.
inspection::Legs same_legs(const std::vector<inspection::LegBefore>& before) {
    inspection::Legs legs;
    for (const identifiers::Agency agency : identifiers::agencies) legs.push_back({agency});
    for (const inspection::LegBefore& each : before) {
        const auto own = std::find_if(legs.begin(), legs.end(), [&](const inspection::LegView& leg) { return leg.agency == each.leg.agency; });
        if (own == legs.end()) {
            legs.push_back(each.leg);
        } else {
            *own = each.leg;
        }
    }
    return legs;
}

Error other_trip(const store::StatusRecord& now) {
    return Error{ErrorKind::conflict, "an amendment keeps the trip: this manifest is trip " + now.trip_number + " of carrier " + now.carrier_key +
                                          "; cancel it and file the other trip anew"};
}

/// One amendment on its way.
class Way {
public:
    Way(Amendment& amendment, Clearance& clearance) : amendment_{amendment}, clearance_{clearance} {}

    asio::awaitable<Result<std::optional<AmendOutcome>>> earlier_answer();
    asio::awaitable<Result<void>> find_base();
    asio::awaitable<Result<void>> remember();
    Judgement judged() const;
    store::Filing filing_of(const Judgement& judgement) const;
    void remember_as(store::Filing& filing, const Answer& answer) const;
    asio::awaitable<Result<void>> write(const store::Filing& filing);
    asio::awaitable<Result<bool>> keep_rejection(const store::Filing& filing);
    bool is_to_be_judged_again();
    bool key_was_taken() const { return hitch_->key_taken; }
    NextVersion next() const { return {base_.now.version + 1, base_.now.state_no + 1, amendment_.received_at}; }

private:
    store::As intake() const { return store::As::sender(amendment_.caller); }

    Amendment& amendment_;
    Clearance& clearance_;
    store::AmendmentBase base_;
    manifest::Difference difference_;
    Instant cargo_received_at_;
    Memory memory_;
    std::shared_ptr<store::AmendmentHitch> hitch_ = std::make_shared<store::AmendmentHitch>();
};

asio::awaitable<Result<std::optional<AmendOutcome>>> Way::earlier_answer() {
    if (amendment_.idempotency_key.empty()) co_return std::optional<AmendOutcome>{};
    store::Filing asked;
    remember_as(asked, {});
    using Found = std::optional<store::FilingOutcome>;
    const std::function<Result<Found>(store::Transaction&)> find = [asked](store::Transaction& tx) { return store::find_answer(tx, asked); };
    Result<Found> found = co_await clearance_.pool.in_transaction<Found>(intake(), find);
    if (!found) co_return found.error();
    if (!*found) co_return std::optional<AmendOutcome>{};
    if ((*found)->kind == store::FilingOutcome::Kind::key_reused) co_return std::optional<AmendOutcome>{KeyReused{}};
    AmendedAnswer answer{
        {(*found)->status, std::move((*found)->body), std::move((*found)->headers)},
        true
    };
    co_return std::optional<AmendOutcome>{std::move(answer)};
}

asio::awaitable<Result<void>> Way::find_base() {
    const std::function<Result<store::AmendmentBase>(store::Transaction&)> find = [id = amendment_.manifest_id](store::Transaction& tx) {
        return store::find_amendment_base(tx, id);
    };
    Result<store::AmendmentBase> base = co_await clearance_.pool.in_transaction<store::AmendmentBase>(store::As::caller(amendment_.caller), find);
    if (!base) co_return base.error();
    base_ = std::move(*base);
    const Result<bool> open = inspection::is_to_be_done(inspection::Step::amend, whereabouts(base_.now));
    if (!open) co_return open.error();
    if (!tags_hit(amendment_.tags, base_.now.version, base_.now.state_no))
        co_return Error{ErrorKind::stale, "the manifest has changed: read it again"};
    const bool same_trip = amendment_.manifest.trip_number() == base_.now.trip_number && carrier_key(amendment_.manifest) == base_.now.carrier_key;
    if (!same_trip) co_return other_trip(base_.now);
    const auto before = decoded(base_.document, base_.media_type);
    const auto first = base_.first_document.empty() ? nullptr : decoded(base_.first_document, base_.first_media_type);
    if (before) difference_ = manifest::difference(*before, amendment_.manifest);
    cargo_received_at_ = difference_.cargo ? amendment_.received_at : base_.cargo_received_at;
    manifest::Accepted& accepted = memory_.accepted.emplace();
    if (first || before) accepted.uses = manifest::identifier_uses(first ? *first : *before);
    accepted.at = base_.now.received_at;
    accepted.same_cargo = cargo_received_at_ == base_.now.received_at;
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Way::remember() {
    memory_.uses = manifest::identifier_uses(amendment_.manifest);
    store::Filing asked;
    asked.manifest_id = amendment_.manifest_id;
    asked.carrier_key = base_.now.carrier_key;
    asked.trip_number = base_.now.trip_number;
    asked.estimated_arrival = amendment_.manifest.arrival().at;
    asked.uses = memory_.uses;
    using Earlier = std::vector<manifest::EarlierUse>;
    const std::function<Result<Earlier>(store::Transaction&)> find = [asked](store::Transaction& tx) { return store::find_earlier_uses(tx, asked); };
    Result<Earlier> earlier = co_await clearance_.pool.in_transaction<Earlier>(intake(), find);
    if (!earlier) co_return earlier.error();
    memory_.earlier = std::move(*earlier);
    co_return Result<void>{};
}

/// Lead times run from when the cargo first came as it is now: who corrects a seal is not late, and who brings other cargo late does not become
/// early by amending once more.
Judgement Way::judged() const {
    Judgement judgement = judge(amendment_.manifest, memory_, clearance_, cargo_received_at_, base_.draw_day);
    const std::vector<inspection::LegBefore> before = legs_before(base_);
    judgement.legs = difference_.facts ? inspection::legs_after_amendment(before, judgement.selection) : same_legs(before);
    judgement.status = inspection::public_status(judgement.legs);
    judgement.received_at = amendment_.received_at;
    return judgement;
}

store::Filing Way::filing_of(const Judgement& judgement) const {
    store::Filing filing;
    filing.on_file = !judgement.assessment.rejects();
    filing.manifest_id = amendment_.manifest_id;
    filing.received_at = amendment_.received_at;
    filing.carrier_key = base_.now.carrier_key;
    filing.trip_number = base_.now.trip_number;
    filing.estimated_arrival = amendment_.manifest.arrival().at;
    filing.uses = memory_.uses;
    filing.judged_with = memory_.earlier;
    if (!filing.on_file) return filing;
    write_record(filing, judgement, amendment_.caller.company);
    if (difference_.facts) filing.inspection = inspection_row(judgement, base_.now.received_at);
    return filing;
}

void Way::remember_as(store::Filing& filing, const Answer& answer) const {
    filing.client_id = amendment_.caller.client_id;
    filing.idempotency_key = amendment_.idempotency_key;
    filing.fingerprint = crypto::sha256("PUT /v1/manifests/" + amendment_.manifest_id.text() + "\n" + amendment_.manifest.sha256());
    filing.answer_status = answer.status;
    filing.answer_body = answer.body;
    filing.answer_headers = answer.headers;
}

asio::awaitable<Result<void>> Way::write(const store::Filing& filing) {
    const std::function<Result<bool>(store::Transaction&)> work = [filing, hitch = hitch_, version = base_.now.version, state_no = base_.now.state_no,
                                                                   cargo_received_at = cargo_received_at_](store::Transaction& tx) -> Result<bool> {
        *hitch = {};
        const Result<store::Standing> standing = store::lock_own_manifest(tx, filing.manifest_id, filing.uses);
        if (!standing) return standing.error();
        if (const Result<bool> open = inspection::is_to_be_done(inspection::Step::amend, standing->where()); !open) return open;
        if (standing->version != version || standing->state_no != state_no) return Error{ErrorKind::stale, "the manifest has changed: read it again"};
        if (const Result<void> written = store::write_amendment(tx, {filing, *standing, cargo_received_at}, *hitch); !written) return written.error();
        return true;
    };
    const Result<bool> written = co_await clearance_.pool.in_transaction<bool>(intake(), work);
    if (!written) co_return written.error();
    co_return Result<void>{};
}

asio::awaitable<Result<bool>> Way::keep_rejection(const store::Filing& filing) {
    if (filing.idempotency_key.empty()) co_return true;
    const std::function<Result<bool>(store::Transaction&)> work = [filing](store::Transaction& tx) { return store::remember_answer(tx, filing); };
    co_return co_await clearance_.pool.in_transaction<bool>(intake(), work);
}

bool Way::is_to_be_judged_again() {
    if (!hitch_->earlier_uses) return false;
    memory_.earlier = *hitch_->earlier_uses;
    return true;
}

/// Judges and writes. Nothing: somebody else answered under this key meanwhile.
asio::awaitable<Result<std::optional<Answer>>> judge_and_write(Way& way, const AmendedWriter& write_answer) {
    for (int tries = 0; tries < judgements_max; ++tries) {
        const Judgement judgement = way.judged();
        store::Filing filing = way.filing_of(judgement);
        const NextVersion next = way.next();
        Answer answer = write_answer(judgement, filing.on_file ? &next : nullptr);
        way.remember_as(filing, answer);
        if (!filing.on_file) {
            const Result<bool> kept = co_await way.keep_rejection(filing);
            if (!kept) co_return kept.error();
            co_return *kept ? std::optional{std::move(answer)} : std::nullopt;
        }
        const Result<void> written = co_await way.write(filing);
        if (written) co_return std::optional{std::move(answer)};
        if (way.key_was_taken()) co_return std::optional<Answer>{};
        if (!way.is_to_be_judged_again()) co_return written.error();
    }
    co_return Error{ErrorKind::overloaded, "trips with the same identifiers come and go; try again"};
}

}  // namespace

asio::awaitable<AmendOutcome> amend(Amendment amendment, const AmendedWriter& write_answer, Clearance& clearance) {
    Way way{amendment, clearance};
    Result<std::optional<AmendOutcome>> known = co_await way.earlier_answer();
    if (!known) co_return PassageRefusal{known.error()};
    if (*known) co_return std::move(**known);
    Result<void> ready = co_await way.find_base();
    if (ready) ready = co_await way.remember();
    if (!ready) co_return co_await explain_passage(ready.error(), amendment.manifest_id, amendment.caller, clearance);
    Result<std::optional<Answer>> answer = co_await judge_and_write(way, write_answer);
    if (!answer) co_return co_await explain_passage(answer.error(), amendment.manifest_id, amendment.caller, clearance);
    if (!*answer) {
        known = co_await way.earlier_answer();
        if (known && *known) co_return std::move(**known);
        co_return PassageRefusal{
            Error{ErrorKind::overloaded, "try again with the same key"}
        };
    }
    if ((*answer)->status == 200) tell(amendment.manifest_id, clearance);
    AmendedAnswer amended{std::move(**answer), false};
    co_return amended;
}

}  // namespace puente::clearance
