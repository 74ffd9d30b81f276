#include <nlohmann/json.hpp>

#include "api/openapi_schemas.hpp"
#include "puente/inspection/found.hpp"

namespace puente::api {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* schema_text = R"json({
"Visibility": {"type": "string", "enum": ["SHARED", "AGENCY"], "description": "For officers of all agencies, or of one's own only. Senders and carriers see neither"},
"HoldText": {"type": "string", "minLength": 1, "maxLength": 2000},
"FoundItem": {"type": "object", "additionalProperties": false, "required": ["kind"], "properties": {
    "kind": {"$ref": "#/components/schemas/FoundKind"},
    "pointer": {"type": "string", "maxLength": 300, "description": "RFC 6901, into the manifest", "examples": ["/shipments/0/goods/1"]},
    "quantity": {"type": "string", "description": "A decimal, in the unit of the place pointed to", "examples": ["12.5"]},
    "note": {"type": "string", "maxLength": 1000}}},
"DecisionRequest": {"type": "object", "additionalProperties": false, "required": ["fence", "decision"],
  "examples": [{"fence": 1, "decision": "RELEASE", "note": "papers in order", "findings": [{"kind": "NOTHING_FOUND"}]},
               {"fence": 1, "decision": "HELD", "reason": "a sample is at the laboratory", "owner": "laboratory", "dueAt": "2026-03-02T19:00:00Z"}],
  "properties": {
    "fence": {"$ref": "#/components/schemas/Fence"},
    "decision": {"type": "string", "enum": ["RELEASE", "HELD", "REFUSE"]},
    "note": {"type": "string", "maxLength": 2000, "description": "For everyone who may see the manifest. Required for REFUSE"},
    "findings": {"type": "array", "maxItems": 50, "items": {"$ref": "#/components/schemas/FoundItem"}, "description": "What was found, for officers of all agencies. Required for REFUSE"},
    "reason": {"$ref": "#/components/schemas/HoldText", "description": "Why it is held, for everyone who may see the manifest. HELD only, and required for it"},
    "owner": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The desk or office that answers for the hold, for officers. HELD only, and required for it"},
    "dueAt": {"$ref": "#/components/schemas/Time", "description": "When the hold has to be looked at again, within 90 days. HELD only, and required for it"}}},
"JoinRequest": {"type": "object", "additionalProperties": false, "required": ["kind"], "examples": [{"kind": "INSPECT"}], "properties": {
    "kind": {"$ref": "#/components/schemas/LegKind"}, "reason": {"type": "string", "maxLength": 2000, "description": "For one's own agency"}}},
"DeclineRequest": {"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {"reason": {"$ref": "#/components/schemas/HoldText"}}},
"ReferralRequest": {"type": "object", "additionalProperties": false, "required": ["kind", "reason"], "properties": {
    "kind": {"$ref": "#/components/schemas/LegKind"}, "reason": {"$ref": "#/components/schemas/HoldText", "description": "For one's own agency"}}},
"ReholdRequest": {"type": "object", "additionalProperties": false, "required": ["fence", "reason", "owner", "dueAt", "time", "signature"], "properties": {
    "fence": {"$ref": "#/components/schemas/Fence", "description": "Of the release"},
    "reason": {"$ref": "#/components/schemas/HoldText"}, "owner": {"type": "string", "minLength": 1, "maxLength": 200},
    "dueAt": {"$ref": "#/components/schemas/Time"},
    "time": {"$ref": "#/components/schemas/Time", "description": "When it was signed, in the characters that were signed"},
    "signature": {"type": "string", "description": "Detached JWS: header, nothing, signature", "pattern": "^[A-Za-z0-9_-]+\\.\\.[A-Za-z0-9_-]+$"}}},
"LegKind": {"type": "string", "enum": ["REVIEW", "INSPECT"], "description": "The papers, or the load"},
"LegMoveName": {"type": "string", "enum": ["join", "decline", "claim", "heartbeat", "release-claim", "start", "decide RELEASE", "decide HELD", "decide REFUSE", "rehold"]},
"AnnotationRequest": {"type": "object", "additionalProperties": false, "required": ["visibility", "text"], "properties": {
    "visibility": {"$ref": "#/components/schemas/Visibility"}, "text": {"type": "string", "minLength": 1, "maxLength": 4000}}},
"Annotation": {"type": "object", "required": ["annotationId", "agency", "visibility", "at", "text"], "properties": {
    "annotationId": {"$ref": "#/components/schemas/Uuid"}, "agency": {"$ref": "#/components/schemas/AgencyCode"},
    "visibility": {"$ref": "#/components/schemas/Visibility"}, "at": {"$ref": "#/components/schemas/Time"}, "text": {"type": "string"},
    "by": {"type": "string", "description": "Client; told to officers of the same agency"}}},
"AnnotationList": {"type": "object", "required": ["annotations"], "properties": {"annotations": {"type": "array", "items": {"$ref": "#/components/schemas/Annotation"}}}},
"Attachment": {"type": "object", "required": ["agency", "sha256", "mediaType", "size", "visibility", "at", "href"], "properties": {
    "agency": {"$ref": "#/components/schemas/AgencyCode"}, "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "mediaType": {"type": "string", "enum": ["image/jpeg", "image/png", "image/webp", "application/pdf"]},
    "size": {"type": "integer", "minimum": 1, "maximum": 8388608}, "visibility": {"$ref": "#/components/schemas/Visibility"},
    "at": {"$ref": "#/components/schemas/Time"}, "by": {"type": "string", "description": "Client; told to officers of the same agency"},
    "href": {"type": "string", "format": "uri-reference"}}},
"AttachmentBytes": {"type": "string", "format": "binary"},
"LegalHoldRequest": {"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {
    "reason": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "For one's own agency", "examples": ["subpoena 26-118, district court"]}}},
