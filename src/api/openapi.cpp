#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/problem.hpp"
#include "api/routes.hpp"
#include "puente/manifest/manifest.hpp"

namespace puente::api {

namespace {

using Json = nlohmann::ordered_json;

Json reference(const char* schema) { return {{"$ref", fmt::format("#/components/schemas/{}", schema)}}; }
Json text_schema(const char* description) { return {{"type", "string"}, {"description", description}}; }
Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json object_of(Json properties) { return {{"type", "object"}, {"properties", std::move(properties)}}; }

/// What one operation takes and gives; the rest follows from the route.
struct Operation {
    const char* id;
    const char* body;          ///< schema of the request body, or null
    const char* body_media;    ///< its media type
    int success;
    const char* answer;        ///< schema of the answer, or null
    const char* answer_media;
    const char* description;
};

const Operation operations[] = {
    {"giveToken", "TokenRequest", "application/x-www-form-urlencoded", 200, "Token", "application/json",
     "Client authentication by private_key_jwt (RFC 7523) or, where allowed, by client secret. The token is bound to the client's certificate when the connection has one (RFC 8705)."},
    {"showMetadata", nullptr, nullptr, 200, "Metadata", "application/json", "Where the token endpoint and the keys are, and what is supported."},
    {"showKeys", nullptr, nullptr, 200, "KeySet", "application/json", "The public keys."},
    {"submitManifest", "Manifest", "application/json", 201, "OnFile", "application/json",
     "Acknowledged is durable: 201 means committed. 422 means rejected by rules and not on file. The same Idempotency-Key with the same body replays the first answer."},
    {"validateManifest", "Manifest", "application/json", 200, "Verdict", "application/json", "The same judgement, nothing written. Whether the load would be selected is not disclosed."},
    {"listManifests", nullptr, nullptr, 200, "ManifestList", "application/json", "The caller's own; officers see all. Paged by cursor."},
    {"showManifest", nullptr, nullptr, 200, "Record", "application/json", "Answers 304 to a matching If-None-Match. With Prefer: wait=N it waits up to N seconds for a change."},
    {"showStatus", nullptr, nullptr, 200, "Status", "application/json", "A small document for polling, with the same conditional rules as the record."},
    {"showHistory", nullptr, nullptr, 200, "History", "application/json", "Everything that happened to the manifest, and the versions received."},
    {"listInspections", nullptr, nullptr, 200, "Queue", "application/json", "The same rows in the same order for both agencies; each sees its own factors and private findings only."},
    {"claimInspection", "ClaimRequest", "application/json", 200, "Claim", "application/json", "A lease with a fencing token. Two officers never hold one leg."},
    {"startLeg", "FenceRequest", "application/json", 200, "LegMove", "application/json", "PENDING or HELD becomes WORKING. The fence of the claim is required."},
    {"decideLeg", "DecisionRequest", "application/json", 200, "LegMove", "application/json", "One agency can never decide the other's leg."},
    {"releaseClaim", "FenceRequest", "application/json", 200, "LegMove", "application/json", "The leg becomes claimable again at once."},
    {"showAlive", nullptr, nullptr, 200, "Alive", "application/json", "Answers as long as the process serves."},
    {"showReady", nullptr, nullptr, 200, "Ready", "application/json", "503 while the database cannot be reached or the gateway is draining."},
    {"showMetrics", nullptr, nullptr, 200, nullptr, "text/plain", "For Prometheus."},
    {"showOpenapi", nullptr, nullptr, 200, "AnyObject", "application/json", "Made from the table of routes."},
    {"showSchema", nullptr, nullptr, 200, "AnyObject", "application/schema+json", "Made from the protobuf descriptors."},
    {"showProblem", nullptr, nullptr, 200, "ProblemType", "application/json", "What the `type` of a problem document refers to."},
};

const Operation& operation_of(std::string_view id) {
    for (const Operation& each : operations) {
        if (id == each.id) return each;
    }
    throw std::logic_error{"no OpenAPI operation for a route"};
}

const char* method_name(net::Method method) { return method == net::Method::post ? "post" : "get"; }

Json header_parameter(const char* name, bool required, const char* description) {
    return {{"name", name}, {"in", "header"}, {"required", required}, {"description", description}, {"schema", {{"type", "string"}}}};
}

Json query_parameter(const char* name, const char* description) {
    return {{"name", name}, {"in", "query"}, {"required", false}, {"description", description}, {"schema", {{"type", "string"}}}};
}

Json path_parameters(std::string_view pattern) {
    Json parameters = Json::array();
    for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
        const std::string name{pattern.substr(open + 1, pattern.find('}', open) - open - 1)};
        const char* description = name == "id" ? "UUID of the record" : name == "port" ? "Schedule D code or Mexican office and section" : name == "agency" ? "CBP or SAT" : "Name";
        parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"description", description}, {"schema", {{"type", "string"}}}});
    }
    return parameters;
}

