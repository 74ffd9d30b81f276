#include "api/openapi_schemas.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "puente/manifest/manifest.hpp"

namespace puente::api {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* schema_text = R"json({
"Uuid": {"type": "string", "format": "uuid", "examples": ["01a2000a-58d9-7f1d-bc8b-a38fe04208c4"]},
"Time": {"type": "string", "format": "date-time", "description": "RFC 3339, UTC", "examples": ["2026-03-02T15:10:00Z"]},
"Agency": {"type": "string", "enum": ["CBP", "SAT"]},
"PublicStatus": {"type": "string", "description": "Follows from the legs alone",
  "enum": ["UNDER_REVIEW", "INSPECTION_REQUIRED", "IN_INSPECTION", "HELD", "CLEARED", "RELEASED", "REFUSED", "CANCELLED", "EXPIRED", "CROSSED"]},
"LegState": {"type": "string", "enum": ["NONE", "PENDING", "WORKING", "RELEASED", "HELD", "REFUSED"]},
"RuleSets": {"type": "object", "description": "The version of each rule set the manifest was judged by: SHA-256 of its files",
  "properties": {"shared": {"type": "string"}, "cbp": {"type": "string"}, "sat": {"type": "string"}}, "required": ["shared", "cbp", "sat"]},
"Leg": {"type": "object", "description": "One agency's part of an inspection", "required": ["agency", "state"],
  "properties": {
    "agency": {"$ref": "#/components/schemas/AgencyCode"},
    "state": {"$ref": "#/components/schemas/LegState"},
    "kind": {"type": "string", "enum": ["REVIEW", "INSPECT"], "description": "The papers, or the load"},
    "claimed": {"type": "boolean", "description": "An officer holds it now"},
    "holder": {"type": "string", "description": "Client that holds it; told to officers of the same agency"},
    "fence": {"type": "integer", "format": "int64", "description": "Fencing token of the claim; told with the holder"},
    "leaseUntil": {"$ref": "#/components/schemas/Time"},
    "decidedAt": {"$ref": "#/components/schemas/Time"},
    "note": {"type": "string", "description": "What the officer says about the decision"},
    "hold": {"type": "object", "description": "While HELD", "required": ["reason", "dueAt"], "properties": {"reason": {"type": "string"},
      "owner": {"type": "string", "description": "Who answers for it; told to officers"}, "dueAt": {"$ref": "#/components/schemas/Time"}}},
    "found": {"type": "array", "description": "What was found; told to officers", "items": {"type": "object", "required": ["kind", "text"], "properties": {
      "kind": {"$ref": "#/components/schemas/FoundKind"}, "text": {"type": "string"}, "pointer": {"type": "string"}, "quantity": {"type": "string"}, "note": {"type": "string"}}}},
    "declined": {"type": "object", "description": "The agency does not look; told to officers", "properties": {"at": {"$ref": "#/components/schemas/Time"}, "reason": {"type": "string"}}}}},
"Finding": {"type": "object", "description": "One thing a rule has to say about the manifest", "required": ["agency", "rule", "ruleUrl", "severity", "pointer", "message", "citation"],
  "properties": {
    "agency": {"type": "string", "enum": ["SHARED", "CBP", "SAT"]},
    "rule": {"type": "string", "examples": ["CBP-161"]},
    "ruleUrl": {"type": "string", "format": "uri-reference", "description": "Everything about the rule in force under this id", "examples": ["/v1/rules/CBP-161"]},
    "severity": {"type": "string", "enum": ["reject", "review", "inspect", "advise"]},
    "pointer": {"type": "string", "description": "RFC 6901, to the field at fault", "examples": ["/shipments/0/goods/3/permits"]},
    "value": {"type": "string", "description": "What stands there, shortened"},
    "message": {"type": "string", "description": "In the language asked for"},
    "fix": {"type": "string", "description": "What to do about it; in answers to a submission or validation"},
    "citation": {"type": "string", "description": "Statute, standard or catalogue"},
    "ruleSetVersion": {"type": "string", "description": "In answers to a submission or validation"}}},
"Links": {"type": "object", "required": ["self", "status", "history"],
  "properties": {"self": {"type": "string", "format": "uri-reference"}, "status": {"type": "string", "format": "uri-reference"}, "history": {"type": "string", "format": "uri-reference"}}},
"Status": {"type": "object", "description": "Where a manifest stands", "required": ["manifestId", "tripNumber", "documentId", "status", "statusText", "version", "legs", "links"],
  "properties": {
    "manifestId": {"$ref": "#/components/schemas/Uuid"},
    "tripNumber": {"type": "string"},
    "documentId": {"type": "string", "description": "The sender's own identifier of the document"},
    "status": {"$ref": "#/components/schemas/PublicStatus"},
    "statusText": {"type": "string", "description": "What it means for the driver, in the language asked for"},
    "version": {"type": "integer", "minimum": 1},
    "direction": {"type": "string", "enum": ["northbound", "southbound"]},
    "usPort": {"type": "string", "description": "Schedule D code"},
    "mxOffice": {"type": "string", "description": "Mexican office and section"},
    "estimatedArrival": {"$ref": "#/components/schemas/Time"},
    "receivedAt": {"$ref": "#/components/schemas/Time"},
    "changedAt": {"$ref": "#/components/schemas/Time"},
    "arrivedAt": {"$ref": "#/components/schemas/Time"},
    "crossedAt": {"$ref": "#/components/schemas/Time"},
    "legs": {"type": "array", "description": "Of both customs agencies, also when they do not look (NONE), and of every other that takes part", "items": {"$ref": "#/components/schemas/Leg"}},
    "links": {"$ref": "#/components/schemas/Links"}}},
"CancelRequest": {"type": "object", "description": "Why, if at all", "additionalProperties": false, "properties": {"reason": {"type": "string", "maxLength": 2000}}},
"GateRequest": {"type": "object", "description": "What was seen at the gate", "additionalProperties": false,
  "properties": {
    "at": {"$ref": "#/components/schemas/Time"},
    "lane": {"type": "string", "maxLength": 32},
    "booth": {"type": "string", "maxLength": 32}}},
"OnFile": {"type": "object", "description": "The manifest is on file: committed", "required": ["manifestId", "documentId", "tripNumber", "status", "version", "sha256", "ruleSets", "legs", "findings"],
  "properties": {
    "manifestId": {"$ref": "#/components/schemas/Uuid"},
    "documentId": {"type": "string"},
    "tripNumber": {"type": "string"},
    "status": {"$ref": "#/components/schemas/PublicStatus"},
    "statusText": {"type": "string"},
    "version": {"type": "integer", "minimum": 1},
    "receivedAt": {"$ref": "#/components/schemas/Time"},
    "sha256": {"type": "string", "description": "Of the bytes received, hexadecimal", "pattern": "^[0-9a-f]{64}$"},
    "ruleSets": {"$ref": "#/components/schemas/RuleSets"},
    "legs": {"type": "array", "items": {"$ref": "#/components/schemas/Leg"}},
    "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    "links": {"$ref": "#/components/schemas/Links"}}},
"Record": {"description": "The whole record", "allOf": [{"$ref": "#/components/schemas/Status"}, {"type": "object", "required": ["mediaType", "sha256", "findings", "manifest"],
  "properties": {
    "mode": {"type": "string", "examples": ["road", "rail"]},
    "mediaType": {"type": "string", "description": "In which form it was received"},
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "ruleSets": {"$ref": "#/components/schemas/RuleSets"},
    "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    "manifest": {"$ref": "#/components/schemas/Manifest"}}}]},
"ManifestList": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Status"}},
  "next": {"type": "string", "description": "The cursor of the next page; absent at the end"}}},
"Verdict": {"type": "object", "description": "The manifest would be put on file. Whether it would be selected is not told", "required": ["verdict", "documentId", "tripNumber", "ruleSets", "findings"],
  "properties": {"verdict": {"type": "string", "const": "ACCEPTABLE"}, "documentId": {"type": "string"}, "tripNumber": {"type": "string"},
    "ruleSets": {"$ref": "#/components/schemas/RuleSets"}, "asOf": {"type": "string", "format": "date"}, "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    "explanations": {"type": "array", "items": {"$ref": "#/components/schemas/Explanation"}}}},
"History": {"type": "object", "required": ["events", "versions"], "properties": {
    "events": {"type": "array", "items": {"type": "object", "required": ["eventId", "at", "kind", "version", "actor", "status"], "properties": {
      "eventId": {"type": "integer", "format": "int64"}, "at": {"$ref": "#/components/schemas/Time"}, "kind": {"type": "string"}, "version": {"type": "integer"},
      "actor": {"type": "string", "description": "Agency or company, never a person"}, "status": {"$ref": "#/components/schemas/PublicStatus"}, "detail": {"type": "object"}}}},
    "versions": {"type": "array", "items": {"type": "object", "required": ["version", "receivedAt", "mediaType", "sha256"], "properties": {
      "version": {"type": "integer"}, "receivedAt": {"$ref": "#/components/schemas/Time"}, "mediaType": {"type": "string"}, "sha256": {"type": "string"},
      "ruleSets": {"$ref": "#/components/schemas/RuleSets"}}}}}},
"ProgrammeName": {"type": "string", "enum": ["CTPAT", "FAST", "OEA", "IMMEX"]},
"HolderIdKind": {"type": "string", "enum": ["RFC", "IRS", "SCAC", "CAAT", "FAST"], "description": "CTPAT: RFC, IRS, SCAC; FAST: SCAC, FAST; OEA: RFC, CAAT; IMMEX: RFC"},
"RegistryList": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {"type": "object",
  "required": ["programme", "agency", "version", "changedAt", "active", "suspended", "revoked"], "properties": {
    "programme": {"$ref": "#/components/schemas/ProgrammeName"},
    "agency": {"type": "string", "description": "That keeps it"},
    "version": {"type": "integer", "description": "Counts its changes"},
    "changedAt": {"$ref": "#/components/schemas/Time"},
    "active": {"type": "integer"}, "suspended": {"type": "integer"}, "revoked": {"type": "integer"}}}}}},
"RegistryStanding": {"type": "object", "required": ["validFrom"], "additionalProperties": false, "properties": {
    "name": {"type": "string", "maxLength": 254},
    "tier": {"type": "integer", "minimum": 0, "maximum": 3, "description": "CTPAT only"},
    "status": {"type": "string", "enum": ["active", "suspended", "revoked"], "default": "active"},
    "validFrom": {"type": "string", "format": "date"},
    "validUntil": {"type": "string", "format": "date", "description": "The last day; until further notice where absent"}}},
"RegistryEntry": {"type": "object", "required": ["kind", "id", "status", "validFrom", "source", "recordedAt", "recordedBy"], "properties": {
    "kind": {"$ref": "#/components/schemas/HolderIdKind"},
    "id": {"type": "string"},
    "name": {"type": "string"},
    "tier": {"type": "integer"},
    "status": {"type": "string", "enum": ["active", "suspended", "revoked"]},
    "validFrom": {"type": "string", "format": "date"},
    "validUntil": {"type": "string", "format": "date"},
    "source": {"type": "string", "description": "The file it came from, or api"},
    "recordedAt": {"$ref": "#/components/schemas/Time"},
    "recordedBy": {"type": "string"}}},
"RegistryPage": {"type": "object", "required": ["programme", "items"], "properties": {
    "programme": {"$ref": "#/components/schemas/ProgrammeName"},
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/RegistryEntry"}},
    "next": {"type": "string", "description": "The cursor of the next page; absent at the end"}}},
"RegistryEnd": {"type": "object", "required": ["programme", "kind", "id", "ended"], "properties": {
    "programme": {"$ref": "#/components/schemas/ProgrammeName"}, "kind": {"$ref": "#/components/schemas/HolderIdKind"}, "id": {"type": "string"}, "ended": {"type": "boolean"}}},
"QueueEntry": {"description": "One load that some leg waits for or works on", "allOf": [{"$ref": "#/components/schemas/Status"}, {"type": "object", "required": ["inspectionId", "openedAt", "turnAt", "putFirst", "findings", "factors"],
  "properties": {
    "inspectionId": {"$ref": "#/components/schemas/Uuid"},
    "openedAt": {"$ref": "#/components/schemas/Time"},
    "turnAt": {"$ref": "#/components/schemas/Time", "description": "By which it stands in the queue: its arrival less its head starts"},
    "putFirst": {"type": "boolean", "description": "A contingency in force puts it before its usual turn"},
    "lane": {"type": "string"},
    "trusted": {"type": "boolean", "description": "Carrier, importer or shipper stands well in a programme"},
    "overdueSince": {"$ref": "#/components/schemas/Time", "description": "Its slot ended, or a hold was due, without a decision"},
    "slot": {"$ref": "#/components/schemas/Slot"},
    "perishable": {"type": "boolean"},
    "essential": {"type": "array", "items": {"type": "string"}, "description": "Kinds of essential goods on board"},
    "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    "factors": {"type": "array", "description": "Every contribution to the selection: the officer's own agency's, and what the other declares public", "items": {"type": "object",
      "required": ["agency", "name", "detail", "points", "visibility"], "properties": {"agency": {"$ref": "#/components/schemas/Agency"},
        "name": {"type": "string", "examples": ["finding:CBP-161", "risk:hazmat", "standing:ctpat3", "score", "draw"]}, "detail": {"type": "string"}, "points": {"type": "integer"},
        "visibility": {"type": "string", "enum": ["private", "public"], "description": "Public: both agencies may read it"}}}}}}]},
"Queue": {"type": "object", "required": ["port", "items"], "properties": {"port": {"type": "string"}, "items": {"type": "array", "items": {"$ref": "#/components/schemas/QueueEntry"}},
  "next": {"type": "string", "description": "The cursor of the next page; absent at the end"}}},
"Fence": {"type": "integer", "format": "int64", "minimum": 1, "description": "The fencing token that the claim gave", "examples": [1]},
"FenceRequest": {"type": "object", "additionalProperties": false, "required": ["fence"], "properties": {"fence": {"$ref": "#/components/schemas/Fence"}}, "examples": [{"fence": 1}]},
"Claim": {"type": "object", "required": ["inspectionId", "manifestId", "leg"], "properties": {
    "inspectionId": {"$ref": "#/components/schemas/Uuid"}, "manifestId": {"$ref": "#/components/schemas/Uuid"},
    "leg": {"type": "object", "required": ["agency", "fence", "leaseUntil"], "properties": {
      "agency": {"$ref": "#/components/schemas/AgencyCode"}, "fence": {"$ref": "#/components/schemas/Fence"}, "leaseUntil": {"$ref": "#/components/schemas/Time"}}},
    "links": {"type": "object", "properties": {"manifest": {"type": "string", "format": "uri-reference"}}}}},
"LegMove": {"type": "object", "required": ["inspectionId", "manifestId", "leg", "status", "version"], "properties": {
    "inspectionId": {"$ref": "#/components/schemas/Uuid"}, "manifestId": {"$ref": "#/components/schemas/Uuid"},
    "leg": {"type": "object", "required": ["agency", "state", "fence"], "properties": {
      "agency": {"$ref": "#/components/schemas/AgencyCode"}, "state": {"$ref": "#/components/schemas/LegState"}, "fence": {"$ref": "#/components/schemas/Fence"}}},
    "status": {"$ref": "#/components/schemas/PublicStatus"}, "statusText": {"type": "string"}, "version": {"type": "integer"}}},
"TokenRequest": {"type": "object", "required": ["grant_type"], "properties": {
    "grant_type": {"type": "string", "const": "client_credentials"},
    "scope": {"type": "string", "description": "Space-separated; without it everything the client may have"},
    "client_id": {"type": "string"}, "client_secret": {"type": "string", "format": "password", "description": "Or HTTP Basic; where secrets are allowed"},
    "client_assertion_type": {"type": "string", "const": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
    "client_assertion": {"type": "string", "description": "A JWT signed with the client's key (RFC 7523); counts once"}}},
"Token": {"type": "object", "required": ["access_token", "token_type", "expires_in", "scope"], "properties": {
    "access_token": {"type": "string"}, "token_type": {"type": "string", "const": "Bearer"}, "expires_in": {"type": "integer", "description": "Seconds"}, "scope": {"type": "string"}}},
"OauthError": {"type": "object", "description": "RFC 6749, section 5.2", "required": ["error"], "properties": {
    "error": {"type": "string", "enum": ["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"]}, "error_description": {"type": "string"}}},
"Problem": {"type": "object", "description": "RFC 9457", "required": ["type", "title", "status", "detail", "instance"], "properties": {
    "type": {"type": "string", "format": "uri-reference", "description": "Stable; answers to GET", "examples": ["/problems/rejected-by-rules"]},
    "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
    "cause": {"type": "string", "description": "What in particular, in English, when title and detail are in Spanish"},
    "instance": {"type": "string", "format": "uri", "description": "The request: its Puente-Request-Id as urn:uuid"},
    "errors": {"type": "array", "description": "400: every place that is not in the format", "items": {"type": "object", "required": ["pointer", "code", "message"], "properties": {
      "pointer": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}}}},
    "errorsLeftOut": {"type": "integer", "description": "How many more there are"},
    "findings": {"type": "array", "description": "422: everything the rules have to say", "items": {"$ref": "#/components/schemas/Finding"}},
    "state": {"$ref": "#/components/schemas/LegState", "description": "A move on a leg: how the leg stands now"},
    "allowed": {"type": "array", "description": "A move on a leg: what the caller may do with it next", "items": {"$ref": "#/components/schemas/LegMoveName"}},
    "agency": {"$ref": "#/components/schemas/AgencyCode"}, "manifestStatus": {"$ref": "#/components/schemas/PublicStatus"},
    "ownLeg": {"type": "object", "description": "A move on another agency's leg: how the own one stands", "properties": {"agency": {"$ref": "#/components/schemas/AgencyCode"},
      "state": {"$ref": "#/components/schemas/LegState"}, "allowed": {"type": "array", "items": {"$ref": "#/components/schemas/LegMoveName"}}}},
    "documentId": {"type": "string"}, "tripNumber": {"type": "string"}, "ruleSets": {"$ref": "#/components/schemas/RuleSets"}}},
"Bilingual": {"type": "object", "required": ["en", "es"], "properties": {"en": {"type": "string"}, "es": {"type": "string"}}},
"ProblemType": {"type": "object", "required": ["type", "status", "title", "detail"], "properties": {"type": {"type": "string", "format": "uri-reference"}, "status": {"type": "integer"},
    "title": {"$ref": "#/components/schemas/Bilingual"}, "detail": {"$ref": "#/components/schemas/Bilingual"}}},
"Metadata": {"type": "object", "description": "RFC 8414", "required": ["issuer", "token_endpoint", "jwks_uri"], "properties": {"issuer": {"type": "string"},
    "token_endpoint": {"type": "string", "format": "uri"}, "jwks_uri": {"type": "string", "format": "uri"}}},
"KeySet": {"type": "object", "description": "RFC 7517", "required": ["keys"], "properties": {"keys": {"type": "array", "items": {"type": "object"}}}},
"Text": {"type": "string"},
"EventStream": {"type": "string", "description": "Server-sent events (WHATWG HTML, 9.2): `id` is the place behind the event, `event` its kind, `data` an Event or, for officers, a ContingencyEvent. An id without data moves the place; a line with ':' alone is a sign of life, at least every 15 seconds"},
"Event": {"type": "object", "required": ["eventId", "manifestId", "tripNumber", "at", "kind", "version", "stateNo", "status", "actor", "usPort", "mxOffice"], "properties": {
    "eventId": {"type": "integer", "format": "int64"}, "manifestId": {"type": "string", "format": "uuid"}, "tripNumber": {"type": "string"},
    "at": {"$ref": "#/components/schemas/Time"}, "kind": {"type": "string", "examples": ["filed", "leg_decided"]}, "version": {"type": "integer"},
    "stateNo": {"type": "integer", "format": "int64", "description": "Grows with every change of the manifest; the ETag is version.stateNo"},
    "status": {"$ref": "#/components/schemas/PublicStatus"}, "actor": {"type": "string", "description": "Agency or company, never a person"},
    "usPort": {"type": "string"}, "mxOffice": {"type": "string"}, "detail": {"type": "object"}}},
"ContingencyEvent": {"type": "object", "description": "A step of a contingency, for officers: of ports and no manifest", "required": ["eventId", "at", "kind", "status", "actor", "detail"], "properties": {
    "eventId": {"type": "integer", "format": "int64"}, "at": {"$ref": "#/components/schemas/Time"},
    "kind": {"type": "string", "enum": ["contingency_declared", "contingency_confirmed", "contingency_ended", "contingency_lapsed"]},
    "status": {"type": "string", "enum": ["PROPOSED", "IN_FORCE", "ENDED", "LAPSED"]},
    "actor": {"type": "string", "description": "Agency; GATEWAY when its time was over by itself"},
    "detail": {"type": "object", "required": ["contingencyId", "port", "usPorts", "mxOffices", "classes", "reason", "endsAt"], "properties": {
      "contingencyId": {"$ref": "#/components/schemas/Uuid"}, "port": {"type": "string"}, "usPorts": {"type": "array", "items": {"type": "string"}},
      "mxOffices": {"type": "array", "items": {"type": "string"}}, "classes": {"type": "array", "items": {"type": "string"}},
      "reason": {"type": "string"}, "endsAt": {"$ref": "#/components/schemas/Time"}}}}},
"EventPage": {"type": "object", "required": ["items", "next"], "properties": {"items": {"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/Event"}, {"$ref": "#/components/schemas/ContingencyEvent"}]}},
    "next": {"type": "string", "description": "Where to go on: `after` of the next request"}}},
