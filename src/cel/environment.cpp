#include "cel/environment.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

namespace puente::cel {

namespace {

/// Levenshtein distance, letters of either case being half as far apart as others. Twice the usual number.
std::size_t distance(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) row[j] = 2 * j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = 2 * i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t apart = left[i - 1] == right[j - 1] ? 0U : lower(left[i - 1]) == lower(right[j - 1]) ? 1U : 2U;
            const std::size_t best = std::min({diagonal + apart, row[j] + 2, row[j - 1] + 2});
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[right.size()];
}

}  // namespace

Environment::Environment() : inside_{std::make_unique<Inside>()} {}
Environment::~Environment() = default;
Environment::Environment(Environment&&) noexcept = default;
Environment& Environment::operator=(Environment&&) noexcept = default;

std::size_t Environment::add_variable(std::string name, TypeRef type) {
    const std::size_t slot = inside_->variables.size();
    const auto [place, added] = inside_->variables.try_emplace(std::move(name), Variable{slot, type});
    if (!added) place->second.type = std::move(type);
    return place->second.slot;
}

void Environment::add_function(std::string name, std::vector<TypeRef> arguments, TypeRef result, Function function, std::uint32_t cost) {
    auto extension = std::make_shared<Extension>();
    extension->name = name;
    extension->arguments = std::move(arguments);
    extension->result = std::move(result);
    extension->function = function;
    extension->cost = cost;
    inside_->functions[std::move(name)].push_back(std::move(extension));
}

void Environment::use_field_access(std::span<const FieldAccess> table) {
    for (const FieldAccess& each : table) inside_->fields[fmt::format("{}/{}", each.message, each.number)] = &each;
}

const FieldAccess* Environment::Inside::access_of(const google::protobuf::FieldDescriptor& field) const {
    if (fields.empty()) return nullptr;
    const auto found = fields.find(fmt::format("{}/{}", field.containing_type()->full_name(), field.number()));
    return found == fields.end() ? nullptr : found->second;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& known) {
    constexpr std::size_t name_max = 64;  // longer names are nobody's typing error
    if (name.size() > name_max) return {};
    std::size_t nearest = 2 * std::max<std::size_t>(1, name.size() / 3) + 1;
    std::string found;
    for (const std::string& each : known) {
        if (each.size() > name_max) continue;
        const std::size_t apart = distance(name, each);
        if (apart >= nearest) continue;
        nearest = apart;
        found = each;
    }
    return found.empty() ? std::string{} : fmt::format("; did you mean '{}'?", found);
}

}  // namespace puente::cel
