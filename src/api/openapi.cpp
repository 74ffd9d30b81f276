#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "api/openapi_schemas.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"

namespace puente::api {

namespace {

using Json = nlohmann::ordered_json;

/// What each operation takes and gives; the rest follows from its route. `headers` of the answer besides Puente-Request-Id; `parameters` besides
/// those of the path and Accept-Language; `problems` besides 400 and, where a token is asked for, 401, 403, 429 and 503.
constexpr const char* operation_text = R"json({
"giveToken": {"takes": "TokenRequest", "gives": "Token", "problems": [413, 415, 503],
  "description": "Client authentication by private_key_jwt (RFC 7523) or, where allowed, by client secret. The token is bound to the client's certificate when the connection has one (RFC 8705)."},
"showMetadata": {"gives": "Metadata", "description": "Where the token endpoint and the keys are, and what is supported."},
"showKeys": {"gives": "KeySet", "description": "The public keys."},
"submitManifest": {"takes": "Manifest", "gives": "OnFile", "headers": ["Location", "ETag", "Content-Language", "Idempotent-Replayed"], "parameters": ["IdempotencyKey"],
  "problems": [406, 409, 413, 415, 422],
  "description": "Acknowledged is durable: 201 means committed. 422 means rejected by rules and not on file. The same Idempotency-Key with the same body replays the first answer; after a 503 send the same body under the same key again."},
"validateManifest": {"takes": "Manifest", "gives": "Verdict", "headers": ["Content-Language"], "parameters": ["AsOf", "Explain"], "problems": [406, 409, 413, 415, 422],
  "description": "The same judgement, nothing written. Whether the load would be selected is not disclosed. With asOf by the rules as they stand on that day; with explain every finding comes with the values of its rule's expressions."},
"listManifests": {"gives": "ManifestList", "headers": ["Content-Language"], "parameters": ["Trip", "StatusFilter", "PortFilter", "Carrier", "Since", "Cursor", "Limit"],
  "description": "The caller's own; officers see all. Paged by cursor."},
"showManifest": {"gives": "Record", "headers": ["ETag", "Content-Language"], "parameters": ["IfNoneMatch", "Prefer"], "problems": [404],
  "description": "Answers 304 to a matching If-None-Match. With Prefer: wait=N it waits up to N seconds for a change."},
"showStatus": {"gives": "Status", "headers": ["ETag", "Content-Language"], "parameters": ["IfNoneMatch", "Prefer"], "problems": [404],
  "description": "A small document for polling, with the same conditional rules as the record."},
"showHistory": {"gives": "History", "headers": ["Content-Language"], "problems": [404], "description": "Everything that happened to the manifest, and the versions received."},
"amendManifest": {"takes": "Manifest", "gives": "OnFile", "headers": ["ETag", "Content-Language", "Idempotent-Replayed"], "parameters": ["IfMatch", "AmendmentKey"],
  "problems": [404, 406, 409, 412, 413, 415, 422, 428],
  "description": "The whole manifest anew, of the same trip and carrier, judged as a submission is. Rejected by rules: 422, and the old version stays. Legs follow the new facts; nothing is drawn again, and what an officer holds or asked for stays. 409 once an officer has begun or the load has arrived, with what may be done instead."},
"cancelManifest": {"takes": "CancelRequest", "gives": "Status", "headers": ["ETag", "Content-Language"], "parameters": ["IfMatchOptional"], "problems": [404, 409, 412, 413],
  "description": "Claims end, the inspection closes, trip number and identifiers are free again. Again: the same answer."},
"noteArrival": {"takes": "GateRequest", "gives": "Status", "headers": ["ETag", "Content-Language"], "problems": [404, 409, 413], "description": "For officers of the customs agencies. Again: the first note stays."},
"noteCrossing": {"takes": "GateRequest", "gives": "Status", "headers": ["ETag", "Content-Language"], "problems": [404, 409, 413],
  "description": "For officers of the customs agencies. Only what is CLEARED or RELEASED crosses; otherwise 409, with the legs that are open. What was not seen arriving arrives in the same moment."},
"showEvents": {"gives": "EventPage", "stream": "EventStream", "parameters": ["EventAfter", "LastEventId", "EventManifest", "PortFilter", "EventKind", "EventLimit", "EventWait"], "problems": [406, 410],
  "description": "Brokers and carriers hear of what is theirs, officers of what their agency may see and of every step of a contingency. As server-sent events until the token ends: each with an id, from which Last-Event-ID goes on at any gateway without gap or repetition. Or, with Accept: application/json, a list and where to go on (the list holds what this gateway has read, a few dozen milliseconds after the commit); with Prefer: wait=N it waits for the first. Without a place it begins now. 410: read the lists again and begin now."},
"listInspections": {"gives": "Queue", "parameters": ["Cursor", "Limit"], "problems": [404],
  "description": "The same rows in the same order for both agencies; each sees its own factors and private findings only."},
"claimInspection": {"takes": "ClaimRequest", "gives": "Claim", "problems": [404, 409, 413], "description": "A lease with a fencing token. Two officers never hold one leg."},
"keepClaim": {"takes": "FenceRequest", "gives": "Heartbeat", "problems": [404, 409, 412, 413], "description": "The lease runs anew from now, by the database's clock. A lease that is over is not revived: claim again."},
"showBoard": {"gives": "Board", "headers": ["ETag"], "parameters": ["BoardHours", "IfNoneMatch"], "problems": [404],
  "description": "The same numbers for every agency. Counted from the log of events about a second behind; the queue is looked at every few seconds. Percentiles are taken from a histogram: at most 9 % off, below a minute half a minute. Answers 304 to a matching If-None-Match."},
"listBays": {"gives": "BayList", "problems": [404], "description": "Hours are by the clock of the port."},
"furnishBay": {"takes": "BayRequest", "gives": "Bay", "problems": [404, 413], "description": "The hours take the place of those of one's own agency; the other agencies' stay. Slots that are booked stay."},
"scheduleInspection": {"takes": "SlotRequest", "gives": "Slot", "problems": [404, 409, 413],
  "description": "The first slot with room, at a bay for the load's lane, in hours that all agencies whose leg is open have in common. An earlier booking is given up. A leg that is not decided when its slot ends is overdue."},
"listContingencies": {"gives": "ContingencyList", "problems": [404], "description": "With every step, and by which agency it was taken."},
"declareContingency": {"takes": "ContingencyRequest", "gives": "Contingency", "problems": [404, 409, 413], "description": "Changes nothing until an officer of the other country's agency confirms it. One at a time for each port."},
"confirmContingency": {"takes": "ContingencyKey", "gives": "Contingency", "problems": [404, 409, 413], "description": "In force at once, for all loads that wait, until it is ended or its time is over."},
"endContingency": {"takes": "ContingencyKey", "gives": "Contingency", "problems": [404, 409, 413], "description": "Either agency alone; also takes a proposal back."},
"startLeg": {"takes": "FenceRequest", "gives": "LegMove", "problems": [404, 409, 412, 413], "description": "PENDING or HELD becomes WORKING. The fence of the claim is required."},
"decideLeg": {"takes": "DecisionRequest", "gives": "LegMove", "problems": [404, 409, 412, 413],
  "description": "WORKING becomes RELEASED, HELD or REFUSED. HELD needs reason, owner and dueAt, REFUSE a note and what was found. One agency can never decide the other's leg. A refusal says in `state` and `allowed` what may be done instead."},
"releaseClaim": {"takes": "FenceRequest", "gives": "LegMove", "problems": [404, 409, 412, 413], "description": "The leg becomes claimable again at once."},
"joinInspection": {"takes": "JoinRequest", "gives": "LegMove", "problems": [404, 409, 413], "description": "The leg of the officer's agency goes from NONE to PENDING in the same inspection. The reason, if any, becomes a private annotation."},
"declineInspection": {"takes": "DeclineRequest", "gives": "LegMove", "problems": [404, 409, 413], "description": "Recorded with its reason, for officers of all agencies. Nothing changes for the sender, and the agency may still join."},
"reholdLeg": {"takes": "ReholdRequest", "gives": "LegMove", "problems": [404, 409, 412, 413],
  "description": "RELEASED becomes HELD, by the agency that released, before the trip is over. Signed by the key registered for the client: a detached JWS (RFC 7515, appendix F; ES256, typ puente-rehold) over the object of agency, fence, inspectionId, reason and time in this order without blanks (RFC 8785), made in the last five minutes. A refused leg stays refused."},
"referManifest": {"takes": "ReferralRequest", "gives": "LegMove", "headers": ["Location"], "problems": [404, 409, 413],
  "description": "Opens an inspection if there is none, or adds the leg of the officer's agency. The reason becomes a private annotation of that agency."},
"showInspection": {"gives": "Inspection", "headers": ["Content-Language"], "problems": [404], "description": "Legs, findings, slot, annotations, attachments: what all agencies share and the private matter of the officer's own, with what the own leg can be moved to."},
"listAnnotations": {"gives": "AnnotationList", "problems": [404], "description": "Shared ones and those of the officer's own agency, oldest first."},
"addAnnotation": {"takes": "AnnotationRequest", "gives": "Annotation", "problems": [404, 413], "description": "SHARED: for officers of all agencies. AGENCY: for those of one's own; the database keeps it from everyone else."},
"putAttachment": {"takes": "AttachmentBytes", "gives": "Attachment", "parameters": ["AttachmentVisibility"], "problems": [404, 409, 413, 415],
  "description": "Under the SHA-256 of its bytes: at most 8 MiB, 20 for each leg; the type is checked by the bytes. The same again answers 200. What other agencies have attached makes no difference."},
"showAttachment": {"gives": "AttachmentBytes", "media": "application/octet-stream", "problems": [404], "description": "With the type of the bytes, as a download. One that is for another agency's eyes is not there."},
"listAgencies": {"gives": "AgencyList", "headers": ["Content-Language"], "description": "Those that own a rule set and select loads, and those that were added and only look."},
"placeLegalHold": {"takes": "LegalHoldRequest", "gives": "LegalHold", "headers": ["Location"], "problems": [404, 413],
  "description": "For officers of any agency. Until it is lifted, retention removes nothing of the manifest. The holding agency sees it and is told by an event (legal_hold_placed); nothing changes for anybody else. An agency may hold a manifest several times: each hold is lifted by itself."},
"listLegalHoldsOfManifest": {"gives": "LegalHoldList", "problems": [404], "description": "Newest first. What other agencies hold makes no difference."},
"showLegalHold": {"gives": "LegalHold", "problems": [404], "description": "One of another agency is not there."},
"liftLegalHold": {"takes": "LegalHoldRequest", "gives": "LegalHold", "problems": [404, 409, 413], "description": "By any officer of the agency that placed it. It stays on record. 409 when it was lifted already, and when that was."},
"listLegalHolds": {"gives": "LegalHoldPage", "parameters": ["Cursor", "Limit"], "description": "Those in force, on any manifest. Paged by cursor."},
"addWebhook": {"takes": "WebhookRequest", "gives": "WebhookWithSecret", "headers": ["Location"], "problems": [409, 413],
  "description": "For brokers and carriers. The address is sent a signed challenge first, {\"type\":\"webhook.challenge\",\"data\":{\"challenge\":\"...\"}}, and has to answer 2xx with the challenge, bare or as {\"challenge\":\"...\"}. The secret is told this once. What is sent is described as WebhookMessage."},
"listWebhooks": {"gives": "WebhookList", "description": "The caller's own."},
"showWebhook": {"gives": "Webhook", "problems": [404], "description": "With what the last challenges met with."},
"removeWebhook": {"gives": "WebhookEnd", "problems": [404], "description": "Nothing more is sent; what was under way may still arrive."},
"rotateWebhookSecret": {"takes": "RotationRequest", "gives": "WebhookWithSecret", "problems": [404, 413], "description": "The old secret signs beside the new one for the overlap, so that the receiver can change over."},
"pauseWebhook": {"takes": "WebhookMoveRequest", "gives": "Webhook", "problems": [404, 409, 413], "description": "Events are collected until it goes on."},
"resumeWebhook": {"takes": "WebhookMoveRequest", "gives": "Webhook", "problems": [404, 409, 413], "description": "One that was disabled or not verified is challenged again and then gets what it missed."},
"verifyWebhook": {"takes": "WebhookMoveRequest", "gives": "Webhook", "problems": [404, 409, 413], "description": "Sends the challenge again, at once."},
"replayWebhook": {"takes": "ReplayRequest", "gives": "Webhook", "problems": [404, 413], "description": "Everything behind an event is delivered again, under the same webhook-id as the first time."},
"listDeliveries": {"gives": "WebhookDeliveryList", "parameters": ["DeliveryState", "Cursor", "Limit"], "problems": [404], "description": "Newest event first, with the attempts made. Kept for 30 days."},
"listRuleSets": {"gives": "RuleSetList", "description": "Version, number of rules, since when, and what comes next. Rules whose findings are targeting are not counted."},
"showRuleSet": {"gives": "RuleSetRules", "problems": [401, 404, 503], "description": "The law is public: no token is needed. An agency that presents one also sees its own rules of targeting."},
"showRuleBundle": {"gives": "RuleBundle", "headers": ["ETag"], "parameters": ["OfVersion", "AsOf", "IfNoneMatch"], "problems": [401, 404, 409, 503],
  "description": "Rules, code lists, functions, facts, message types and JSON Schema in one document, to judge a manifest before it is sent. The same bytes as `puente rules-bundle` writes. With asOf only what is in force on that day. Rules of targeting are left out, except for their agency."},
"listRuleVersions": {"gives": "RuleVersions", "problems": [404, 503], "description": "Newest first; activations are the history of what was in force."},
"publishRules": {"takes": "RulePublication", "gives": "RuleVersion", "headers": ["Location"], "problems": [404, 413, 422],
  "description": "The whole set, by an author of its agency. It has to load beside the other sets in force, and its examples have to behave. The shared set needs the same files published by both agencies. The same content again answers 200."},
"showRuleVersion": {"gives": "RuleVersion", "problems": [401, 404, 503], "description": "Also under the names in-force and shipped. Files with rules of targeting are left out, except for their agency."},
"showRuleDifference": {"gives": "RuleDifference", "parameters": ["FromVersion"], "problems": [401, 404, 409, 503], "description": "Rules added, removed, and changed with the fields that differ."},
"activateRules": {"takes": "RuleActivationRequest", "gives": "RuleActivation", "problems": [404, 409, 413, 422],
  "description": "From a moment on, at once without one; every gateway follows within two seconds. To roll back, activate an older version. 409 when an approval is missing."},
"showRule": {"gives": "RulePage", "problems": [401, 404, 503], "description": "Both languages, its expressions, citation, effective days and examples."},
"listRegistries": {"gives": "RegistryList", "description": "Programme, the agency that keeps it, and how many stand in it. For officers of either agency."},
"listRegistryEntries": {"gives": "RegistryPage", "parameters": ["Cursor", "Limit"], "problems": [404], "description": "In the order of kind and identifier; up to 1,000 a page. Entries that have ended are left out."},
"showRegistryEntry": {"gives": "RegistryEntry", "problems": [404], "description": "A company with several identifiers has an entry for each that was entered."},
"putRegistryEntry": {"takes": "RegistryStanding", "gives": "RegistryEntry", "problems": [404, 413], "description": "By an officer of the programme's agency: CBP keeps CTPAT and FAST, SAT keeps OEA and IMMEX. Every gateway follows within two seconds."},
"endRegistryEntry": {"gives": "RegistryEnd", "problems": [404], "description": "By an officer of the programme's agency. The entry stays on record."},
"showAlive": {"gives": "Alive", "description": "Answers as long as the process serves."},
"showReady": {"gives": "Ready", "problems": [503], "description": "503 while the database cannot be reached or the gateway is draining."},
"showMetrics": {"gives": "Text", "media": "text/plain", "description": "For Prometheus."},
"showOpenapi": {"gives": "AnyObject", "headers": ["ETag"], "parameters": ["IfNoneMatch"], "description": "Made from the table of routes."},
"showSchema": {"gives": "AnyObject", "media": "application/schema+json", "headers": ["ETag"], "parameters": ["IfNoneMatch"], "description": "Made from the protobuf descriptors."},
"showProblem": {"gives": "ProblemType", "problems": [404], "description": "What the `type` of a problem document refers to."}
})json";

