#include "puente/clearance/registry.hpp"

#include <functional>
#include <utility>

#include "puente/clearance/registry_desk.hpp"
#include "puente/store/pool.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using selection::IdKind;
using selection::Programme;
using store::RegistryChange;
using store::RegistryRecord;
using store::RegistryTally;
using store::Transaction;

namespace {

constexpr const char* api_source = "api";

Result<store::As> officer_of(const access::Caller& caller) {
    if (!caller.agency) return Error{ErrorKind::forbidden, "the registers are for officers of an agency"};
    return store::As::caller(caller);
}

/// One change of a register: begun, made, written down.
template <class Change>
Result<RegistryTally> changed(Transaction& tx, Programme programme, const std::string& by, const Change& make) {
    Result<RegistryChange> change = store::begin_registry_change(tx, programme, api_source, by);
    if (!change) return change.error();
    RegistryTally tally;
    if (const Result<void> made = make(*change, tally); !made) return made.error();
    if (const Result<void> finished = store::finish_registry_change(tx, *change, tally); !finished) return finished.error();
    return tally;
}

void tell(Programme programme, const char* what, const access::Caller& officer) {
    telemetry::Event{"registry.changed"}.with("programme", to_text(programme)).with("change", what).with("client_id", officer.client_id);
}

}  // namespace

asio::awaitable<Result<std::vector<store::RegistrySummary>>> list_registries(const access::Caller& officer, Clearance& clearance) {
    using Summaries = std::vector<store::RegistrySummary>;
    const Result<store::As> as = officer_of(officer);
    if (!as) co_return as.error();
    const std::function<Result<Summaries>(Transaction&)> read = [](Transaction& tx) { return store::list_registries(tx); };
    co_return co_await clearance.pool.in_transaction<Summaries>(*as, read);
}

asio::awaitable<Result<std::vector<RegistryRecord>>> list_registry_entries(Programme programme, std::string after, std::size_t limit,
                                                                           const access::Caller& officer, Clearance& clearance) {
    using Records = std::vector<RegistryRecord>;
    const Result<store::As> as = officer_of(officer);
    if (!as) co_return as.error();
    const std::function<Result<Records>(Transaction&)> read = [programme, after = std::move(after), limit](Transaction& tx) {
        return store::list_registry_entries(tx, programme, after, limit);
    };
    co_return co_await clearance.pool.in_transaction<Records>(*as, read);
}

asio::awaitable<Result<RegistryRecord>> find_registry_entry(Programme programme, IdKind kind, std::string id, const access::Caller& officer,
                                                            Clearance& clearance) {
    const Result<store::As> as = officer_of(officer);
    if (!as) co_return as.error();
    const std::function<Result<RegistryRecord>(Transaction&)> read = [programme, kind, id = std::move(id)](Transaction& tx) {
        return store::find_registry_entry(tx, programme, kind, id);
    };
    co_return co_await clearance.pool.in_transaction<RegistryRecord>(*as, read);
}

asio::awaitable<Result<StandingPut>> put_registry_entry(Programme programme, store::RegistryEntry entry, const access::Caller& officer,
                                                        Clearance& clearance) {
    const Result<store::As> as = officer_of(officer);
    if (!as) co_return as.error();
    const std::function<Result<StandingPut>(Transaction&)> write = [programme, entry = std::move(entry),
                                                                    by = officer.client_id](Transaction& tx) -> Result<StandingPut> {
        const auto put = [&](const RegistryChange& change, RegistryTally& tally) { return store::put_registry_entries(tx, change, {entry}, tally); };
        const Result<RegistryTally> tally = changed(tx, programme, by, put);
        if (!tally) return tally.error();
        Result<RegistryRecord> record = store::find_registry_entry(tx, programme, entry.kind, entry.id);
        if (!record) return record.error();
        return StandingPut{std::move(*record), tally->added > 0};
    };
    Result<StandingPut> put = co_await clearance.pool.in_transaction<StandingPut>(*as, write);
    if (!put) co_return put.error();
    tell(programme, "put", officer);
    clearance.registry_desk.wake();
    co_return std::move(*put);
}

asio::awaitable<Result<std::monostate>> end_registry_entry(Programme programme, IdKind kind, std::string id, const access::Caller& officer,
                                                           Clearance& clearance) {
    const Result<store::As> as = officer_of(officer);
    if (!as) co_return as.error();
    const std::function<Result<std::monostate>(Transaction&)> write = [programme, kind, id = std::move(id),
                                                                       by = officer.client_id](Transaction& tx) -> Result<std::monostate> {
        const auto end = [&](const RegistryChange& change, RegistryTally& tally) { return store::end_registry_entry(tx, change, kind, id, tally); };
        const Result<RegistryTally> tally = changed(tx, programme, by, end);
        if (!tally) return tally.error();
        return std::monostate{};
    };
    const Result<std::monostate> ended = co_await clearance.pool.in_transaction<std::monostate>(*as, write);
    if (!ended) co_return ended.error();
    tell(programme, "ended", officer);
    clearance.registry_desk.wake();
    co_return std::monostate{};
}

}  // namespace puente::clearance
