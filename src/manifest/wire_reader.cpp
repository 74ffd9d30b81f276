#include "manifest/wire_reader.hpp"

#include <google/protobuf/struct.pb.h>

#include <limits>
#include <vector>

#include "manifest/fault_texts.hpp"
#include "manifest/json_reader.hpp"
#include "manifest/text_form.hpp"
#include "manifest/utf8.hpp"

namespace puente::manifest {

namespace {

using google::protobuf::Message;

/// Wire types of the protobuf encoding; groups (3, 4) are not part of proto3.
enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// One field as it stands on the wire.
struct Entry {
    std::uint64_t number;
    Wire wire;
    std::uint64_t integer;  ///< of a varint
    std::string_view bytes;
};

bool take_varint(std::string_view& from, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 70 && !from.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        if (shift == 63 && byte > 1) return false;
        value |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

bool take_bytes(std::string_view& from, std::uint64_t length, std::string_view& bytes) {
    if (length > from.size()) return false;
    bytes = from.substr(0, length);
    from.remove_prefix(length);
    return true;
}

bool take_entry(std::string_view& from, Entry& entry) {
    std::uint64_t tag = 0;
    if (!take_varint(from, tag) || tag >> 3 == 0 || tag > std::numeric_limits<std::uint32_t>::max()) return false;
    entry = {tag >> 3, static_cast<Wire>(tag & 7), 0, {}};
    std::uint64_t length = 0;
    switch (entry.wire) {
        case Wire::varint:
            return take_varint(from, entry.integer);
        case Wire::fixed64:
            return take_bytes(from, 8, entry.bytes);
        case Wire::bytes:
            return take_varint(from, length) && take_bytes(from, length, entry.bytes);
        case Wire::fixed32:
            return take_bytes(from, 4, entry.bytes);
    }
    return false;
}

class WireReader {
public:
    WireReader(const DocumentLimits& limits, Faults& faults) : depth_max_{limits.depth_max}, faults_{faults} {}

    bool read_message(std::string_view bytes, const MessagePlan& plan, Message* target, const Place& place, std::size_t depth);

private:
    bool read_item(const Entry& entry, const FieldPlan& field, Message* target, const Place& place, std::size_t depth);
    bool read_held(const Entry& entry, const FieldPlan& field, Message* target, const Place& place, std::size_t depth);
    void read_text(const Entry& entry, const FieldPlan& field, Message* target, const Place& place);
    void check_counts(const MessagePlan& plan, const std::vector<std::size_t>& counts, const Place& place);
    Message* sound(Message* target) const { return faults_.any() ? nullptr : target; }

    std::size_t depth_max_;
    Faults& faults_;
    std::size_t free_form_bytes_ = 0;
};

std::size_t position_of(std::uint64_t number, const MessagePlan& plan) {
    for (std::size_t i = 0; i < plan.fields().size(); ++i) {
        if (static_cast<std::uint64_t>(plan.fields()[i].access->number) == number) return i;
    }
    return MessagePlan::unknown;
}

bool WireReader::read_message(std::string_view bytes, const MessagePlan& plan, Message* target, const Place& place, std::size_t depth) {
    if (depth > depth_max_) {
        faults_.add(place, [&] { return too_deep(depth_max_); });
        return true;
    }
    std::vector<std::size_t> counts(plan.fields().size());
    while (!bytes.empty()) {
        Entry entry{};
        if (!take_entry(bytes, entry)) return false;
        const std::size_t position = position_of(entry.number, plan);
        if (position == MessagePlan::unknown) {
            faults_.add(place, [&] { return unknown_number(entry.number); });
            continue;
        }
        const FieldPlan& field = plan.fields()[position];
        const Place below{&place, field.name};
        const std::size_t earlier = counts[position]++;
        if (!field.access->repeated) {
            if (earlier != 0) faults_.add(below, duplicate_field);
            if (!read_item(entry, field, sound(target), below, depth + 1)) return false;
        } else if (earlier < static_cast<std::size_t>(field.format->max_items)) {
            if (!read_item(entry, field, sound(target), {&below, {}, earlier}, depth + 2)) return false;
        }
    }
    check_counts(plan, counts, place);
    return true;
}

void WireReader::check_counts(const MessagePlan& plan, const std::vector<std::size_t>& counts, const Place& place) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const FieldPlan& field = plan.fields()[i];
        const Place below{&place, field.name};
        if (counts[i] != 0) {
            if (field.access->repeated) check_items(counts[i], *field.format, below, faults_);
        } else if (field.format->required) {
            // proto3 does not write a zero, so a zero that is allowed is there.
            const bool zero_is_meant = field.access->shape == FieldShape::integer && field.format->minimum <= 0 && field.format->maximum >= 0;
            if (!zero_is_meant) faults_.add(below, missing_field);
        }
    }
}

bool WireReader::read_item(const Entry& entry, const FieldPlan& field, Message* target, const Place& place, std::size_t depth) {
    const Wire wire = field.access->shape == FieldShape::integer ? Wire::varint : Wire::bytes;
    if (entry.wire != wire) {
        faults_.add(place, wrong_wire_type);
        return true;
    }
    if (field.access->shape == FieldShape::message) return read_held(entry, field, target, place, depth);
    if (field.access->shape == FieldShape::text) {
        read_text(entry, field, target, place);
        return true;
    }
    const auto number = static_cast<std::int64_t>(entry.integer);
    check_integer(number, *field.format, place, faults_);
    if (sound(target) != nullptr) field.access->put_integer(*target, number);
    return true;
}

void WireReader::read_text(const Entry& entry, const FieldPlan& field, Message* target, const Place& place) {
    if (!is_plain(entry.bytes) && !is_utf8(entry.bytes)) {
        faults_.add(place, text_not_utf8);
        return;
    }
    check_text(entry.bytes, *field.format, place, faults_);
    if (sound(target) != nullptr) field.access->put_text(*target, entry.bytes);
}

bool WireReader::read_held(const Entry& entry, const FieldPlan& field, Message* target, const Place& place, std::size_t depth) {
    Message* const below = target == nullptr ? nullptr : &field.access->open(*target);
    if (field.held != nullptr) return read_message(entry.bytes, *field.held, below, place, depth);
    if (below == nullptr) return true;
    // A value takes four bytes at least, so this bounds what a Struct can grow to.
    free_form_bytes_ += entry.bytes.size();
    if (free_form_bytes_ > 4 * free_values_max) {
        faults_.add(place, [] { return too_many_values(free_values_max); });
        return true;
    }
    return read_struct(entry.bytes, depth, depth_max_, place, static_cast<google::protobuf::Struct&>(*below), faults_);
}

}  // namespace

bool read_wire(std::string_view bytes, const DocumentLimits& limits, Message& root, Faults& faults) {
    return WireReader{limits, faults}.read_message(bytes, manifest_plan(), &root, Place{}, 1);
}

}  // namespace puente::manifest