constexpr std::array scope_meanings{
    std::pair{access::Scope::manifest_write,  "File and validate manifests"                      },
    std::pair{access::Scope::manifest_read,   "Read whole records"                               },
    std::pair{access::Scope::status_read,     "Read statuses"                                    },
    std::pair{access::Scope::inspection_read, "Read the inspection queue"                        },
    std::pair{access::Scope::inspection_work, "Claim and decide the legs of the officer's agency"},
    std::pair{access::Scope::rules_read,      "Read the rules in force"                          },
    std::pair{access::Scope::rules_write,     "Publish and activate the rules of the author's agency"},
    std::pair{access::Scope::registry_read,   "Read the registers of trusted traders"},
    std::pair{access::Scope::registry_write,  "Keep the registers of the officer's agency"},
};

constexpr std::array problem_meanings{
    std::pair{400, "The request is malformed; every place at fault is listed"                               },
    std::pair{401, "No valid token"                                                                         },
    std::pair{403, "The token's scope or role does not allow it"                                            },
    std::pair{404, "No such thing, or not the caller's"                                                     },
    std::pair{406, "Answers are application/json"                                                           },
    std::pair{409, "The state of the record does not allow it, or the trip number is in use"                },
    std::pair{410, "Events behind this place are no longer kept, or the place was never reached"            },
    std::pair{412, "The version or fence is out of date"                                                    },
    std::pair{413, "Over a limit"                                                                           },
    std::pair{415, "The media type is not understood"                                                       },
    std::pair{422, "Rejected by rules: not put on file; or the key was used for another body"               },
    std::pair{428, "If-Match is required"                                                                    },
    std::pair{429, "The client sends faster than it may"                                                     },
    std::pair{503, "Not now: too much is waiting, the database cannot be reached, or the outcome is unknown"},
};

