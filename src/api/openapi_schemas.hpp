#pragma once

#include <nlohmann/json_fwd.hpp>

namespace puente::api {

/// Schemas of everything that is sent and received, the manifest's own from its JSON Schema: `components/schemas`.
nlohmann::ordered_json openapi_schemas();

/// The part of them that is about rule sets.
nlohmann::ordered_json openapi_rule_schemas();

/// The part of them that officers send and receive.
nlohmann::ordered_json openapi_inspection_schemas();

/// The part of them that is about webhooks.
nlohmann::ordered_json openapi_webhook_schemas();

/// The part of them that is about the queue: claims, bays, slots, contingencies.
nlohmann::ordered_json openapi_queue_schemas();

/// The header fields that answers carry: `components/headers`.
nlohmann::ordered_json openapi_headers();

/// The header and query parameters, by the name they are asked for: `components/parameters`.
nlohmann::ordered_json openapi_parameters();

/// A small manifest that is in the format, as an example of a request body.
nlohmann::ordered_json openapi_manifest_example();

}  // namespace puente::api