Json parameters_of(const Route& route) {
    Json parameters = path_parameters(route.pattern);
    const std::string_view id = route.operation;
    parameters.push_back(header_parameter("Accept-Language", false, "es for Spanish, otherwise English"));
    if (id == "submitManifest") parameters.push_back(header_parameter("Idempotency-Key", true, "16 to 64 letters, digits, '-' and '_', in quotes; kept for seven days"));
    if (id == "showManifest" || id == "showStatus") {
        parameters.push_back(header_parameter("If-None-Match", false, "The ETag known already: 304 when it still holds"));
        parameters.push_back(header_parameter("Prefer", false, "wait=N: wait up to N seconds for a change from If-None-Match"));
    }
    if (id == "listManifests") {
        for (const char* name : {"trip", "status", "port", "carrier", "since"}) parameters.push_back(query_parameter(name, "Filter"));
    }
    if (id == "listManifests" || id == "listInspections") {
        parameters.push_back(query_parameter("cursor", "`next` of the page before"));
        parameters.push_back(query_parameter("limit", "1 to 200, 50 by default"));
    }
    return parameters;
}

Json problem_response(const char* description) {
    return {{"description", description}, {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}};
}

Json responses_of(const Route& route, const Operation& operation) {
    Json answer{{"description", "Done"}};
    Json schema = operation.answer == nullptr ? Json{{"type", "string"}} : reference(operation.answer);
    answer["content"] = Json{{operation.answer_media, {{"schema", std::move(schema)}}}};
    Json responses{{std::to_string(operation.success), std::move(answer)}};
    const std::string_view id = route.operation;
    if (id == "showManifest" || id == "showStatus") responses["304"] = {{"description", "Not changed"}};
    responses["400"] = problem_response("Malformed; the places at fault are listed");
    if (route.scope) {
        responses["401"] = problem_response("No valid token");
        responses["403"] = problem_response("The token's scope or role does not allow it");
    }
    responses["404"] = problem_response("No such thing, or not the caller's");
    if (operation.body != nullptr) {
        responses["409"] = problem_response("The state of the record does not allow it");
        responses["412"] = problem_response("The version or fence is out of date");
        responses["413"] = problem_response("Over a limit");
        responses["415"] = problem_response("Media type not understood");
        responses["422"] = problem_response("Rejected by rules, or the key was used for another body");
    }
    responses["503"] = problem_response("Not now; see Retry-After");
    return responses;
}

Json paths() {
    Json all = Json::object();
    for (const Route& route : routes()) {
        const Operation& operation = operation_of(route.operation);
        Json item{{"operationId", route.operation}, {"tags", {route.tag}}, {"summary", route.summary}, {"description", operation.description}};
        item["parameters"] = parameters_of(route);
        if (operation.body != nullptr) {
            Json content{{operation.body_media, {{"schema", reference(operation.body)}}}};
            if (std::string_view{operation.body} == "Manifest") content["application/x-protobuf"] = {{"schema", {{"type", "string"}, {"format", "binary"}}}};
            item["requestBody"] = {{"required", std::string_view{operation.body} != "ClaimRequest"}, {"content", std::move(content)}};
        }
        item["responses"] = responses_of(route, operation);
        item["security"] = route.scope ? Json::array({Json{{"oauth2", Json::array({std::string{access::to_text(*route.scope)}})}}}) : Json::array();
        all[route.pattern][method_name(route.method)] = std::move(item);
    }
    return all;
}

Json status_properties() {
    return {{"manifestId", text_schema("UUIDv7 of the record")},
            {"tripNumber", text_schema("The carrier's trip number")},
            {"documentId", text_schema("The sender's identifier of the document")},
            {"status", {{"type", "string"}, {"enum", {"UNDER_REVIEW", "INSPECTION_REQUIRED", "IN_INSPECTION", "HELD", "CLEARED", "RELEASED", "REFUSED", "CANCELLED", "EXPIRED", "CROSSED"}}}},
            {"statusText", text_schema("What it means for the driver")},
            {"version", {{"type", "integer"}}},
            {"legs", list_of(reference("Leg"))}};
}

/// The JSON Schema of the manifest with its definitions moved where OpenAPI looks for them.
void add_manifest_schemas(Json& schemas) {
    std::string text{manifest::json_schema()};
    for (std::size_t at = text.find("#/$defs/"); at != std::string::npos; at = text.find("#/$defs/", at)) text.replace(at, 8, "#/components/schemas/");
    Json schema = Json::parse(text);
    if (schema.contains("$defs")) {
        for (auto& [name, definition] : schema["$defs"].items()) schemas[name] = definition;
    }
    for (const char* outside : {"$defs", "$schema", "$id"}) schema.erase(outside);
    schemas["Manifest"] = std::move(schema);
}

