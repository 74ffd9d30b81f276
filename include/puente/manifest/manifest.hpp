#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "puente/instant.hpp"

namespace puente::v1 {
class Facts;
class Manifest;
}  // namespace puente::v1

namespace puente::manifest {

/// Limits of a document. guarantees 8.
struct DocumentLimits {
    std::size_t bytes_max = 16 * 1024 * 1024;
    std::size_t depth_max = 32;
    std::size_t faults_max = 200;  ///< further faults are counted, not listed
};

/// One place where a document is not in the format.
struct Fault {
    std::string pointer;  ///< RFC 6901, "/shipments/0/goods/2/hs"; "" is the whole document
    std::string code;     ///< stable: unknown_field, missing_field, wrong_type, duplicate_field, null_value, empty_text, too_long, bad_decimal ...
    std::string en;       ///< what is wrong and what is expected, in English
    std::string es;       ///< the same in Spanish
};

/// How the document was written down.
enum class Encoding : std::uint8_t { json, protobuf };

/// A manifest that is in the format: the message, and the exact bytes it was read from with their digest.
class Manifest {
public:
    Manifest(Manifest&&) noexcept;
    Manifest& operator=(Manifest&&) noexcept;
    ~Manifest();

    const v1::Manifest& message() const;
    /// The bytes exactly as received.
    const std::string& bytes() const;
    Encoding encoding() const;
    /// SHA-256 of bytes(), 32 octets.
    const std::string& sha256() const;
    /// trip.estimatedArrival.
    LocalInstant arrival() const;
    /// Day of arrival at the port, by the offset written there: the date by which rules and lists apply.
    std::chrono::sys_days arrival_day() const;

    /// What other rooms ask for, so that they need not include generated headers.
    const std::string& document_id() const;
    const std::string& trip_number() const;
    const std::string& direction() const;
    const std::string& mode() const;
    const std::string& carrier_scac() const;  ///< empty when not given
    const std::string& us_port() const;
    const std::string& mx_office() const;

    struct Inside;
    explicit Manifest(std::unique_ptr<Inside> inside);

private:
    std::unique_ptr<Inside> inside_;
};

/// A manifest, or every place where the document is not in the format.
struct Decoded {
    std::unique_ptr<Manifest> manifest;  ///< null when there are faults
    std::vector<Fault> faults;
    std::size_t faults_left_out = 0;
};

/// Reads the protobuf JSON mapping in one pass. Refuses unknown fields, duplicate names, nulls, empty text, wrong types, text that is not UTF-8
/// or holds NUL or control characters, and anything past the limits; collects all faults. Never throws on any input.
Decoded decode_json(std::string bytes, const DocumentLimits& limits = {});

/// Reads the protobuf binary form with the same checks; unknown field numbers are refused.
Decoded decode_protobuf(std::string bytes, const DocumentLimits& limits = {});

/// The protobuf JSON mapping of a manifest, for those that came in binary form. For JSON ones: the bytes received.
std::string to_json(const Manifest& manifest);

/// The JSON Schema (draft 2020-12) of the format, made from the descriptors at build time.
std::string_view json_schema();

}  // namespace puente::manifest
