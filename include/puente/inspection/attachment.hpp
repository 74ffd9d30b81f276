#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace puente::inspection {

constexpr std::size_t attachment_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t attachments_of_leg_max = 20;

/// The media type that these bytes begin like: image/jpeg, image/png, image/webp or application/pdf; nothing for anything else. What a sender calls
/// its file is not believed.
std::optional<std::string_view> attachment_type(std::string_view bytes);

/// The usual ending of a file of that type, with its dot.
std::string_view attachment_ending(std::string_view media_type);

}  // namespace puente::inspection
