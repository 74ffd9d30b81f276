#include "puente/clearance/read.hpp"

#include <fmt/format.h>

#include <utility>

#include "puente/push/change_feed.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

/// Those who may see the same rows share what was read.
std::string viewer_of(const access::Caller& caller) {
    if (caller.agency) return std::string{identifiers::code(*caller.agency)};
    return fmt::format("{}\n{}", caller.company, caller.scac);
}

asio::awaitable<Result<std::shared_ptr<const StatusSnapshot>>> read_once(Uuid manifest_id, const access::Caller& caller, Clearance& clearance) {
    const std::string viewer = viewer_of(caller);
    const auto now = std::chrono::steady_clock::now();
    if (auto remembered = clearance.statuses.find(viewer, manifest_id, now)) co_return remembered;
    const std::function<Result<store::StatusRecord>(store::Transaction&)> find = [manifest_id](store::Transaction& tx) { return store::find_status(tx, manifest_id); };
    Result<store::StatusRecord> record = co_await clearance.pool.in_transaction<store::StatusRecord>(store::As::caller(caller), find);
    if (!record) co_return record.error();
    auto snapshot = std::make_shared<StatusSnapshot>();
    snapshot->etag = etag_of(*record);
    snapshot->record = std::move(*record);
    clearance.statuses.put(viewer, manifest_id, snapshot, now);
    co_return std::shared_ptr<const StatusSnapshot>{std::move(snapshot)};
}

}  // namespace

std::string etag_of(const store::StatusRecord& record) { return fmt::format("\"{}.{}\"", record.version, record.state_no); }

asio::awaitable<Result<std::shared_ptr<const StatusSnapshot>>> read_status(Uuid manifest_id, const access::Caller& caller, Patience patience, Clearance& clearance) {
    if (patience.at_most.count() == 0) co_return co_await read_once(manifest_id, caller, clearance);
    const auto deadline = std::chrono::steady_clock::now() + patience.at_most;
    while (true) {
        const std::unique_ptr<push::ChangeFeed::Watch> watch = co_await clearance.changes.watch(manifest_id);
        Result<std::shared_ptr<const StatusSnapshot>> status = co_await read_once(manifest_id, caller, clearance);
        if (!status || (*status)->etag != patience.known_etag) co_return status;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0 || clearance.changes.closed()) co_return status;
        const bool changed = co_await watch->wait(left);
        if (!changed) co_return status;
    }
}

asio::awaitable<Result<store::ManifestRecord>> read_manifest(Uuid manifest_id, const access::Caller& caller, Clearance& clearance) {
    const std::function<Result<store::ManifestRecord>(store::Transaction&)> find = [manifest_id](store::Transaction& tx) { return store::find_manifest(tx, manifest_id); };
    co_return co_await clearance.pool.in_transaction<store::ManifestRecord>(store::As::caller(caller), find);
}

asio::awaitable<Result<History>> read_history(Uuid manifest_id, const access::Caller& caller, Clearance& clearance) {
    const std::function<Result<History>(store::Transaction&)> find = [manifest_id](store::Transaction& tx) -> Result<History> {
        const Result<store::StatusRecord> visible = store::find_status(tx, manifest_id);
        if (!visible) return visible.error();
        Result<std::vector<store::EventRecord>> events = store::find_events(tx, manifest_id);
        if (!events) return events.error();
        Result<std::vector<store::VersionRecord>> versions = store::find_versions(tx, manifest_id);
        if (!versions) return versions.error();
        return History{std::move(*events), std::move(*versions)};
    };
    co_return co_await clearance.pool.in_transaction<History>(store::As::caller(caller), find);
}

asio::awaitable<Result<std::vector<store::StatusRecord>>> list_manifests(store::ListFilter filter, const access::Caller& caller, Clearance& clearance) {
    using Records = std::vector<store::StatusRecord>;
    const std::function<Result<Records>(store::Transaction&)> find = [filter = std::move(filter)](store::Transaction& tx) { return store::list_manifests(tx, filter); };
    co_return co_await clearance.pool.in_transaction<Records>(store::As::caller(caller), find);
}

asio::awaitable<Result<store::QueuePage>> list_inspections(std::string port, std::string after, std::size_t limit, const access::Caller& caller, Clearance& clearance) {
    const std::function<Result<store::QueuePage>(store::Transaction&)> find = [port = std::move(port), after = std::move(after), limit](store::Transaction& tx) {
        return store::list_inspections(tx, port, after, limit);
    };
    co_return co_await clearance.pool.in_transaction<store::QueuePage>(store::As::caller(caller), find);
}

}  // namespace puente::clearance
