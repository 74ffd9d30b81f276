#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <utility>

#include "puente/inspection/turn.hpp"

namespace puente::inspection {

namespace {

constexpr int minutes_max = 7 * 24 * 60;

Error fault(const YAML::Mark& mark, const std::string& text) {
    return Error{ErrorKind::malformed, fmt::format("queue.yaml:{}:{}: {}", mark.line + 1, mark.column + 1, text)};
}

Result<HeadStarts> read(const YAML::Node& root) {
    HeadStarts read;
    const std::array fields{
        std::pair{"trusted",     &read.trusted    },
        std::pair{"perishable",  &read.perishable },
        std::pair{"contingency", &read.contingency}
    };
    if (!root.IsMap() || root.size() != 1 || !root["headStarts"] || !root["headStarts"].IsMap())
        return fault(root.Mark(), "one field is expected: headStarts, a map");
    for (const auto& each : root["headStarts"]) {
        const auto name = each.first.as<std::string>();
        const auto* const field = std::find_if(fields.begin(), fields.end(), [&](const auto& known) { return name == known.first; });
        if (field == fields.end()) return fault(each.first.Mark(), fmt::format("there is no head start '{}'", name));
        const int minutes = each.second.as<int>(-1);
        if (minutes < 0 || minutes > minutes_max) return fault(each.second.Mark(), fmt::format("a head start is 0 to {} minutes", minutes_max));
        *field->second = std::chrono::minutes{minutes};
    }
    return read;
}

}  // namespace

Result<HeadStarts> parse_head_starts(const std::string& yaml) {
    try {
        return read(YAML::Load(yaml));
    } catch (const YAML::Exception& error) {
        return fault(error.mark, error.msg);
    }
}

}  // namespace puente::inspection
