#include "simulation/fields.hpp"

#include <fmt/format.h>

namespace puente::simulation {

void Faults::add(const YAML::Mark& at, const std::string& text) {
    texts_.push_back(fmt::format("{}:{}:{}: {}", file_, at.line + 1, at.column + 1, text));
}

Error Faults::error() const {
    std::string all;
    for (const std::string& each : texts_) all += (all.empty() ? "" : "\n") + each;
    return Error{ErrorKind::malformed, all};
}

Fields::Fields(const YAML::Node& node, std::string what, Faults& faults) : node_{node}, mark_{node.Mark()}, what_{std::move(what)}, faults_{faults} {
    if (node_.IsMap()) return;
    faults_.add(mark_, what_ + " is a mapping of fields");
    node_ = YAML::Node{YAML::NodeType::Map};
}

bool Fields::has(const std::string& name) {
    return node(name).IsDefined();
}

YAML::Node Fields::node(const std::string& name) {
    asked_.insert(name);
    const YAML::Node& constant = node_;  // a look-up in one that is not constant makes the field
    return constant[name];
}

void Fields::fault(const std::string& name, const std::string& text) {
    const YAML::Node field = node(name);
    faults_.add(field.IsDefined() ? field.Mark() : mark_, fmt::format("{}: '{}' {}", what_, name, text));
}

double Fields::number(const std::string& name, double low, double high) {
    double value = low;
    const YAML::Node field = node(name);
    if (!field.IsDefined() || !YAML::convert<double>::decode(field, value) || !(value >= low && value <= high)) {
        fault(name, fmt::format("is a number from {} to {}", low, high));
        return low;
    }
    return value;
}

int Fields::whole(const std::string& name, int low, int high) {
    int value = low;
    const YAML::Node field = node(name);
    if (!field.IsDefined() || !YAML::convert<int>::decode(field, value) || value < low || value > high) {
        fault(name, fmt::format("is a whole number from {} to {}", low, high));
        return low;
    }
    return value;
}

int Fields::whole_or(const std::string& name, int low, int high, int otherwise) {
    return has(name) ? whole(name, low, high) : otherwise;
}

bool Fields::flag(const std::string& name) {
    bool value = false;
    const YAML::Node field = node(name);
    if (field.IsDefined() && !YAML::convert<bool>::decode(field, value)) fault(name, "is true or false");
    return value;
}

std::string Fields::text(const std::string& name) {
    const YAML::Node field = node(name);
    if (field.IsDefined() && field.IsScalar() && !field.Scalar().empty()) return field.Scalar();
    fault(name, "is a text");
    return {};
}

Bilingual Fields::bilingual(const std::string& name) {
    const YAML::Node field = node(name);
    if (!field.IsDefined()) {
        fault(name, "is a text in both languages: {en: ..., es: ...}");
        return {};
    }
    Fields both{field, what_ + " " + name, faults_};
    Bilingual text{both.text("en"), both.text("es")};
    both.nothing_else();
    return text;
}

std::vector<double> Fields::numbers(const std::string& name, std::size_t count, double low, double high) {
    std::vector<double> values;
    const YAML::Node field = node(name);
    if (field.IsDefined() && field.IsSequence() && field.size() == count) {
        for (const YAML::Node& each : field) {
            double value = low;
            if (YAML::convert<double>::decode(each, value) && value >= low && value <= high) values.push_back(value);
        }
    }
    if (values.size() != count) fault(name, fmt::format("is a list of {} numbers from {} to {}", count, low, high));
    values.resize(count, low);
    return values;
}

std::vector<std::string> Fields::names(const std::string& name) {
    std::vector<std::string> found;
    const YAML::Node field = node(name);
    if (!field.IsDefined()) return found;
    if (!field.IsSequence() || field.size() > 100) {
        fault(name, "is a list of names");
        return found;
    }
    for (const YAML::Node& each : field) {
        if (!each.IsScalar()) fault(name, "is a list of names");
        if (each.IsScalar()) found.push_back(each.Scalar());
    }
    return found;
}

std::vector<YAML::Node> Fields::members(const std::string& name) {
    std::vector<YAML::Node> found;
    const YAML::Node field = node(name);
    if (!field.IsDefined() || !field.IsSequence() || field.size() == 0 || field.size() > 100) {
        fault(name, "is a list of 1 to 100 mappings");
        return found;
    }
    for (const YAML::Node& each : field) found.push_back(each);
    return found;
}

void Fields::nothing_else() {
    for (const auto& each : node_) {
        const std::string name = each.first.IsScalar() ? each.first.Scalar() : std::string{"?"};
        if (asked_.count(name) == 0) faults_.add(each.first.Mark(), fmt::format("{} has no field '{}'", what_, name));
    }
}

}  // namespace puente::simulation
