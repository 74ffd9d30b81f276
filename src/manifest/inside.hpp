#pragma once

#include <google/protobuf/arena.h>

#include <memory>
#include <string>

#include "manifest/faults.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest {

/// What a Manifest is made of. The message lives on the arena.
struct Manifest::Inside {
    explicit Inside(std::size_t document_bytes);

    google::protobuf::Arena arena;
    v1::Manifest* message;
    std::string bytes;
    Encoding encoding = Encoding::json;
    std::string sha256;
    LocalInstant arrival{};
};

/// A document that was read without a fault.
Decoded accepted(std::unique_ptr<Manifest::Inside> inside, std::string bytes, Encoding encoding);
/// A document with faults.
Decoded refused(Faults& faults);

}  // namespace puente::manifest
