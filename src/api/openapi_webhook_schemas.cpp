#include <nlohmann/json.hpp>

#include "api/openapi_schemas.hpp"

namespace puente::api {

namespace {

constexpr const char* text = R"json({
"WebhookState": {"type": "string", "enum": ["PENDING", "ACTIVE", "PAUSED", "UNVERIFIED", "DISABLED"],
  "description": "PENDING: the challenge is not answered yet, events are collected. PAUSED: events are collected. UNVERIFIED, DISABLED: what is missed is caught up after :resume"},
"WebhookRequest": {"type": "object", "additionalProperties": false, "required": ["url"], "properties": {
    "url": {"type": "string", "format": "uri", "maxLength": 2048, "description": "https; a public address, port 443 or 8443 unless the installation says otherwise"},
    "kinds": {"type": "array", "maxItems": 20, "items": {"type": "string", "pattern": "^[a-z0-9_.-]{1,40}$"}, "description": "Kinds of events; none: all"},
    "manifestId": {"$ref": "#/components/schemas/Uuid"},
    "carrier": {"type": "string", "maxLength": 20, "description": "Trips under this carrier's code only"},
    "description": {"type": "string", "maxLength": 200}},
  "examples": [{"url": "https://receiver.example/puente", "kinds": ["filed", "decided"]}]},
"WebhookAttempt": {"type": "object", "required": ["at", "attempt", "latencyMs"], "properties": {
    "at": {"$ref": "#/components/schemas/Time"}, "attempt": {"type": "integer"}, "status": {"type": "integer", "description": "Absent: no answer"},
    "latencyMs": {"type": "integer"}, "error": {"type": "string"}}},
"Webhook": {"type": "object", "required": ["webhookId", "url", "kinds", "state", "createdAt", "waiting", "parked", "links"], "properties": {
    "webhookId": {"$ref": "#/components/schemas/Uuid"},
    "url": {"type": "string", "format": "uri"},
    "description": {"type": "string"},
    "kinds": {"type": "array", "items": {"type": "string"}},
    "manifestId": {"$ref": "#/components/schemas/Uuid"},
    "carrier": {"type": "string"},
    "state": {"$ref": "#/components/schemas/WebhookState"},
    "reason": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "verifiedAt": {"$ref": "#/components/schemas/Time"},
    "failingSince": {"$ref": "#/components/schemas/Time"},
    "failures": {"type": "integer", "description": "Of the endpoint, one after the other"},
    "waiting": {"type": "integer", "description": "Deliveries still to be made; counted up to 10000"},
    "parked": {"type": "integer", "description": "Deliveries given up; counted up to 10000"},
    "oldSecretUntil": {"$ref": "#/components/schemas/Time"},
    "challenges": {"type": "array", "items": {"$ref": "#/components/schemas/WebhookAttempt"}},
    "links": {"type": "object", "properties": {"self": {"type": "string", "format": "uri-reference"}, "deliveries": {"type": "string", "format": "uri-reference"}}}}},
"WebhookWithSecret": {"allOf": [{"$ref": "#/components/schemas/Webhook"}, {"type": "object", "required": ["secret"], "properties": {
    "secret": {"type": "string", "pattern": "^whsec_[A-Za-z0-9+/]+=*$", "description": "Told this once. Signs as in Standard Webhooks 1.0.0, v1"}}}]},
"WebhookList": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Webhook"}}}},
"WebhookEnd": {"type": "object", "required": ["webhookId", "state"], "properties": {"webhookId": {"$ref": "#/components/schemas/Uuid"}, "state": {"type": "string", "const": "DELETED"}}},
"WebhookMoveRequest": {"type": "object", "additionalProperties": false, "examples": [{}]},
"RotationRequest": {"type": "object", "additionalProperties": false, "properties": {
    "overlapMinutes": {"type": "integer", "minimum": 0, "maximum": 10080, "description": "How long the old secret signs as well; without it as the installation has it"}}, "examples": [{"overlapMinutes": 60}]},
"ReplayRequest": {"type": "object", "additionalProperties": false, "required": ["after"], "properties": {
    "after": {"type": "integer", "format": "int64", "minimum": 0, "description": "Number of the last event not to deliver again; 0: everything"}}, "examples": [{"after": 0}]},
"WebhookDeliveryList": {"type": "object", "required": ["items"], "properties": {
    "items": {"type": "array", "items": {"type": "object", "required": ["eventId", "manifestId", "state", "attempts", "madeAt", "log"], "properties": {
      "eventId": {"type": "integer", "format": "int64"}, "manifestId": {"$ref": "#/components/schemas/Uuid"},
      "state": {"type": "string", "enum": ["WAITING", "DELIVERED", "PARKED"]}, "reason": {"type": "string"}, "attempts": {"type": "integer"},
      "madeAt": {"$ref": "#/components/schemas/Time"}, "dueAt": {"$ref": "#/components/schemas/Time"}, "deliveredAt": {"$ref": "#/components/schemas/Time"},
      "log": {"type": "array", "items": {"$ref": "#/components/schemas/WebhookAttempt"}}}}},
    "next": {"type": "string"}}},
"WebhookMessage": {"type": "object", "description": "What is sent to a webhook, with the headers webhook-id, webhook-timestamp and webhook-signature", "required": ["type", "timestamp", "data"], "properties": {
    "type": {"type": "string", "examples": ["manifest.filed"]},
    "timestamp": {"$ref": "#/components/schemas/Time"},
    "data": {"type": "object", "required": ["eventId", "kind", "manifestId", "at", "status", "version", "tripNumber"], "properties": {
      "eventId": {"type": "integer", "format": "int64"}, "kind": {"type": "string"}, "manifestId": {"$ref": "#/components/schemas/Uuid"},
      "at": {"$ref": "#/components/schemas/Time"}, "status": {"$ref": "#/components/schemas/PublicStatus"}, "version": {"type": "integer"}, "tripNumber": {"type": "string"}}}}}
})json";

}  // namespace

nlohmann::ordered_json openapi_webhook_schemas() {
    return nlohmann::ordered_json::parse(text);
}

}  // namespace puente::api
