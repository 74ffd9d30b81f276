// Whatever the bytes are, decoding ends with a manifest or with faults; what is accepted survives the way
// through the binary form and back.
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "puente/manifest/manifest.hpp"
#include "puente/v1/manifest.pb.h"

namespace {

using puente::manifest::Decoded;

void demand(bool condition) {
    if (!condition) std::abort();
}

void look(const Decoded& decoded) {
    demand((decoded.manifest == nullptr) == (!decoded.faults.empty()));
    if (!decoded.manifest) return;
    const auto& message = decoded.manifest->message();
    const Decoded binary = puente::manifest::decode_protobuf(message.SerializeAsString());
    demand(binary.manifest != nullptr);
    const Decoded text = puente::manifest::decode_json(to_json(*binary.manifest));
    demand(text.manifest != nullptr);
    demand(google::protobuf::util::MessageDifferencer::Equals(text.manifest->message(), message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes{reinterpret_cast<const char*>(data), size};
    look(puente::manifest::decode_json(bytes));
    look(puente::manifest::decode_protobuf(bytes));
    return 0;
}
