#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/clearance/status_cache.hpp"
#include "puente/store/inspections.hpp"
#include "puente/store/records.hpp"

namespace puente::clearance {

/// How long a reader is ready to wait for a change: while the record still has the version named by `known_etag`.
struct Patience {
    std::string known_etag;
    std::chrono::milliseconds at_most{0};
};

/// The status of a manifest. With patience: answers when it differs from the version known, or when the time has passed.
boost::asio::awaitable<Result<std::shared_ptr<const StatusSnapshot>>> read_status(Uuid manifest_id, const access::Caller& caller, Patience patience, Clearance& clearance);

/// The whole record.
boost::asio::awaitable<Result<store::ManifestRecord>> read_manifest(Uuid manifest_id, const access::Caller& caller, Clearance& clearance);

/// What happened to a manifest.
struct History {
    std::vector<store::EventRecord> events;
    std::vector<store::VersionRecord> versions;
};
boost::asio::awaitable<Result<History>> read_history(Uuid manifest_id, const access::Caller& caller, Clearance& clearance);

boost::asio::awaitable<Result<std::vector<store::StatusRecord>>> list_manifests(store::ListFilter filter, const access::Caller& caller, Clearance& clearance);

boost::asio::awaitable<Result<store::QueuePage>> list_inspections(std::string port, std::string after, std::size_t limit, const access::Caller& caller, Clearance& clearance);

/// "<version>.<state number>" in quotes: grows with every change that a reader can see.
std::string etag_of(const store::StatusRecord& record);

}  // namespace puente::clearance
