#include <nlohmann/json.hpp>

#include "api/openapi_schemas.hpp"

namespace puente::api {

namespace {

constexpr const char* text = R"json({
"RuleSetName": {"type": "string", "enum": ["shared", "cbp", "sat"]},
"RuleSetVersion": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the files of the set; the code lists count among those of shared"},
"InBothLanguages": {"type": "object", "required": ["en", "es"], "properties": {"en": {"type": "string"}, "es": {"type": "string"}}},
"EffectiveDays": {"type": "object", "description": "Days of arrival, both inclusive; open where absent", "properties": {"from": {"type": "string", "format": "date"}, "until": {"type": "string", "format": "date"}}},
"RuleSeverity": {"type": "string", "enum": ["reject", "review", "inspect", "advise"]},
"RuleSetList": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {"type": "object", "required": ["set", "version", "rules", "source"],
  "properties": {
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "version": {"$ref": "#/components/schemas/RuleSetVersion"},
    "rules": {"type": "integer"},
    "source": {"type": "string", "enum": ["shipped", "published"], "description": "From the rules folder of the gateway, or published by its authors"},
    "since": {"$ref": "#/components/schemas/Time"},
    "activatedBy": {"$ref": "#/components/schemas/Agency"},
    "next": {"type": "object", "required": ["version", "effectiveFrom", "activatedBy"], "properties": {
      "version": {"$ref": "#/components/schemas/RuleSetVersion"}, "effectiveFrom": {"$ref": "#/components/schemas/Time"}, "activatedBy": {"$ref": "#/components/schemas/Agency"}}},
    "links": {"type": "object", "properties": {"self": {"type": "string", "format": "uri-reference"}, "versions": {"type": "string", "format": "uri-reference"}, "bundle": {"type": "string", "format": "uri-reference"}}}}}}}},
"RuleSetRules": {"type": "object", "required": ["set", "version", "rules"], "properties": {
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "version": {"$ref": "#/components/schemas/RuleSetVersion"},
    "rules": {"type": "array", "items": {"type": "object", "required": ["id", "title", "severity", "effective", "citation", "link"], "properties": {
      "id": {"type": "string", "examples": ["CBP-161"]},
      "title": {"$ref": "#/components/schemas/InBothLanguages"},
      "severity": {"$ref": "#/components/schemas/RuleSeverity"},
      "effective": {"$ref": "#/components/schemas/EffectiveDays"},
      "citation": {"type": "string"},
      "link": {"type": "string", "format": "uri-reference"}}}}}},
"RuleBundle": {"type": "object", "description": "A rule set for any CEL library; docs/bundle.md tells how to judge by it", "required": ["set", "version", "listsVersion", "rules", "lists", "functions", "facts", "descriptors", "schema"], "properties": {
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "version": {"$ref": "#/components/schemas/RuleSetVersion"},
    "listsVersion": {"$ref": "#/components/schemas/RuleSetVersion"},
    "madeFor": {"type": "string", "format": "date", "description": "The day asked for: only what is in force on it"},
    "rules": {"type": "array", "items": {"type": "object", "required": ["id", "each", "assert", "severity", "pointer", "message", "fix", "placeholders", "effective"], "properties": {
      "id": {"type": "string"},
      "title": {"$ref": "#/components/schemas/InBothLanguages"},
      "each": {"type": "array", "items": {"type": "object", "properties": {"variable": {"type": "string"}, "list": {"type": "string", "description": "CEL"}}}},
      "when": {"type": "string", "description": "CEL"},
      "assert": {"type": "string", "description": "CEL"},
      "severity": {"$ref": "#/components/schemas/RuleSeverity"},
      "agencyOnly": {"type": "boolean"},
      "pointer": {"type": "string"},
      "value": {"type": "string", "description": "CEL"},
      "message": {"$ref": "#/components/schemas/InBothLanguages"},
      "fix": {"$ref": "#/components/schemas/InBothLanguages"},
      "placeholders": {"type": "array", "description": "The expressions in message and fix", "items": {"type": "string"}},
      "citation": {"type": "string"},
      "confidence": {"type": "string"},
      "effective": {"$ref": "#/components/schemas/EffectiveDays"}}}},
    "lists": {"type": "object", "additionalProperties": {"type": "object", "required": ["source", "rows"], "properties": {
      "source": {"type": "string"}, "rows": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}}}}},
    "functions": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "arguments": {"type": "array", "items": {"type": "string"}}, "result": {"type": "string"}, "meaning": {"type": "string"}}}},
    "facts": {"type": "array", "items": {"type": "object", "properties": {"field": {"type": "string"}, "type": {"type": "string"}, "meaning": {"type": "string"}}}},
    "descriptors": {"type": "string", "description": "google.protobuf.FileDescriptorSet, base64url without padding"},
    "schema": {"type": "object", "description": "JSON Schema of the manifest", "additionalProperties": true}}},
