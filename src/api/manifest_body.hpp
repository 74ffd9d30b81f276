#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes.hpp"
#include "puente/clearance/submit.hpp"
#include "puente/manifest/manifest.hpp"

namespace puente::api {

// What the doors that manifests come through have in common.

inline constexpr std::string_view json_type = "application/json";

/// With language and caching as for all that is the caller's own.
net::Response json_response(int status, std::string body, rules::Language language);

/// A manifest out of the body, or the answer that says why not.
struct Opened {
    std::unique_ptr<manifest::Manifest> manifest;
    net::Response refusal;
};

Opened open_manifest(Visit& visit);

/// What a broker who only asks may ask for besides the judgement.
struct Wishes {
    std::optional<std::chrono::sys_days> as_of;
    bool explain = false;
};

using Explained = std::vector<clearance::ExplainedFinding>;

/// 422 with every finding that the sender may see.
net::Response rejected(const clearance::Judgement& judgement, const Visit& visit, const Wishes& wishes = {}, const Explained& explained = {});

/// A response as it is kept with an idempotency key.
clearance::Answer remembered(const net::Response& response);
/// The response that a remembered answer stands for.
net::Response recalled(const clearance::Answer& answer);

}  // namespace puente::api