Json schemas() {
    Json all = Json::object();
    add_manifest_schemas(all);
    const Json text{{"type", "string"}};
    const Json number{{"type", "integer"}};
    all["Leg"] = object_of({{"agency", {{"type", "string"}, {"enum", {"CBP", "SAT"}}}},
                            {"state", {{"type", "string"}, {"enum", {"NONE", "PENDING", "WORKING", "RELEASED", "HELD", "REFUSED"}}}},
                            {"kind", {{"type", "string"}, {"enum", {"REVIEW", "INSPECT"}}}},
                            {"note", text}});
    all["Finding"] = object_of({{"agency", text}, {"rule", text}, {"severity", {{"type", "string"}, {"enum", {"reject", "review", "inspect", "advise"}}}},
                                {"pointer", text_schema("RFC 6901, to the field at fault")}, {"value", text}, {"message", text}, {"fix", text}, {"citation", text}, {"ruleSetVersion", text}});
    Json on_file = status_properties();
    on_file["findings"] = list_of(reference("Finding"));
    on_file["ruleSets"] = reference("AnyObject");
    on_file["sha256"] = text_schema("Of the bytes received, hexadecimal");
    all["OnFile"] = object_of(on_file);
    Json record = on_file;
    record["manifest"] = reference("Manifest");
    all["Record"] = object_of(record);
    all["Status"] = object_of(status_properties());
    all["ManifestList"] = object_of({{"items", list_of(reference("Status"))}, {"next", text}});
    all["Verdict"] = object_of({{"verdict", text}, {"findings", list_of(reference("Finding"))}, {"ruleSets", reference("AnyObject")}});
    all["History"] = object_of({{"events", list_of(reference("AnyObject"))}, {"versions", list_of(reference("AnyObject"))}});
    Json queued = status_properties();
    queued["inspectionId"] = text;
    queued["findings"] = list_of(reference("Finding"));
    queued["factors"] = list_of(reference("AnyObject"));
    all["Queue"] = object_of({{"port", text}, {"items", list_of(object_of(queued))}, {"next", text}});
    all["ClaimRequest"] = object_of({{"inspectionId", text_schema("A named inspection; without it the next one")}});
    all["FenceRequest"] = object_of({{"fence", number}});
    all["FenceRequest"]["required"] = {"fence"};
    all["DecisionRequest"] = object_of({{"fence", number}, {"decision", {{"type", "string"}, {"enum", {"RELEASE", "HELD", "REFUSE"}}}}, {"note", text}, {"findings", list_of(reference("AnyObject"))}});
    all["DecisionRequest"]["required"] = {"fence", "decision"};
    all["Claim"] = object_of({{"inspectionId", text}, {"manifestId", text}, {"leg", object_of({{"agency", text}, {"fence", number}, {"leaseUntil", text}})}});
    all["LegMove"] = object_of({{"inspectionId", text}, {"manifestId", text}, {"leg", object_of({{"agency", text}, {"state", text}, {"fence", number}})}, {"status", text}});
    all["TokenRequest"] = object_of({{"grant_type", text}, {"scope", text}, {"client_id", text}, {"client_secret", text}, {"client_assertion_type", text}, {"client_assertion", text}});
    all["TokenRequest"]["required"] = {"grant_type"};
    all["Token"] = object_of({{"access_token", text}, {"token_type", text}, {"expires_in", number}, {"scope", text}});
    all["Problem"] = object_of({{"type", text}, {"title", text}, {"status", number}, {"detail", text}, {"instance", text}, {"findings", list_of(reference("Finding"))},
                                {"errors", list_of(object_of({{"pointer", text}, {"code", text}, {"message", text}}))}});
    all["ProblemType"] = reference("AnyObject");
    for (const char* plain : {"Metadata", "KeySet", "Alive", "Ready"}) all[plain] = reference("AnyObject");
    all["AnyObject"] = {{"type", "object"}, {"additionalProperties", true}};
    return all;
}

}  // namespace

std::string openapi(const std::string& public_url) {
    Json scopes = Json::object();
    for (const Route& route : routes()) {
        if (route.scope) scopes[std::string{access::to_text(*route.scope)}] = route.tag;
    }
    Json document{{"openapi", "3.1.0"}};
    document["info"] = {{"title", "Puente"},
                        {"version", "1.0.0"},
                        {"description", "Pre-clearance gateway for freight across the US-Mexico border: one manifest, both agencies, one record."},
                        {"contact", {{"name", "The operator of this gateway"}, {"url", public_url}}},
                        {"license", {{"name", "See the repository"}, {"url", public_url}}}};
    document["servers"] = Json::array({{{"url", public_url}}});
    document["tags"] = Json::array({{{"name", "access"}, {"description", "Tokens and keys"}},
                                    {{"name", "manifests"}, {"description", "Filing and following manifests"}},
                                    {{"name", "inspections"}, {"description", "The joint queue of both agencies' officers"}},
                                    {{"name", "operation"}, {"description", "Probes and descriptions"}}});
    document["paths"] = paths();
    document["components"]["schemas"] = schemas();
    document["components"]["securitySchemes"]["oauth2"] = {
        {"type", "oauth2"}, {"flows", {{"clientCredentials", {{"tokenUrl", public_url + "/oauth2/token"}, {"scopes", scopes}}}}}};
    return document.dump();
}

}  // namespace puente::api
