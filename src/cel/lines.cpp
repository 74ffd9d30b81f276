#include "puente/cel/lines.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cel/json_values.hpp"
#include "cel/type.hpp"

namespace puente::cel {

namespace {

using nlohmann::json;

std::string written(const json& answer) {
    return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string failed(const std::string& why) {
    return written({
        {"error", why}
    });
}

std::string faults_text(const std::vector<Fault>& faults) {
    std::string text;
    for (const Fault& each : faults) text += fmt::format("{}{}:{}: {}", text.empty() ? "" : "\n", each.line, each.column, each.text);
    return text;
}

std::string evaluate(const json& request) {
    if (!request.is_object() || !request.contains("expr") || !request["expr"].is_string()) return failed("expected an object with a text \"expr\"");
    const json bindings = request.value("bindings", json::object());
    const json disable_check = request.value("disable_check", json(false));
    if (!bindings.is_object()) return failed("\"bindings\" must be an object");
    if (!disable_check.is_boolean()) return failed("\"disable_check\" must be true or false");
    Environment environment;
    Arena arena;
    std::vector<Value> activation;
    for (const auto& [name, binding] : bindings.items()) {
        const Value value = read_json_value(binding, arena);
        if (value.is_error()) return failed(fmt::format("binding '{}': {}", name, value.as_text()));
        environment.add_variable(name, type_of_value(value));
        activation.push_back(value);
    }
    CompileOptions options;
    options.check = !disable_check.get<bool>();
    const Compiled compiled = compile(request["expr"].get_ref<const std::string&>(), environment, options);
    if (!compiled.ok()) return failed(faults_text(compiled.faults));
    const Value value = compiled.program.run(activation, arena);
    json answer;
    if (!write_json_value(value, answer)) return failed(answer.get<std::string>());
    return written({
        {"value", std::move(answer)}
    });
}

}  // namespace

std::string evaluate_line(std::string_view line) {
    try {
        const json request = json::parse(line, nullptr, false);
        if (request.is_discarded()) return failed("the line is not JSON");
        return evaluate(request);
    } catch (const std::exception& failure) {
        return failed(failure.what());
    }
}

}  // namespace puente::cel
