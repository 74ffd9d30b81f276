#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_text.hpp"
#include "puente/net/message.hpp"
#include "puente/result.hpp"
#include "puente/rules/finding.hpp"

namespace puente::api {

/// A kind of problem (RFC 9457): a stable type, a status, and words in both languages. Each is described under GET /problems/{slug}.
struct ProblemType {
    const char* slug;
    int status;
    const char* title_en;
    const char* title_es;
    const char* detail_en;
    const char* detail_es;
};

/// Every kind of problem there is.
const std::vector<ProblemType>& problem_types();
/// The kind with this slug; it must be in the table.
const ProblemType& problem_type(std::string_view slug);
/// The kind for a status that the door gave.
const ProblemType& problem_type_of_status(int status);

/// Opens a problem document: type, title, status, detail, instance. The caller adds members and closes the object. An empty `detail` takes the table's.
JsonText begin_problem(const ProblemType& type, rules::Language language, std::string_view request_id, std::string_view detail);
/// The finished answer.
net::Response finish_problem(const ProblemType& type, rules::Language language, JsonText& document);

/// A problem without further members.
net::Response problem(std::string_view slug, rules::Language language, std::string_view request_id, std::string_view detail = {});
/// The problem that an Error of a use case is.
net::Response problem(const Error& error, rules::Language language, std::string_view request_id);

}  // namespace puente::api