"AnyObject": {"type": "object", "additionalProperties": true},
"Alive": {"type": "object", "required": ["alive"], "properties": {"alive": {"type": "boolean", "const": true}}},
"Ready": {"type": "object", "required": ["ready", "ruleSets"], "properties": {"ready": {"type": "boolean", "const": true}, "ruleSets": {"$ref": "#/components/schemas/RuleSets"}}}
})json";

constexpr const char* header_text = R"json({
"Puente-Request-Id": {"description": "Identifier of this request, as in the log", "schema": {"$ref": "#/components/schemas/Uuid"}},
"ETag": {"description": "Strong: grows with every change a reader can see. Send it back in If-None-Match", "schema": {"type": "string", "examples": ["\"1.3\""]}},
"Location": {"description": "Where the record is", "schema": {"type": "string", "format": "uri-reference", "examples": ["/v1/manifests/01a2000a-58d9-7f1d-bc8b-a38fe04208c4"]}},
"Retry-After": {"description": "Seconds to wait before trying again", "schema": {"type": "integer", "examples": [1]}},
"Idempotent-Replayed": {"description": "true: this is the answer that the key was given the first time", "schema": {"type": "string", "const": "true"}},
"Content-Language": {"description": "Language of the texts", "schema": {"type": "string", "enum": ["en", "es"]}},
"WWW-Authenticate": {"description": "How to show who is asking", "schema": {"type": "string"}},
"Accept-Post": {"description": "The media types that are understood", "schema": {"type": "string"}}
})json";

