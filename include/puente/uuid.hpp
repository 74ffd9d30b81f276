#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "puente/instant.hpp"

namespace puente {

/// A UUID (RFC 9562). Manifests, inspections and requests are known by version 7: sortable by the millisecond they were made.
class Uuid {
public:
    Uuid() = default;
    explicit Uuid(const std::array<std::uint8_t, 16>& bytes) : bytes_{bytes} {}

    /// A version 7 UUID for this moment; `random` supplies the 74 random bits (of its 10 bytes).
    static Uuid version7(Instant now, std::span<const std::uint8_t, 10> random);
    /// Reads the 36-character form in either case; nothing otherwise.
    static std::optional<Uuid> parse(std::string_view text);

    /// The 36-character form, lower case.
    std::string text() const;
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

    friend auto operator<=>(const Uuid&, const Uuid&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace puente

template <>
struct std::hash<puente::Uuid> {
    std::size_t operator()(const puente::Uuid& uuid) const noexcept {
        std::size_t value = 0;
        for (const std::uint8_t byte : uuid.bytes()) value = value * 131 + byte;
        return value;
    }
};
