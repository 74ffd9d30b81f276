#include "puente/clearance/passage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "clearance/tell.hpp"
#include "puente/clearance/status_cache.hpp"
#include "puente/push/change_feed.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

/// Whether anything was written.
using StepWork = std::function<Result<bool>(store::Transaction&)>;

Result<store::StatusRecord> read(store::Transaction& tx, const Uuid& manifest_id) {
    return store::find_status(tx, manifest_id);
}

asio::awaitable<PassageOutcome> take(StepWork work, store::As as, Uuid manifest_id, const access::Caller& caller, Clearance& clearance) {
    const Result<bool> written = co_await clearance.pool.in_transaction<bool>(std::move(as), work);
    if (!written) co_return co_await explain_passage(written.error(), manifest_id, caller, clearance);
    if (*written) tell(manifest_id, clearance);
    const std::function<Result<store::StatusRecord>(store::Transaction&)> look = [manifest_id](store::Transaction& tx) {
        return read(tx, manifest_id);
    };
    Result<store::StatusRecord> record = co_await clearance.pool.in_transaction<store::StatusRecord>(store::As::caller(caller), look);
    if (!record) co_return PassageRefusal{record.error()};
    co_return std::move(*record);
}

}  // namespace

void tell(const Uuid& manifest_id, Clearance& clearance) {
    clearance.statuses.drop(manifest_id);
    clearance.changes.announce(manifest_id);
}

inspection::Whereabouts whereabouts(const store::StatusRecord& record) {
    const bool touched = std::any_of(record.legs.begin(), record.legs.end(), [](const store::LegRecord& leg) {
        return leg.state != inspection::LegState::none && leg.state != inspection::LegState::pending;
    });
    return {record.status, record.arrived_at.has_value(), touched};
}

bool tags_hit(const KnownTags& tags, std::int32_t version, std::int64_t state_no) {
    const std::string tag = fmt::format("\"{}.{}\"", version, state_no);
    return !tags || std::any_of(tags->begin(), tags->end(), [&](const std::string& each) { return each == "*" || each == tag; });
}

asio::awaitable<PassageRefusal> explain_passage(Error error, Uuid manifest_id, const access::Caller& caller, Clearance& clearance) {
    PassageRefusal refusal{std::move(error)};
    if (refusal.error.kind() != ErrorKind::conflict && refusal.error.kind() != ErrorKind::stale) co_return refusal;
    const std::function<Result<store::StatusRecord>(store::Transaction&)> look = [manifest_id](store::Transaction& tx) {
        return read(tx, manifest_id);
    };
    Result<store::StatusRecord> record = co_await clearance.pool.in_transaction<store::StatusRecord>(store::As::caller(caller), look);
    if (!record) co_return refusal;
    refusal.allowed = inspection::open_steps(caller.agency ? inspection::Actor::gate : inspection::Actor::sender, whereabouts(*record));
    refusal.now = std::move(*record);
    co_return refusal;
}

asio::awaitable<PassageOutcome> cancel(Uuid manifest_id, KnownTags tags, std::string reason, const access::Caller& caller, Clearance& clearance) {
    const StepWork work = [manifest_id, tags = std::move(tags), reason = std::move(reason)](store::Transaction& tx) -> Result<bool> {
        const Result<store::Standing> standing = store::lock_own_manifest(tx, manifest_id, {});
        if (!standing) return standing.error();
        const Result<bool> wanted = inspection::is_to_be_done(inspection::Step::cancel, standing->where());
        if (!wanted || !*wanted) return wanted;
        if (!tags_hit(tags, standing->version, standing->state_no)) return Error{ErrorKind::stale, "the manifest has changed: read it again"};
        if (const Result<void> written = store::write_cancellation(tx, manifest_id, reason); !written) return written.error();
        return true;
    };
    co_return co_await take(work, store::As::sender(caller), manifest_id, caller, clearance);
}

asio::awaitable<PassageOutcome> note_at_gate(store::GateNote note, const access::Caller& caller, Clearance& clearance) {
    if (!caller.agency || !caller.agency->customs())
        co_return PassageRefusal{
            Error{ErrorKind::forbidden, "the gates are kept by the customs agencies"}
        };
    const Uuid manifest_id = note.manifest_id;
    const StepWork work = [note = std::move(note)](store::Transaction& tx) -> Result<bool> {
        const Result<store::Standing> standing = store::lock_at_gate(tx, note.manifest_id);
        if (!standing) return standing.error();
        const Result<bool> wanted = inspection::is_to_be_done(note.step, standing->where());
        if (!wanted || !*wanted) return wanted;
        if (standing->arrived_at && note.at < *standing->arrived_at) {
            return Error{ErrorKind::malformed, "/at: the trip arrived at " + to_text(*standing->arrived_at) + "; it cannot cross before"};
        }
        if (const Result<void> written = store::note_at_gate(tx, note); !written) return written.error();
        return true;
    };
    co_return co_await take(work, store::As::caller(caller), manifest_id, caller, clearance);
}

}  // namespace puente::clearance
