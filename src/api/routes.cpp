#include "api/routes.hpp"

#include <array>
#include <string_view>

namespace puente::api {

namespace {

using net::Method;
using enum access::Scope;

constexpr std::array table{
    Route{Method::post, "/oauth2/token", std::nullopt, give_token, "giveToken", "access", "Get an access token (OAuth 2.0 client credentials)"},
    Route{Method::get, "/.well-known/oauth-authorization-server", std::nullopt, show_metadata, "showMetadata", "access", "Authorization server metadata (RFC 8414)"},
    Route{Method::get, "/.well-known/jwks.json", std::nullopt, show_keys, "showKeys", "access", "Keys that sign access tokens (RFC 7517)"},
    Route{Method::post, "/v1/manifests", manifest_write, submit_manifest, "submitManifest", "manifests", "Put a manifest on file"},
    Route{Method::post, "/v1/manifests:validate", manifest_write, validate_manifest, "validateManifest", "manifests", "Judge a manifest; nothing is written"},
    Route{Method::get, "/v1/manifests", manifest_read, list_manifests, "listManifests", "manifests", "List manifests, newest first"},
    Route{Method::get, "/v1/manifests/{id}", manifest_read, show_manifest, "showManifest", "manifests", "The whole record"},
    Route{Method::get, "/v1/manifests/{id}/status", status_read, show_status, "showStatus", "manifests", "The status: may the truck go to the port?"},
    Route{Method::get, "/v1/manifests/{id}/history", manifest_read, show_history, "showHistory", "manifests", "Events and versions"},
    Route{Method::get, "/v1/ports/{port}/inspections", inspection_read, list_inspections, "listInspections", "inspections", "The joint inspection queue of a port, in order"},
    Route{Method::post, "/v1/ports/{port}/inspections:claim", inspection_work, claim_inspection, "claimInspection", "inspections", "Take the next leg, or that of a named inspection"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:start", inspection_work, start_leg, "startLeg", "inspections", "Begin to work on a leg"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:decide", inspection_work, decide_leg, "decideLeg", "inspections", "Decide a leg: RELEASE, HELD or REFUSE"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:release-claim", inspection_work, release_claim, "releaseClaim", "inspections", "Give a claimed leg back to the queue"},
    Route{Method::get, "/v1/rulesets", std::nullopt, list_rule_sets, "listRuleSets", "rules", "The rule sets in force"},
    Route{Method::get, "/v1/rulesets/{set}", std::nullopt, show_rule_set, "showRuleSet", "rules", "The rules of a set in force"},
    Route{Method::get, "/v1/rulesets/{set}/bundle", std::nullopt, show_rule_bundle, "showRuleBundle", "rules", "A set with all that is needed to judge by it"},
    Route{Method::get, "/v1/rulesets/{set}/versions", std::nullopt, list_rule_versions, "listRuleVersions", "rules", "Published versions and activations"},
    Route{Method::post, "/v1/rulesets/{set}/versions", rules_write, publish_rules, "publishRules", "rules", "Publish a version of a rule set"},
    Route{Method::get, "/v1/rulesets/{set}/versions/{version}", std::nullopt, show_rule_version, "showRuleVersion", "rules", "The files of a version"},
    Route{Method::get, "/v1/rulesets/{set}/versions/{version}/diff", std::nullopt, show_rule_difference, "showRuleDifference", "rules", "What differs between two versions, rule by rule"},
    Route{Method::post, "/v1/rulesets/{set}/versions/{version}:activate", rules_write, activate_rules, "activateRules", "rules", "Put a version in force, now or at a date"},
    Route{Method::get, "/v1/rules/{rule}", std::nullopt, show_rule, "showRule", "rules", "Everything about one rule in force"},
    Route{Method::get, "/livez", std::nullopt, show_alive, "showAlive", "operation", "Is the process alive?"},
    Route{Method::get, "/readyz", std::nullopt, show_ready, "showReady", "operation", "Is the gateway ready for work?"},
    Route{Method::get, "/metrics", std::nullopt, show_metrics, "showMetrics", "operation", "Metrics in the Prometheus text format"},
    Route{Method::get, "/openapi.json", std::nullopt, show_openapi, "showOpenapi", "operation", "This description (OpenAPI 3.1)"},
    Route{Method::get, "/schemas/manifest.json", std::nullopt, show_schema, "showSchema", "manifests", "JSON Schema of the manifest (2020-12)"},
    Route{Method::get, "/problems/{slug}", std::nullopt, show_problem, "showProblem", "operation", "What a kind of problem means, in both languages"},
};

}  // namespace

std::span<const Route> routes() { return table; }

bool reads_rules(const Route& route) { return !route.scope && std::string_view{route.tag} == "rules"; }

}  // namespace puente::api
