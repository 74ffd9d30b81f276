#pragma once

#include <string>

#include "manifest/faults.hpp"
#include "manifest/plan.hpp"

namespace google::protobuf {
class Message;
}

namespace puente::manifest {

/// Reads a document onto a message, by the plan, in one pass; notes every fault on the way. Once there is a fault nothing more is stored, so that
/// a document cannot take more memory than a sound one of its length. False when the bytes are not JSON: syntax.hpp knows where.
/// `bytes` has room for simdjson's padding behind its end.
bool read_json(const std::string& bytes, const DocumentLimits& limits, google::protobuf::Message& root, Faults& faults);

/// Sets aside that room.
void reserve_padding(std::string& bytes);

/// Most values inside all credentials of a document: each costs some 50 bytes of memory but may be written with 2.
inline constexpr std::size_t free_values_max = 500'000;

}  // namespace puente::manifest
