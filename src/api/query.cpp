#include "api/query.hpp"

#include <fmt/format.h>

#include <charconv>

namespace puente::api {

Result<std::optional<std::int64_t>> query_number(const net::Request& request, const char* name, std::int64_t least, std::int64_t most) {
    const std::optional<std::string_view> text = request.query_value(name);
    if (!text) return std::optional<std::int64_t>{};
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault != std::errc{} || end != text->data() + text->size() || number < least || number > most) {
        return Error{ErrorKind::malformed, fmt::format("'{}' is a number from {} to {}", name, least, most)};
    }
    return std::optional<std::int64_t>{number};
}

}  // namespace puente::api