Json reference(const char* kind, const std::string& name) {
    Json object;
    object["$ref"] = fmt::format("#/components/{}/{}", kind, name);
    return object;
}

Json headers_of(const Json& names) {
    Json headers;
    headers["Puente-Request-Id"] = reference("headers", "Puente-Request-Id");
    for (const std::string name : names) headers[name] = reference("headers", name);
    return headers;
}

Json content_of(const std::string& media_type, const std::string& schema) {
    Json content;
    content[media_type]["schema"] = reference("schemas", schema);
    return content;
}

Json response(const char* description, const Json& headers, Json content) {
    Json answer{
        {"description", description        },
        {"headers",     headers_of(headers)}
    };
    if (!content.empty()) answer["content"] = std::move(content);
    return answer;
}

Json problem_response(int status, const char* meaning) {
    Json headers = Json::array({"Content-Language"});
    if (status == 401) headers.push_back("WWW-Authenticate");
    if (status == 415) headers.push_back("Accept-Post");
    if (status == 429 || status == 503) headers.push_back("Retry-After");
    Json content = content_of("application/problem+json", "Problem");
    const ProblemType& type = problem_type_of_status(status);
    content["application/problem+json"]["examples"]["english"]["value"] = {
        {"type", fmt::format("/problems/{}", type.slug)},
        {"title",      type.title_en                         },
        {"status",      type.status},
        {"detail",      type.detail_en                         },
        {"instance",      "urn:uuid:01a2000a-58d9-7f1d-bc8b-a38fe04208c4"}
    };
    return response(meaning, headers, std::move(content));
}

