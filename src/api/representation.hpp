#pragma once

#include <string>

#include "api/json_text.hpp"
#include "puente/clearance/read.hpp"
#include "puente/clearance/submit.hpp"
#include "puente/rules/finding.hpp"

namespace puente::api {

/// What a status means for the driver, in one sentence.
std::string_view status_sentence(std::string_view status, rules::Language language);

/// Members of a status document, without its braces.
void write_status(JsonText& json, const store::StatusRecord& record, rules::Language language);
/// The findings of an assessment that its sender may see, as member "findings".
void write_findings(JsonText& json, const rules::Assessment& assessment, rules::Language language);
/// Findings as they are kept, as member "findings"; `rule_sets` is the JSON object of versions they were made under.
void write_findings(JsonText& json, const std::vector<store::FindingRow>& findings, rules::Language language);

/// How findings came about, as member "explanations": each part of the rule's expressions with its value.
void write_explanations(JsonText& json, const std::vector<clearance::ExplainedFinding>& explained);

/// The document of a manifest that has just been put on file, or amended.
std::string on_file_document(const clearance::Judgement& judgement, const Uuid& manifest_id, rules::Language language, std::int32_t version = 1);
/// The whole record, the manifest in it as it was received (or as the JSON of what was received in binary form).
std::string manifest_document(const store::ManifestRecord& record, rules::Language language);
std::string history_document(const clearance::History& history);
std::string queue_document(const std::string& port, const store::QueuePage& page, rules::Language language);

}  // namespace puente::api
