#include "api/body.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace puente::api {

namespace {

constexpr int depth_max = 8;

/// What nlohmann lets through: repeated names and any depth. NUL would end its input.
class Strictness {
public:
    bool operator()(int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        if (depth > depth_max) fault = "it is nested too deep";
        if (event == nlohmann::json::parse_event_t::object_start) names_.emplace_back();
        if (event == nlohmann::json::parse_event_t::object_end) names_.pop_back();
        if (event == nlohmann::json::parse_event_t::key && !names_.back().insert(parsed.get<std::string>()).second) {
            fault = "a member stands twice: " + parsed.get<std::string>();
        }
        return fault.empty();
    }
    std::string fault;

private:
    std::vector<std::set<std::string>> names_;
};

}  // namespace

Result<nlohmann::json> read_object(std::string_view body, std::initializer_list<std::string_view> members, std::size_t bytes_max) {
    if (body.size() > bytes_max || body.find('\0') != std::string_view::npos) return Error{ErrorKind::malformed, "the body is not a small JSON object"};
    Strictness strictness;
    nlohmann::json object = nlohmann::json::parse(body.empty() ? std::string_view{"{}"} : body, std::ref(strictness), false);
    if (!strictness.fault.empty()) return Error{ErrorKind::malformed, "the body: " + strictness.fault};
    if (object.is_discarded() || !object.is_object()) return Error{ErrorKind::malformed, "the body is not a JSON object"};
    for (const auto& [name, value] : object.items()) {
        if (std::find(members.begin(), members.end(), name) == members.end()) return Error{ErrorKind::malformed, "the body has an unknown member: " + name};
    }
    return object;
}

}  // namespace puente::api