/// `components/responses`: one for each status that a problem document is sent with, and one for all others.
Json problem_responses() {
    Json all;
    for (const auto& [status, meaning] : problem_meanings) all[fmt::format("Problem{}", status)] = problem_response(status, meaning);
    all["Problem"] = response("Any other problem, in the same form", Json::array(), content_of("application/problem+json", "Problem"));
    return all;
}

Json parameters_of(const Route& route, const Json& operation) {
    constexpr std::array in_path{
        std::pair{"{id}",     "Id"          },
        std::pair{"{port}",   "Port"        },
        std::pair{"{agency}", "AgencyInPath"},
        std::pair{"{holdId}", "HoldId"      },
        std::pair{"{slug}",   "Slug"        },
        std::pair{"{sha256}", "Sha256InPath"},
        std::pair{"{set}",    "RuleSet"     },
        std::pair{"{version}", "RuleVersion"},
        std::pair{"{rule}",   "Rule"        },
        std::pair{"{programme}", "Programme"},
        std::pair{"{kind}",   "IdKind"      },
        std::pair{"{holder}", "Holder"      }
    };
    Json parameters = Json::array();
    for (const auto& [place, component] : in_path) {
        if (std::string_view{route.pattern}.find(place) != std::string_view::npos) parameters.push_back(reference("parameters", component));
    }
    for (const std::string name : operation.value("parameters", Json::array())) parameters.push_back(reference("parameters", name));
    parameters.push_back(reference("parameters", "Language"));
    return parameters;
}

