#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <chrono>

#include "puente/instant.hpp"

namespace puente::manifest {

inline void write_timestamp(Instant at, google::protobuf::Timestamp& into) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    into.set_seconds(seconds.time_since_epoch().count());
    into.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds{at - seconds}.count()));
}

}  // namespace puente::manifest
