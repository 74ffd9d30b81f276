#include <nlohmann/json.hpp>

#include "api/openapi_schemas.hpp"

namespace puente::api {

namespace {

constexpr const char* schema_text = R"json({
"ClaimRequest": {"type": "object", "additionalProperties": false, "maxProperties": 1, "properties": {
    "inspectionId": {"$ref": "#/components/schemas/Uuid", "description": "That one"},
    "lane": {"type": "string", "maxLength": 8, "description": "The next of this lane, as in the manifest's crossing"},
    "bay": {"type": "string", "maxLength": 32, "description": "The next of the lanes of this bay"}}, "examples": [{}, {"lane": "FAST"}]},
"Heartbeat": {"type": "object", "required": ["inspectionId", "leg"], "properties": {"inspectionId": {"$ref": "#/components/schemas/Uuid"},
    "leg": {"type": "object", "required": ["agency", "fence", "leaseUntil"], "properties": {
      "agency": {"$ref": "#/components/schemas/AgencyCode"}, "fence": {"$ref": "#/components/schemas/Fence"}, "leaseUntil": {"$ref": "#/components/schemas/Time"}}}}},
"BayHours": {"type": "object", "additionalProperties": false, "required": ["weekday", "opens", "closes"], "properties": {
    "weekday": {"type": "integer", "minimum": 1, "maximum": 7, "description": "ISO 8601: 1 is Monday"},
    "opens": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "description": "By the clock of the port"},
    "closes": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "description": "Up to 24:00"}}},
"BayRequest": {"type": "object", "additionalProperties": false, "required": ["name", "hours"], "properties": {
    "name": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,32}$"},
    "lanes": {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 8}, "description": "None: loads of every lane"},
    "capacity": {"type": "integer", "minimum": 1, "maximum": 500, "default": 1, "description": "Loads at the same time"},
    "slotMinutes": {"type": "integer", "enum": [15, 20, 30, 60], "default": 30},
    "hours": {"type": "array", "maxItems": 50, "items": {"$ref": "#/components/schemas/BayHours"}, "description": "When officers of one's own agency are there"}},
  "examples": [{"name": "north-1", "capacity": 2, "hours": [{"weekday": 1, "opens": "08:00", "closes": "20:00"}]}]},
"Bay": {"type": "object", "required": ["name", "timeZone", "lanes", "capacity", "slotMinutes", "agencies"], "properties": {
    "name": {"type": "string"}, "timeZone": {"type": "string", "examples": ["America/Matamoros"]}, "lanes": {"type": "array", "items": {"type": "string"}},
    "capacity": {"type": "integer"}, "slotMinutes": {"type": "integer"},
    "agencies": {"type": "array", "items": {"type": "object", "required": ["agency", "hours"], "properties": {
      "agency": {"$ref": "#/components/schemas/AgencyCode"}, "hours": {"type": "array", "items": {"$ref": "#/components/schemas/BayHours"}}}}}}},
"BayList": {"type": "object", "required": ["port", "items"], "properties": {"port": {"type": "string"}, "items": {"type": "array", "items": {"$ref": "#/components/schemas/Bay"}}}},
"BoardCount": {"type": "integer", "format": "int64", "minimum": 0},
"BoardClass": {"type": "string", "enum": ["essential", "trusted", "perishable", "other"], "description": "The first of these that applies"},
"BoardWork": {"type": "object", "required": ["agency", "begun", "released", "held", "refused"], "properties": {
    "agency": {"$ref": "#/components/schemas/AgencyCode"}, "lane": {"type": "string", "description": "As in the manifest's crossing; empty when it has none"},
    "class": {"$ref": "#/components/schemas/BoardClass"},
    "begun": {"$ref": "#/components/schemas/BoardCount"}, "released": {"$ref": "#/components/schemas/BoardCount"}, "held": {"$ref": "#/components/schemas/BoardCount"},
    "refused": {"$ref": "#/components/schemas/BoardCount"},
    "waitMinutes": {"type": "object", "required": ["p50", "p90", "p95"], "description": "Of the legs begun: from when the inspection was opened, the load had arrived and the agency had joined, whichever came last. Absent when none was begun",
      "properties": {"p50": {"type": "number"}, "p90": {"type": "number"}, "p95": {"type": "number"}}}}},
"BoardHour": {"type": "object", "required": ["hour", "filed", "selected", "crossed", "agencies", "selectedBy", "groups"], "properties": {
    "hour": {"$ref": "#/components/schemas/Time"}, "filed": {"$ref": "#/components/schemas/BoardCount"}, "selected": {"$ref": "#/components/schemas/BoardCount"},
    "crossed": {"$ref": "#/components/schemas/BoardCount"},
    "agencies": {"type": "array", "items": {"$ref": "#/components/schemas/BoardWork"}, "description": "Each agency's work, all lanes and classes"},
    "selectedBy": {"type": "array", "items": {"type": "object", "required": ["lane", "class", "selected"], "properties": {"lane": {"type": "string"},
      "class": {"$ref": "#/components/schemas/BoardClass"}, "selected": {"$ref": "#/components/schemas/BoardCount"}}}},
    "groups": {"type": "array", "items": {"$ref": "#/components/schemas/BoardWork"}, "description": "Each agency's work by lane and class"}}},
