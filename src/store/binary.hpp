#pragma once

#include <cstdint>
#include <string>

#include "puente/instant.hpp"

namespace puente::store {

// PostgreSQL's binary formats: integers in network order; a timestamptz counts microseconds from 2000-01-01 UTC.
// Source: PostgreSQL 15, src/backend/utils/adt/*.c, the *_recv functions.

inline void append_int32(std::string& to, std::int32_t number) {
    const auto bits = static_cast<std::uint32_t>(number);
    for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(bits >> shift & 0xff);
}

inline void append_int64(std::string& to, std::int64_t number) {
    const auto bits = static_cast<std::uint64_t>(number);
    for (int shift = 56; shift >= 0; shift -= 8) to += static_cast<char>(bits >> shift & 0xff);
}

inline void append_instant(std::string& to, Instant instant) {
    constexpr Instant epoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
    append_int64(to, (instant - epoch).count());
}

}  // namespace puente::store