constexpr const char* parameter_text = R"json({
"Id": {"name": "id", "in": "path", "required": true, "description": "Of the record", "schema": {"$ref": "#/components/schemas/Uuid"}},
"Port": {"name": "port", "in": "path", "required": true, "description": "Schedule D code, or Mexican office and section", "schema": {"type": "string", "pattern": "^[0-9]{3,4}$", "examples": ["2604"]}},
"AgencyInPath": {"name": "agency", "in": "path", "required": true, "description": "Code of an agency, in either case", "schema": {"type": "string", "examples": ["CBP"]}},
"HoldId": {"name": "holdId", "in": "path", "required": true, "description": "Of the legal hold", "schema": {"$ref": "#/components/schemas/Uuid"}},
"Sha256InPath": {"name": "sha256", "in": "path", "required": true, "description": "Of the bytes, hexadecimal, small letters", "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
"AttachmentVisibility": {"name": "visibility", "in": "query", "required": true, "description": "Who may see it", "schema": {"$ref": "#/components/schemas/Visibility"}},
"RuleSet": {"name": "set", "in": "path", "required": true, "description": "A rule set", "schema": {"$ref": "#/components/schemas/RuleSetName"}},
"RuleVersion": {"name": "version", "in": "path", "required": true, "description": "A published version; to read also in-force or shipped", "schema": {"type": "string"}},
"Rule": {"name": "rule", "in": "path", "required": true, "description": "Id of a rule", "schema": {"type": "string", "examples": ["CBP-161"]}},
"FromVersion": {"name": "from", "in": "query", "required": false, "description": "The version to compare with, in-force or shipped", "schema": {"type": "string", "default": "in-force"}},
"OfVersion": {"name": "version", "in": "query", "required": false, "description": "A published version, in-force or shipped; not together with asOf", "schema": {"type": "string", "default": "in-force"}},
"AsOf": {"name": "asOf", "in": "query", "required": false, "description": "By the rules as they stand on this day (UTC)", "schema": {"type": "string", "format": "date"}},
"Explain": {"name": "explain", "in": "query", "required": false, "description": "Add how each finding came about", "schema": {"type": "boolean", "default": false}},
"Programme": {"name": "programme", "in": "path", "required": true, "description": "A programme of trusted traders", "schema": {"$ref": "#/components/schemas/ProgrammeName"}},
"IdKind": {"name": "kind", "in": "path", "required": true, "description": "By what the holder is named", "schema": {"$ref": "#/components/schemas/HolderIdKind"}},
"Holder": {"name": "holder", "in": "path", "required": true, "description": "The holder's identifier", "schema": {"type": "string", "examples": ["TSTA"]}},
"Slug": {"name": "slug", "in": "path", "required": true, "description": "The last part of a problem's type", "schema": {"type": "string", "examples": ["trip-in-use"]}},
"Language": {"name": "Accept-Language", "in": "header", "required": false, "description": "es for Spanish, otherwise English", "schema": {"type": "string", "examples": ["es"]}},
"IdempotencyKey": {"name": "Idempotency-Key", "in": "header", "required": true, "description": "In quotes, 16 to 64 letters, digits, '-' and '_'. A fresh one for each submission, the same for its retries; kept for seven days",
  "schema": {"type": "string", "examples": ["\"6f1c1d5e-2f0a-4d0c-9f57-0f3f0c1a9b11\""]}},
"IfMatch": {"name": "If-Match", "in": "header", "required": true, "description": "The ETag of the version that is amended: 428 without, 412 when it has changed", "schema": {"type": "string", "examples": ["\"1.1\""]}},
"IfMatchOptional": {"name": "If-Match", "in": "header", "required": false, "description": "The ETag known: 412 when it has changed", "schema": {"type": "string", "examples": ["\"1.1\""]}},
"AmendmentKey": {"name": "Idempotency-Key", "in": "header", "required": false, "description": "As for a submission; the same key with the same body replays the answer", "schema": {"type": "string"}},
"BoardHours": {"name": "hours", "in": "query", "required": false, "description": "How many hours to look back, the one under way included", "schema": {"type": "integer", "minimum": 1, "maximum": 48, "default": 24}},
"IfNoneMatch": {"name": "If-None-Match", "in": "header", "required": false, "description": "The ETag known already: 304 while it holds", "schema": {"type": "string", "examples": ["\"1.1\""]}},
"Prefer": {"name": "Prefer", "in": "header", "required": false, "description": "wait=N: wait up to N seconds until the ETag differs from If-None-Match (RFC 7240)", "schema": {"type": "string", "examples": ["wait=30"]}},
"Trip": {"name": "trip", "in": "query", "required": false, "description": "Trip number", "schema": {"type": "string"}},
"StatusFilter": {"name": "status", "in": "query", "required": false, "description": "Public status", "schema": {"$ref": "#/components/schemas/PublicStatus"}},
"PortFilter": {"name": "port", "in": "query", "required": false, "description": "US port or Mexican office", "schema": {"type": "string"}},
"Carrier": {"name": "carrier", "in": "query", "required": false, "description": "SCAC of the carrier", "schema": {"type": "string"}},
"Since": {"name": "since", "in": "query", "required": false, "description": "Changed at or after", "schema": {"$ref": "#/components/schemas/Time"}},
"DeliveryState": {"name": "state", "in": "query", "required": false, "description": "State of the deliveries", "schema": {"type": "string", "enum": ["WAITING", "DELIVERED", "PARKED"]}},
"EventAfter": {"name": "after", "in": "query", "required": false, "description": "The place to go on from: an `id` of the stream or a `next` of a list", "schema": {"type": "string"}},
"LastEventId": {"name": "Last-Event-ID", "in": "header", "required": false, "description": "The same, as browsers send it when they come back; wins over `after`", "schema": {"type": "string"}},
"EventManifest": {"name": "manifest", "in": "query", "required": false, "description": "Of one manifest only", "schema": {"type": "string", "format": "uuid"}},
"EventKind": {"name": "kind", "in": "query", "required": false, "description": "Of one kind only", "schema": {"type": "string", "pattern": "^[a-z_]{1,40}$"}},
"EventLimit": {"name": "limit", "in": "query", "required": false, "description": "Most items of a list", "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}},
"EventWait": {"name": "Prefer", "in": "header", "required": false, "description": "wait=N: a list waits up to N seconds for the first event (RFC 7240)", "schema": {"type": "string", "examples": ["wait=30"]}},
"Cursor": {"name": "cursor", "in": "query", "required": false, "description": "`next` of the page before", "schema": {"type": "string"}},
"Limit": {"name": "limit", "in": "query", "required": false, "description": "Most items of a page", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}}
})json";