"RulePage": {"type": "object", "required": ["id", "set", "title", "severity", "effective", "assert", "pointer", "message", "fix", "citation", "confidence", "examples", "version"], "properties": {
    "id": {"type": "string"},
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "title": {"$ref": "#/components/schemas/InBothLanguages"},
    "severity": {"$ref": "#/components/schemas/RuleSeverity"},
    "agencyOnly": {"type": "boolean", "description": "Its findings are targeting; shown to its agency only"},
    "effective": {"$ref": "#/components/schemas/EffectiveDays"},
    "each": {"type": "array", "items": {"type": "object", "properties": {"variable": {"type": "string"}, "list": {"type": "string", "description": "CEL"}}}},
    "when": {"type": "string", "description": "CEL: does the rule apply?"},
    "assert": {"type": "string", "description": "CEL: what must hold"},
    "pointer": {"type": "string", "description": "To the field at fault; {s} is the position of loop variable s"},
    "value": {"type": "string", "description": "CEL: the offending value"},
    "message": {"$ref": "#/components/schemas/InBothLanguages"},
    "fix": {"$ref": "#/components/schemas/InBothLanguages"},
    "citation": {"type": "string"},
    "confidence": {"type": "string"},
    "examples": {"type": "object", "properties": {"pass": {"type": "array", "items": {"type": "object"}}, "fail": {"type": "array", "items": {"type": "object"}}}},
    "file": {"type": "string"},
    "line": {"type": "integer"},
    "version": {"$ref": "#/components/schemas/RuleSetVersion"}}},
"RuleFile": {"type": "object", "required": ["name", "text"], "additionalProperties": false, "properties": {
    "name": {"type": "string", "examples": ["cbp/entry.yaml"]}, "text": {"type": "string", "description": "YAML; of a code list CSV"}}},
"RulePublication": {"type": "object", "required": ["files"], "additionalProperties": false, "properties": {
    "files": {"type": "array", "minItems": 1, "maxItems": 256, "description": "Every file of the set; for shared the code lists as well", "items": {"$ref": "#/components/schemas/RuleFile"}}}},
"RuleVersion": {"type": "object", "required": ["set", "version"], "properties": {
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "version": {"$ref": "#/components/schemas/RuleSetVersion"},
    "publishedAt": {"$ref": "#/components/schemas/Time"},
    "approvals": {"type": "array", "items": {"type": "object", "properties": {"agency": {"$ref": "#/components/schemas/Agency"}, "at": {"$ref": "#/components/schemas/Time"}}}},
    "approvalsMissing": {"type": "array", "description": "Agencies that still have to publish the same files before it can be activated", "items": {"$ref": "#/components/schemas/Agency"}},
    "files": {"type": "array", "items": {"$ref": "#/components/schemas/RuleFile"}}}},
"RuleVersions": {"type": "object", "required": ["set", "inForce", "shipped", "versions", "activations"], "properties": {
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "inForce": {"$ref": "#/components/schemas/RuleSetVersion"},
    "shipped": {"$ref": "#/components/schemas/RuleSetVersion"},
    "versions": {"type": "array", "items": {"$ref": "#/components/schemas/RuleVersion"}},
    "activations": {"type": "array", "items": {"$ref": "#/components/schemas/RuleActivation"}}}},
"RuleActivationRequest": {"type": "object", "additionalProperties": false, "properties": {"from": {"$ref": "#/components/schemas/Time"}}},
"RuleActivation": {"type": "object", "required": ["activationId", "set", "version", "effectiveFrom", "agency", "at"], "properties": {
    "activationId": {"type": "integer", "format": "int64"},
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "version": {"$ref": "#/components/schemas/RuleSetVersion"},
    "effectiveFrom": {"$ref": "#/components/schemas/Time"},
    "agency": {"$ref": "#/components/schemas/Agency"},
    "at": {"$ref": "#/components/schemas/Time"}}},
"RuleName": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"$ref": "#/components/schemas/InBothLanguages"}, "severity": {"$ref": "#/components/schemas/RuleSeverity"}}},
"RuleDifference": {"type": "object", "required": ["set", "from", "to", "added", "removed", "changed"], "properties": {
    "set": {"$ref": "#/components/schemas/RuleSetName"},
    "from": {"$ref": "#/components/schemas/RuleSetVersion"},
    "to": {"$ref": "#/components/schemas/RuleSetVersion"},
    "added": {"type": "array", "items": {"$ref": "#/components/schemas/RuleName"}},
    "removed": {"type": "array", "items": {"$ref": "#/components/schemas/RuleName"}},
    "changed": {"type": "array", "items": {"type": "object", "properties": {
      "id": {"type": "string"},
      "title": {"$ref": "#/components/schemas/InBothLanguages"},
      "fields": {"type": "array", "items": {"type": "object", "properties": {"field": {"type": "string"}, "from": {}, "to": {}}}}}}}}},
"ExplainedStep": {"type": "object", "properties": {"line": {"type": "integer"}, "column": {"type": "integer"}, "expression": {"type": "string"}, "value": {"type": "string", "description": "As CEL writes it, shortened"}}},
"Explanation": {"type": "object", "description": "How a finding came about: each part of the rule's expressions with its value, innermost first", "required": ["rule", "ruleUrl", "pointer", "positions", "when", "assert"], "properties": {
    "rule": {"type": "string"},
    "ruleUrl": {"type": "string", "format": "uri-reference"},
    "pointer": {"type": "string"},
    "positions": {"type": "object", "description": "Loop variable -> place in its list, from 0", "additionalProperties": {"type": "integer"}},
    "when": {"type": "array", "items": {"$ref": "#/components/schemas/ExplainedStep"}},
    "assert": {"type": "array", "items": {"$ref": "#/components/schemas/ExplainedStep"}}}}
})json";

}  // namespace

nlohmann::ordered_json openapi_rule_schemas() {
    return nlohmann::ordered_json::parse(text);
}

}  // namespace puente::api
