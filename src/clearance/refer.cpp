#include <algorithm>
#include <utility>

#include "clearance/leg_moves.hpp"
#include "puente/clearance/read.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/inspection/turn.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/store/pool.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

Uuid new_id(Instant now) {
    const std::string random = crypto::random_octets(10);
    std::array<std::uint8_t, 10> octets;
    std::copy(random.begin(), random.end(), octets.begin());
    return Uuid::version7(now, octets);
}

/// What the place in the queue depends on, from the document on file.
Result<inspection::Place> place_of(const store::ManifestRecord& record, const Clearance& clearance) {
    const bool is_json = record.media_type == "application/json";
    const manifest::Decoded decoded = is_json ? manifest::decode_json(record.document) : manifest::decode_protobuf(record.document);
    if (!decoded.manifest) return Error{ErrorKind::internal, "the document on file cannot be read"};
    v1::Facts facts;
    manifest::derive_facts(*decoded.manifest, record.status.received_at, *clearance.rules.current()->rulebook->lists, facts);
    inspection::Place place;
    place.estimated_arrival = record.status.estimated_arrival;
    place.opened_at = clearance.now();
    place.perishable = facts.perishable();
    place.essential = {facts.essential().begin(), facts.essential().end()};
    return place;
}

}  // namespace

asio::awaitable<LegOutcome> refer(ReferralRequest request, const access::Caller& officer, Clearance& clearance) {
    const Result<store::ManifestRecord> record = co_await read_manifest(request.manifest_id, officer, clearance);
    if (!record) co_return LegRefusal{record.error()};
    Result<inspection::Place> place = place_of(*record, clearance);
    if (!place) co_return LegRefusal{place.error()};
    store::Referral referral{request.manifest_id,    new_id(place->opened_at), request.kind,     officer.client_id,
                             std::move(request.why), place->perishable,        place->essential, {}};
    referral.turn_at = inspection::turn_of(*place, clearance.rules.current()->head_starts, nullptr);

    const std::function<Result<std::optional<Uuid>>(store::Transaction&)> find = [id = request.manifest_id](store::Transaction& tx) {
        return store::find_inspection_of(tx, id);
    };
    const Result<std::optional<Uuid>> there = co_await clearance.pool.in_transaction<std::optional<Uuid>>(store::As::caller(officer), find);
    if (!there) co_return LegRefusal{there.error()};
    const LegWork work{there->value_or(referral.inspection_id), *officer.agency};
    const LegStep step = [referral](store::Transaction& tx) { return store::refer_manifest(tx, referral); };
    co_return co_await move_leg(work, step, officer, clearance);
}

}  // namespace puente::clearance