/// The JSON Schema of the manifest with its definitions moved where OpenAPI looks for them.
void add_manifest_schemas(Json& schemas) {
    std::string text{manifest::json_schema()};
    for (std::size_t at = text.find("#/$defs/"); at != std::string::npos; at = text.find("#/$defs/", at))
        text.replace(at, 8, "#/components/schemas/");
    Json schema = Json::parse(text);
    for (const auto& [name, definition] : schema["$defs"].items()) schemas[name] = definition;
    for (const char* outside : {"$defs", "$schema", "$id"}) schema.erase(outside);
    schemas["Manifest"] = std::move(schema);
}

}  // namespace

Json openapi_schemas() {
    Json schemas = Json::parse(schema_text);
    schemas.update(openapi_rule_schemas());
    schemas.update(openapi_queue_schemas());
    schemas.update(openapi_inspection_schemas());
    schemas.update(openapi_webhook_schemas());
    add_manifest_schemas(schemas);
    return schemas;
}

Json openapi_headers() {
    return Json::parse(header_text);
}

Json openapi_parameters() {
    return Json::parse(parameter_text);
}

/// An empty truck on its way north; tests/samples has it and larger ones.
Json openapi_manifest_example() {
    return Json::parse(R"json({
"formatVersion": "1.0", "documentId": "3b28793d-9db7-5872-a777-9929a4c8b9cc", "issuedAt": "2026-12-15T06:05:00-08:00",
"submitter": {"partyId": "C1", "role": "carrier", "name": "Transportes de Prueba SA de CV", "ids": {"rfc": "EKU9003173C9", "scac": "TSTA", "caat": "9PR1", "usdot": "3999001"},
    "address": {"lines": ["Blvd. Bellas Artes 17686"], "city": "Tijuana", "subdivision": "BCN", "postalCode": "22444", "country": "MX", "mx": {"municipio": "004"}}},
"trip": {
  "tripNumber": "TSTA2026121509", "direction": "northbound", "mode": "road",
  "carrier": {"partyId": "C1", "role": "carrier", "name": "Transportes de Prueba SA de CV", "ids": {"rfc": "EKU9003173C9", "scac": "TSTA", "caat": "9PR1", "usdot": "3999001"},
    "address": {"lines": ["Blvd. Bellas Artes 17686"], "city": "Tijuana", "subdivision": "BCN", "postalCode": "22444", "country": "MX", "mx": {"municipio": "004"}}},
  "crossing": {"usPort": "2506", "mxOffice": "400"},
  "estimatedArrival": "2026-12-15T11:45:00-08:00",
  "distanceKm": "18.2",
  "conveyance": {"kind": "tractor", "vin": "3TPTT9PB9NM000005", "unitNumber": "105", "plates": [{"number": "67AM2P", "country": "MX",
    "subdivision": "BCN"}, {"number": "9F23456", "country": "US", "subdivision": "CA"}], "modelYear": 2022, "grossVehicleKg": "14800",
    "satConfig": "T3S2", "sictPermit": {"type": "TPAF01", "number": "0X2XTXZ0X5X0X3X00005"}, "insurance": [{"kind": "liability",
    "insurer": "Seguros de Prueba", "policy": "RC-26-000005"}]},
  "crew": [{"role": "driver", "familyName": "Prueba Luna", "givenName": "Oscar", "birthDate": "1991-07-08", "gender": "M",
    "citizenship": "MX", "aceId": "TST0042", "rfc": "FUNK671228PH6", "licence": {"number": "BCN0088345", "country": "MX",
    "subdivision": "BCN", "expires": "2029-06-30"}}],
  "equipment": [{"equipmentId": "E1", "kind": "trailer", "number": "53341", "plates": [{"number": "30UA6K", "country": "MX",
    "subdivision": "BCN"}], "satSubtype": "CTR007", "loadStatus": "empty", "tareKg": "6200"}]
}}
)json");
}

}  // namespace puente::api
