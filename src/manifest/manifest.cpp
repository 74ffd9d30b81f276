#include "puente/manifest/manifest.hpp"

#include <algorithm>
#include <cassert>

#include "manifest/inside.hpp"
#include "puente/crypto/digest.hpp"

namespace puente::manifest {

namespace {

/// A message takes up to twice the memory of its document; one block holds the usual one. protobuf aligns nothing by itself at the end of a
/// block, so a block is a multiple of the widest alignment.
google::protobuf::ArenaOptions arena_for(std::size_t document_bytes) {
    google::protobuf::ArenaOptions options;
    options.start_block_size = std::clamp<std::size_t>(document_bytes * 2 / 64 * 64, 1024, 64 * 1024);
    options.max_block_size = 256 * 1024;
    return options;
}

}  // namespace

Manifest::Inside::Inside(std::size_t document_bytes)
    : arena{arena_for(document_bytes)}, message{google::protobuf::Arena::CreateMessage<v1::Manifest>(&arena)} {}

Decoded accepted(std::unique_ptr<Manifest::Inside> inside, std::string bytes, Encoding encoding) {
    const auto arrival = parse_date_time(inside->message->trip().estimated_arrival());
    assert(arrival);
    inside->arrival = *arrival;
    inside->bytes = std::move(bytes);
    inside->encoding = encoding;
    inside->sha256 = crypto::sha256(inside->bytes);
    Decoded decoded;
    decoded.manifest = std::make_unique<Manifest>(std::move(inside));
    return decoded;
}

Decoded refused(Faults& faults) {
    Decoded decoded;
    decoded.faults_left_out = faults.left_out();
    decoded.faults = faults.take();
    return decoded;
}

Manifest::Manifest(std::unique_ptr<Inside> inside) : inside_{std::move(inside)} {}
Manifest::Manifest(Manifest&&) noexcept = default;
Manifest& Manifest::operator=(Manifest&&) noexcept = default;
Manifest::~Manifest() = default;

const v1::Manifest& Manifest::message() const {
    return *inside_->message;
}

const std::string& Manifest::bytes() const {
    return inside_->bytes;
}

Encoding Manifest::encoding() const {
    return inside_->encoding;
}

const std::string& Manifest::sha256() const {
    return inside_->sha256;
}

LocalInstant Manifest::arrival() const {
    return inside_->arrival;
}

std::chrono::sys_days Manifest::arrival_day() const {
    return std::chrono::floor<std::chrono::days>(inside_->arrival.at + inside_->arrival.offset);
}

const std::string& Manifest::document_id() const {
    return message().document_id();
}

const std::string& Manifest::trip_number() const {
    return message().trip().trip_number();
}

const std::string& Manifest::direction() const {
    return message().trip().direction();
}

const std::string& Manifest::mode() const {
    return message().trip().mode();
}

const std::string& Manifest::carrier_scac() const {
    return message().trip().carrier().ids().scac();
}

const std::string& Manifest::us_port() const {
    return message().trip().crossing().us_port();
}

const std::string& Manifest::mx_office() const {
    return message().trip().crossing().mx_office();
}

}  // namespace puente::manifest