"Board": {"type": "object", "required": ["port", "current", "statuses", "queue", "hours"], "properties": {"port": {"type": "string"},
    "current": {"type": "boolean", "description": "Everything that had happened a minute ago is counted"},
    "statuses": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/BoardCount"}, "description": "Manifests by public status", "examples": [{"CLEARED": 1204, "HELD": 3}]},
    "queue": {"type": "array", "items": {"type": "object", "required": ["agency", "class", "waiting", "arrived", "inHand"], "properties": {
      "agency": {"$ref": "#/components/schemas/AgencyCode"}, "class": {"$ref": "#/components/schemas/BoardClass"},
      "waiting": {"$ref": "#/components/schemas/BoardCount", "description": "Legs that nobody holds"},
      "arrived": {"$ref": "#/components/schemas/BoardCount", "description": "Of those, whose load should be there by now"},
      "inHand": {"$ref": "#/components/schemas/BoardCount", "description": "Legs that an officer has claimed"},
      "oldestSince": {"$ref": "#/components/schemas/Time", "description": "Since when the oldest of those arrived waits"}}}},
    "hours": {"type": "array", "items": {"$ref": "#/components/schemas/BoardHour"}, "description": "Newest first; the first is under way"}}},
"SlotRequest": {"type": "object", "additionalProperties": false, "required": ["inspectionId"], "properties": {
    "inspectionId": {"$ref": "#/components/schemas/Uuid"},
    "bay": {"type": "string", "description": "Otherwise whichever has the first slot"},
    "notBefore": {"$ref": "#/components/schemas/Time"}}},
"Slot": {"type": "object", "required": ["port", "bay", "startsAt", "endsAt"], "properties": {"inspectionId": {"$ref": "#/components/schemas/Uuid"},
    "port": {"type": "string"}, "bay": {"type": "string"}, "startsAt": {"$ref": "#/components/schemas/Time"}, "endsAt": {"$ref": "#/components/schemas/Time"}}},
"ContingencyRequest": {"type": "object", "additionalProperties": false, "required": ["classes", "reason", "lastsMinutes"], "properties": {
    "classes": {"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "string"}, "description": "Classes of the code list essentialGoods", "examples": [["agribusiness", "medical"]]},
    "reason": {"type": "string", "minLength": 1, "maxLength": 2000},
    "lastsMinutes": {"type": "integer", "minimum": 1, "maximum": 43200, "description": "It ends by itself after that"}},
  "examples": [{"classes": ["medical"], "reason": "the bridge is closed", "lastsMinutes": 1440}]},
"ContingencyKey": {"type": "object", "additionalProperties": false, "required": ["contingencyId"], "properties": {"contingencyId": {"$ref": "#/components/schemas/Uuid"}}},
"Contingency": {"type": "object", "required": ["contingencyId", "state", "port", "usPorts", "mxOffices", "classes", "headStartMinutes", "reason", "declaredBy", "declaredAt", "endsAt", "steps"], "properties": {
    "contingencyId": {"$ref": "#/components/schemas/Uuid"},
    "state": {"type": "string", "enum": ["PROPOSED", "IN_FORCE", "ENDED", "LAPSED"], "description": "PROPOSED changes nothing: the other country's agency has to confirm it"},
    "port": {"type": "string"},
    "usPorts": {"type": "array", "items": {"type": "string"}, "description": "For loads that cross between one of these"},
    "mxOffices": {"type": "array", "items": {"type": "string"}, "description": "and one of these"},
    "classes": {"type": "array", "items": {"type": "string"}},
    "headStartMinutes": {"type": "integer", "description": "By so much earlier loads of these classes count as having come"},
    "reason": {"type": "string"}, "declaredBy": {"$ref": "#/components/schemas/AgencyCode"}, "declaredAt": {"$ref": "#/components/schemas/Time"}, "endsAt": {"$ref": "#/components/schemas/Time"},
    "steps": {"type": "array", "items": {"type": "object", "required": ["step", "at"], "properties": {
      "step": {"type": "string", "enum": ["DECLARED", "CONFIRMED", "ENDED", "LAPSED"]}, "at": {"$ref": "#/components/schemas/Time"}, "agency": {"$ref": "#/components/schemas/AgencyCode"}}}}}},
"ContingencyList": {"type": "object", "required": ["port", "items"], "properties": {"port": {"type": "string"}, "items": {"type": "array", "items": {"$ref": "#/components/schemas/Contingency"}}}}
})json";

}  // namespace

nlohmann::ordered_json openapi_queue_schemas() {
    return nlohmann::ordered_json::parse(schema_text);
}

}  // namespace puente::api
