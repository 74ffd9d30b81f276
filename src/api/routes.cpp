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
    Route{Method::put, "/v1/manifests/{id}", manifest_write, amend_manifest, "amendManifest", "manifests", "Amend: another version in place of the last"},
    Route{Method::post, "/v1/manifests/{id}:cancel", manifest_write, cancel_manifest, "cancelManifest", "manifests", "Take it back before it arrives"},
    Route{Method::post, "/v1/manifests/{id}:arrive", inspection_work, note_arrival, "noteArrival", "manifests", "Seen at the gate: it has arrived"},
    Route{Method::post, "/v1/manifests/{id}:cross", inspection_work, note_crossing, "noteCrossing", "manifests", "Seen at the gate: it is across"},
    Route{Method::get, "/v1/events", status_read, show_events, "showEvents", "events", "What happens, as it happens (server-sent events)"},
    Route{Method::get, "/v1/ports/{port}/inspections", inspection_read, list_inspections, "listInspections", "inspections", "The joint inspection queue of a port, in order"},
    Route{Method::post, "/v1/ports/{port}/inspections:claim", inspection_work, claim_inspection, "claimInspection", "inspections", "Take the next leg, or that of a named inspection"},
    Route{Method::post, "/v1/ports/{port}/inspections:schedule", inspection_work, schedule_inspection, "scheduleInspection", "inspections", "Book the next slot for all agencies that look"},
    Route{Method::get, "/v1/ports/{port}/board", inspection_read, show_board, "showBoard", "inspections", "How a port stands, and its last hours: counts and waits"},
    Route{Method::get, "/v1/ports/{port}/bays", inspection_read, list_bays, "listBays", "inspections", "The bays of a port and every agency's hours there"},
    Route{Method::post, "/v1/ports/{port}/bays", inspection_work, furnish_bay, "furnishBay", "inspections", "Make or change a bay; say when one's own agency is there"},
    Route{Method::get, "/v1/ports/{port}/contingency", inspection_read, list_contingencies, "listContingencies", "inspections", "Contingencies of a port, newest first"},
    Route{Method::post, "/v1/ports/{port}/contingency", inspection_work, declare_contingency, "declareContingency", "inspections", "Propose that essential goods go first: the first key"},
    Route{Method::post, "/v1/ports/{port}/contingency:confirm", inspection_work, confirm_contingency, "confirmContingency", "inspections", "The second key, of the other country's agency"},
    Route{Method::post, "/v1/ports/{port}/contingency:end", inspection_work, end_contingency, "endContingency", "inspections", "End a contingency"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:heartbeat", inspection_work, keep_claim, "keepClaim", "inspections", "Keep a claim: a sign of life"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:start", inspection_work, start_leg, "startLeg", "inspections", "Begin to work on a leg"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:decide", inspection_work, decide_leg, "decideLeg", "inspections", "Decide a leg: RELEASE, HELD or REFUSE"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:release-claim", inspection_work, release_claim, "releaseClaim", "inspections", "Give a claimed leg back to the queue"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:join", inspection_work, join_leg, "joinInspection", "inspections", "Look as well"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:decline", inspection_work, decline_leg, "declineInspection", "inspections", "Do not look, and say why"},
    Route{Method::post, "/v1/inspections/{id}/legs/{agency}:rehold", inspection_work, rehold_leg, "reholdLeg", "inspections", "Take a release back, signed"},
    Route{Method::post, "/v1/manifests/{id}/inspections", inspection_work, refer_manifest, "referManifest", "inspections", "Refer a load by hand"},
    Route{Method::get, "/v1/inspections/{id}", inspection_read, show_inspection, "showInspection", "inspections", "The whole joint record of one inspection"},
    Route{Method::get, "/v1/inspections/{id}/annotations", inspection_read, list_annotations, "listAnnotations", "inspections", "What officers wrote beside it"},
    Route{Method::post, "/v1/inspections/{id}/annotations", inspection_work, add_annotation, "addAnnotation", "inspections", "Write beside it, for all officers or one's own agency"},
    Route{Method::put, "/v1/inspections/{id}/attachments/{sha256}", inspection_work, put_attachment, "putAttachment", "inspections", "Attach a photo or document to one's own leg"},
    Route{Method::get, "/v1/inspections/{id}/attachments/{sha256}", inspection_read, show_attachment, "showAttachment", "inspections", "The bytes of an attachment"},
    Route{Method::get, "/v1/agencies", inspection_read, list_agencies, "listAgencies", "inspections", "The agencies that take part"},
    Route{Method::post, "/v1/manifests/{id}/legal-holds", inspection_work, place_legal_hold, "placeLegalHold", "legal holds", "Keep a manifest from being removed"},
    Route{Method::get, "/v1/manifests/{id}/legal-holds", inspection_read, list_holds_of_manifest, "listLegalHoldsOfManifest", "legal holds", "The own agency's holds on a manifest, in force and lifted"},
    Route{Method::get, "/v1/manifests/{id}/legal-holds/{holdId}", inspection_read, show_legal_hold, "showLegalHold", "legal holds", "One hold of the own agency"},
    Route{Method::post, "/v1/manifests/{id}/legal-holds/{holdId}:lift", inspection_work, lift_legal_hold, "liftLegalHold", "legal holds", "End a hold, and say why"},
    Route{Method::get, "/v1/legal-holds", inspection_read, list_legal_holds, "listLegalHolds", "legal holds", "What the own agency holds, newest first"},
    Route{Method::post, "/v1/webhooks", status_read, add_webhook, "addWebhook", "webhooks", "Subscribe an address to events"},
    Route{Method::get, "/v1/webhooks", status_read, list_webhooks, "listWebhooks", "webhooks", "The caller's webhooks"},
    Route{Method::get, "/v1/webhooks/{id}", status_read, show_webhook, "showWebhook", "webhooks", "How a webhook stands"},
    Route{Method::delete_, "/v1/webhooks/{id}", status_read, remove_webhook, "removeWebhook", "webhooks", "End a subscription"},
    Route{Method::post, "/v1/webhooks/{id}:rotate", status_read, rotate_webhook_secret, "rotateWebhookSecret", "webhooks", "A new secret"},
    Route{Method::post, "/v1/webhooks/{id}:pause", status_read, pause_webhook, "pauseWebhook", "webhooks", "Send nothing for a while"},
    Route{Method::post, "/v1/webhooks/{id}:resume", status_read, resume_webhook, "resumeWebhook", "webhooks", "Go on sending"},
    Route{Method::post, "/v1/webhooks/{id}:verify", status_read, verify_webhook, "verifyWebhook", "webhooks", "Send the challenge again"},
    Route{Method::post, "/v1/webhooks/{id}:replay", status_read, replay_webhook, "replayWebhook", "webhooks", "Deliver again from any event on"},
    Route{Method::get, "/v1/webhooks/{id}/deliveries", status_read, list_deliveries, "listDeliveries", "webhooks", "The delivery log"},
    Route{Method::get, "/v1/rulesets", std::nullopt, list_rule_sets, "listRuleSets", "rules", "The rule sets in force"},
    Route{Method::get, "/v1/rulesets/{set}", std::nullopt, show_rule_set, "showRuleSet", "rules", "The rules of a set in force"},
    Route{Method::get, "/v1/rulesets/{set}/bundle", std::nullopt, show_rule_bundle, "showRuleBundle", "rules", "A set with all that is needed to judge by it"},
    Route{Method::get, "/v1/rulesets/{set}/versions", std::nullopt, list_rule_versions, "listRuleVersions", "rules", "Published versions and activations"},
    Route{Method::post, "/v1/rulesets/{set}/versions", rules_write, publish_rules, "publishRules", "rules", "Publish a version of a rule set"},
    Route{Method::get, "/v1/rulesets/{set}/versions/{version}", std::nullopt, show_rule_version, "showRuleVersion", "rules", "The files of a version"},
    Route{Method::get, "/v1/rulesets/{set}/versions/{version}/diff", std::nullopt, show_rule_difference, "showRuleDifference", "rules", "What differs between two versions, rule by rule"},
    Route{Method::post, "/v1/rulesets/{set}/versions/{version}:activate", rules_write, activate_rules, "activateRules", "rules", "Put a version in force, now or at a date"},
    Route{Method::get, "/v1/rules/{rule}", std::nullopt, show_rule, "showRule", "rules", "Everything about one rule in force"},
    Route{Method::get, "/v1/registry", registry_read, list_registries, "listRegistries", "registry", "The registers of trusted-trader programmes"},
    Route{Method::get, "/v1/registry/{programme}", registry_read, list_registry_entries, "listRegistryEntries", "registry", "The holders in a register"},
    Route{Method::get, "/v1/registry/{programme}/{kind}/{holder}", registry_read, show_registry_entry, "showRegistryEntry", "registry", "How one holder stands"},
    Route{Method::put, "/v1/registry/{programme}/{kind}/{holder}", registry_write, put_registry_entry, "putRegistryEntry", "registry", "Enter a holder, or change its standing"},
    Route{Method::delete_, "/v1/registry/{programme}/{kind}/{holder}", registry_write, end_registry_entry, "endRegistryEntry", "registry", "End a standing"},
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