"LegalHold": {"type": "object", "required": ["holdId", "manifestId", "reason", "placedAt", "placedBy"], "properties": {
    "holdId": {"$ref": "#/components/schemas/Uuid"}, "manifestId": {"$ref": "#/components/schemas/Uuid"}, "reason": {"type": "string"},
    "placedAt": {"$ref": "#/components/schemas/Time"}, "placedBy": {"type": "string", "description": "Client"},
    "lifted": {"type": "object", "description": "Absent while it is in force", "required": ["at", "by", "reason"], "properties": {
      "at": {"$ref": "#/components/schemas/Time"}, "by": {"type": "string", "description": "Client"}, "reason": {"type": "string"}}},
    "links": {"type": "object", "properties": {"self": {"type": "string", "format": "uri-reference"}, "manifest": {"type": "string", "format": "uri-reference"}}}}},
"LegalHoldList": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/LegalHold"}}}},
"LegalHoldPage": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/LegalHold"}},
  "next": {"type": "string", "description": "The cursor of the next page; absent at the end"}}},
"AgencyCode": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{1,15}$", "description": "An agency that takes part; see /v1/agencies", "examples": ["CBP", "SAT"]},
"AgencyList": {"type": "object", "required": ["agencies"], "properties": {"agencies": {"type": "array", "items": {"type": "object", "required": ["code", "country", "name"], "properties": {
    "code": {"$ref": "#/components/schemas/AgencyCode"}, "country": {"type": "string", "enum": ["US", "MX"]}, "name": {"type": "string"}}}}}},
"Inspection": {"description": "One inspection as the officer's agency may see it", "allOf": [{"$ref": "#/components/schemas/Status"}, {"type": "object",
  "required": ["inspectionId", "openedAt", "isOpen", "allowed", "findings", "factors", "annotations", "attachments"], "properties": {
    "inspectionId": {"$ref": "#/components/schemas/Uuid"}, "openedAt": {"$ref": "#/components/schemas/Time"},
    "isOpen": {"type": "boolean", "description": "Some leg is pending, worked on or held"},
    "perishable": {"type": "boolean"}, "essential": {"type": "array", "items": {"type": "string"}},
    "allowed": {"type": "array", "description": "What this officer may do with the leg of the own agency", "items": {"$ref": "#/components/schemas/LegMoveName"}},
    "slot": {"type": "object", "properties": {"port": {"type": "string"}, "bay": {"type": "string"}, "startsAt": {"$ref": "#/components/schemas/Time"},
      "endsAt": {"$ref": "#/components/schemas/Time"}, "agencies": {"type": "array", "items": {"$ref": "#/components/schemas/AgencyCode"}}}},
    "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    "factors": {"type": "array", "description": "Those of the officer's own agency, and what the other declares public", "items": {"type": "object"}},
    "annotations": {"type": "array", "items": {"$ref": "#/components/schemas/Annotation"}},
    "attachments": {"type": "array", "items": {"$ref": "#/components/schemas/Attachment"}}}}]}
})json";

/// The closed list of what can be found, with its words.
Json found_kind_schema() {
    Json schema{
        {"type",        "string"                                   },
        {"description", "The closed list of what an officer can find"},
        {"oneOf",       Json::array()                              }
    };
    for (const inspection::FoundKind& kind : inspection::found_kinds()) {
        schema["oneOf"].push_back(Json{{"const", kind.code}, {"title", kind.en}, {"description", kind.es}});
    }
    return schema;
}

}  // namespace

Json openapi_inspection_schemas() {
    Json schemas = Json::parse(schema_text);
    schemas["FoundKind"] = found_kind_schema();
    return schemas;
}

}  // namespace puente::api
