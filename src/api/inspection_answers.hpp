#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/json_text.hpp"
#include "api/routes.hpp"
#include "puente/clearance/work_leg.hpp"
#include "puente/store/records.hpp"

namespace puente::api {

// What the handlers of officers' work have in common.

net::Response failed(const Error& error, const Visit& visit);
net::Response json_answer(std::string body, int status = 200);

/// Only officers work at inspections: their token names the agency. Errors: forbidden.
Result<void> need_agency(const Visit& visit);
/// The {id} of the path. Errors: not_found.
Result<Uuid> id_of(const Visit& visit);
/// A text member of a body; empty when it is absent. Errors: malformed (not a text, NUL).
Result<std::string> text_member(const nlohmann::json& body, const char* name);

/// What a move is called where it is offered: the step of the address, for a decision with its word ("decide HELD").
std::string_view move_word(inspection::Move move);

/// A leg's members, without braces. `found`, owner and the like are there when the record has them: for officers.
void write_leg(JsonText& json, const store::LegRecord& leg, rules::Language language);

/// The answer to a move; a refusal says what the state is now and what may be done next.
net::Response answer(const clearance::LegOutcome& outcome, const Visit& visit, int status = 200);
net::Response refused(const clearance::LegRefusal& refusal, const Visit& visit);

}  // namespace puente::api
