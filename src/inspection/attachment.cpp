#include "puente/inspection/attachment.hpp"

#include <algorithm>
#include <array>

namespace puente::inspection {

namespace {

using namespace std::string_view_literals;

struct Kind {
    std::string_view media_type;
    std::string_view ending;
    std::string_view begin;
    std::string_view at_8;  ///< what stands from the ninth octet on
};

// Sources: ITU-T T.81 (SOI and the marker after it), W3C PNG 5.2, RIFF container of WebP (RFC 9649 2.4), ISO 32000-1 7.5.2.
constexpr std::array kinds{
    Kind{"image/jpeg",      ".jpg",  "\xff\xd8\xff"sv,      ""sv    },
    Kind{"image/png",       ".png",  "\x89PNG\r\n\x1a\n"sv, ""sv    },
    Kind{"image/webp",      ".webp", "RIFF"sv,              "WEBP"sv},
    Kind{"application/pdf", ".pdf",  "%PDF-"sv,             ""sv    },
};

bool fits(const Kind& kind, std::string_view bytes) {
    return bytes.substr(0, kind.begin.size()) == kind.begin &&
           (kind.at_8.empty() || (bytes.size() > 8 && bytes.substr(8, kind.at_8.size()) == kind.at_8));
}

}  // namespace

std::optional<std::string_view> attachment_type(std::string_view bytes) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& each) { return fits(each, bytes); });
    if (found == kinds.end()) return std::nullopt;
    return found->media_type;
}

std::string_view attachment_ending(std::string_view media_type) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& each) { return each.media_type == media_type; });
    return found == kinds.end() ? std::string_view{} : found->ending;
}

}  // namespace puente::inspection