Json request_body(const std::string& schema) {
    const char* media_type = schema == "TokenRequest" ? "application/x-www-form-urlencoded" : "application/json";
    Json content = content_of(media_type, schema);
    if (schema == "AttachmentBytes") {
        content = Json::object();
        for (const char* type : {"image/jpeg", "image/png", "image/webp", "application/pdf"}) content[type]["schema"] = reference("schemas", schema);
    }
    if (schema == "Manifest") {
        content[media_type]["examples"]["emptyTruck"] = {
            {"summary", "An empty truck on its way north"},
            {"value",   openapi_manifest_example()       }
        };
        content["application/x-protobuf"]["schema"] = {
            {"type",        "string"            },
            {"format",      "binary"            },
            {"description", "puente.v1.Manifest"}
        };
    }
    return {
        {"required", schema != "ClaimRequest" && schema != "RuleActivationRequest" && schema != "CancelRequest" && schema != "GateRequest" && schema != "WebhookMoveRequest" && schema != "RotationRequest"},
        {"content",  std::move(content)      }
    };
}

Json responses_of(const Route& route, const Json& operation) {
    const std::string_view id = route.operation;
    const Json headers = operation.value("headers", Json::array());
    Json answer = content_of(operation.value("media", "application/json"), operation["gives"]);
    if (operation.contains("stream")) answer["text/event-stream"]["schema"] = reference("schemas", operation["stream"]);
    Json responses;
    if (id == "submitManifest") {
        responses["201"] = response("On file", headers, std::move(answer));
    } else if (id == "referManifest" || id == "addAnnotation" || id == "placeLegalHold" || id == "addWebhook") {
        responses["201"] = response("Added", headers, std::move(answer));
    } else {
        if (id == "publishRules") responses["201"] = response("Published", headers, answer);
        if (id == "putAttachment") responses["201"] = response("Attached", headers, answer);
        if (id == "putRegistryEntry") responses["201"] = response("Entered", headers, answer);
        responses["200"] = response("Done", headers, std::move(answer));
    }
    const Json parameters = operation.value("parameters", Json::array());
    const bool conditional = std::find(parameters.begin(), parameters.end(), "IfNoneMatch") != parameters.end();
    if (conditional) responses["304"] = response("The ETag in If-None-Match still holds", Json::array({"ETag"}), {});

    std::vector<int> problems = operation.value("problems", std::vector<int>{});
    problems.push_back(400);
    if (route.scope) problems.insert(problems.end(), {401, 403, 429, 503});
    if (reads_rules(route)) problems.push_back(429);
    std::sort(problems.begin(), problems.end());
    for (const int status : problems) responses[std::to_string(status)] = reference("responses", fmt::format("Problem{}", status));
    if (id == "giveToken") {  // OAuth clients expect the form of RFC 6749
        responses["400"] = response("The request is malformed, or asks for what is not open to the client", Json::array(),
                                    content_of("application/json", "OauthError"));
        responses["401"] = response("The client is not known, or did not prove who it is", Json::array({"WWW-Authenticate"}),
                                    content_of("application/json", "OauthError"));
    }
    responses["default"] = reference("responses", "Problem");
    return responses;
}

