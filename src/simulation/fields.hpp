#pragma once

#include <yaml-cpp/yaml.h>

#include <set>
#include <string>
#include <vector>

#include "puente/simulation/scenario.hpp"

namespace puente::simulation {

/// What is wrong with a file, all of it.
class Faults {
public:
    explicit Faults(std::string file) : file_{std::move(file)} {}
    void add(const YAML::Mark& at, const std::string& text);
    bool none() const { return texts_.empty(); }
    Error error() const;

private:
    std::string file_;
    std::vector<std::string> texts_;
};

/// A mapping while it is read. What is missing or out of its range is a fault and reads as the lowest value, so that reading goes on.
class Fields {
public:
    Fields(const YAML::Node& node, std::string what, Faults& faults);

    bool has(const std::string& name);
    double number(const std::string& name, double low, double high);
    int whole(const std::string& name, int low, int high);
    /// The same, when the field may be left out.
    int whole_or(const std::string& name, int low, int high, int otherwise);
    bool flag(const std::string& name);  ///< false when left out
    std::string text(const std::string& name);
    Bilingual bilingual(const std::string& name);
    /// A list of numbers, so many of them.
    std::vector<double> numbers(const std::string& name, std::size_t count, double low, double high);
    /// A list of names, empty when left out.
    std::vector<std::string> names(const std::string& name);
    /// The members of a list of mappings, at least one, at most 100.
    std::vector<YAML::Node> members(const std::string& name);
    /// The field itself; asked for, so that it counts as known.
    YAML::Node node(const std::string& name);
    const YAML::Mark& at() const { return mark_; }
    void fault(const std::string& name, const std::string& text);
    /// Whatever has not been asked for is a fault: a misspelt field must not be passed over in silence.
    void nothing_else();

private:
    YAML::Node node_;
    YAML::Mark mark_;
    std::string what_;
    Faults& faults_;
    std::set<std::string> asked_;
};

}  // namespace puente::simulation