const char* method_member(net::Method method) {
    switch (method) {
        case net::Method::post: return "post";
        case net::Method::put: return "put";
        case net::Method::delete_: return "delete";
        default: return "get";
    }
}

Json paths() {
    const Json operations = Json::parse(operation_text);
    Json all;
    for (const Route& route : routes()) {
        const Json& operation = operations.at(route.operation);
        Json item{
            {"operationId", route.operation         },
            {"tags",        {route.tag}             },
            {"summary",     route.summary           },
            {"description", operation["description"]}
        };
        item["parameters"] = parameters_of(route, operation);
        if (operation.contains("takes")) item["requestBody"] = request_body(operation["takes"]);
        item["responses"] = responses_of(route, operation);
        item["security"] = Json::array();
        if (route.scope)
            item["security"].push_back({
                {"oauth2", Json::array({std::string{access::to_text(*route.scope)}})}
            });
        all[route.pattern][method_member(route.method)] = std::move(item);
    }
    return all;
}

/// The requests that receivers get (OpenAPI 3.1, webhooks).
Json webhooks() {
    Json answers;
    answers["2XX"] = {
        {"description", "Taken; anything else is tried again. 410 disables the webhook"}
    };
    Json call{
        {"operationId", "receiveEvent"                                             },
        {"tags",        {"webhooks"}                                               },
        {"summary",     "What a webhook is sent"                                   },
        {"description", "At least once, of each manifest in order; see addWebhook."}
    };
    call["requestBody"] = {
        {"required", true                                          },
        {"content",  content_of("application/json", "WebhookMessage")}
    };
    call["responses"] = std::move(answers);
    call["security"] = Json::array();
    Json all;
    all["event"]["post"] = std::move(call);
    return all;
}

Json components(const std::string& public_url) {
    Json all{
        {"schemas",    openapi_schemas()   },
        {"headers",    openapi_headers()   },
        {"parameters", openapi_parameters()},
        {"responses",  problem_responses() }
    };
    Json& oauth2 = all["securitySchemes"]["oauth2"];
    oauth2 = {
        {"type",        "oauth2"                      },
        {"description", "OAuth 2.0 client credentials"}
    };
    Json& flow = oauth2["flows"]["clientCredentials"];
    flow["tokenUrl"] = public_url + "/oauth2/token";
    for (const auto& [scope, meaning] : scope_meanings) flow["scopes"][std::string{access::to_text(scope)}] = meaning;
    return all;
}

constexpr const char* tags_text = R"json([
{"name": "access", "description": "Tokens and keys"},
{"name": "manifests", "description": "Filing and following manifests"},
{"name": "inspections", "description": "The joint queue of both agencies' officers"},
{"name": "legal holds", "description": "What an agency keeps from being removed; for its own officers"},
{"name": "events", "description": "What happens, as it happens"},
{"name": "webhooks", "description": "Being called when something happens; for brokers and carriers"},
{"name": "rules", "description": "The law as data: versions, dates, differences"},
{"name": "registry", "description": "Who stands well in a trusted-trader programme; for officers"},
{"name": "operation", "description": "Probes and descriptions"}
])json";

constexpr const char* about =
    "Pre-clearance gateway for freight across the US-Mexico border: one manifest, both agencies, one record. Every GET is also answered as HEAD. "
    "Problems are application/problem+json (RFC 9457), in English or Spanish; times are RFC 3339, UTC.";

}  // namespace

std::string openapi(const std::string& public_url) {
    Json document{
        {"openapi", "3.1.0"}
    };
    document["info"] = {
        {"title",       "Puente"                                                       },
        {"version",     PUENTE_VERSION                                                 },
        {"description", about                                                          },
        {"contact",     {{"name", "The operator of this gateway"}, {"url", public_url}}},
        {"license",     {{"name", "See the repository"}, {"url", public_url}}          }
    };
    document["servers"] = Json::array({
        Json{{"url", public_url}, {"description", "This gateway"}}
    });
    document["tags"] = Json::parse(tags_text);
    document["paths"] = paths();
    document["webhooks"] = webhooks();
    document["components"] = components(public_url);
    return document.dump();
}

}  // namespace puente::api
