#include "manifest/json_reader.hpp"

#include <google/protobuf/message.h>

#include <charconv>
#include <new>

#include "manifest/fault_texts.hpp"
#include "manifest/json_cursor.hpp"
#include "manifest/json_free_form.hpp"
#include "manifest/text_form.hpp"

namespace puente::manifest {

namespace {

using google::protobuf::Message;
using simdjson::ondemand::array;
using simdjson::ondemand::object;
using simdjson::ondemand::parser;
using simdjson::ondemand::value;

/// Reads one document. Every function returns false when the bytes are not JSON, and then nothing more is read.
class JsonReader {
public:
    JsonReader(std::string_view document, const DocumentLimits& limits, Faults& faults)
        : depth_max_{limits.depth_max}, faults_{faults}, free_form_{document, limits.depth_max, faults} {}

    bool read_object(object json, const MessagePlan& plan, Message* target, const Place& place, std::size_t depth);

private:
    bool read_field(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth);
    bool read_list(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth);
    bool read_item(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth);
    bool read_text_field(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth);
    bool read_message(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth);
    void read_integer(const Token& token, const FieldPlan& field, Message* target, const Place& place);
    bool pass_over(value& json, const Token& token, const Place& place, std::size_t depth) { return free_form_.pass_over(json, token, place, depth); }
    void note_missing(const MessagePlan& plan, std::uint64_t seen, const Place& place);

    /// Where to store: nowhere once there is a fault.
    Message* sound(Message* target) const { return faults_.any() ? nullptr : target; }

    std::size_t depth_max_;
    Faults& faults_;
    FreeForm free_form_;
    std::string room_;  ///< for texts with escapes
};

bool JsonReader::read_object(object json, const MessagePlan& plan, Message* target, const Place& place, std::size_t depth) {
    std::uint64_t seen = 0;
    std::string name_room;
    for (auto entry : json) {
        simdjson::ondemand::field field;
        Text name;
        Token token;
        if (std::move(entry).get(field) != simdjson::SUCCESS || !read_name(field, name_room, name) || !look_at(field.value(), token)) return false;
        const std::size_t position = name.state == TextState::sound ? plan.find(name.text) : MessagePlan::unknown;
        const Place below{&place, name.text};
        bool goes_on = true;
        if (position == MessagePlan::unknown) {
            if (name.state == TextState::lone_surrogate) {
                faults_.add(place, lone_surrogate);
            } else {
                faults_.add(below, [&] { return unknown_field(name.text, plan); });
            }
            goes_on = pass_over(field.value(), token, below, depth + 1);
        } else if ((seen >> position & 1) != 0) {
            faults_.add(below, duplicate_field);
            goes_on = pass_over(field.value(), token, below, depth + 1);
        } else {
            seen |= std::uint64_t{1} << position;
            goes_on = read_field(field.value(), token, plan.fields()[position], sound(target), below, depth + 1);
        }
        if (!goes_on) return false;
    }
    if ((plan.required() & ~seen) != 0) note_missing(plan, seen, place);
    return true;
}

void JsonReader::note_missing(const MessagePlan& plan, std::uint64_t seen, const Place& place) {
    for (std::size_t i = 0; i < plan.fields().size(); ++i) {
        if (((plan.required() & ~seen) >> i & 1) != 0) faults_.add({&place, plan.fields()[i].name}, missing_field);
    }
}

bool JsonReader::read_field(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth) {
    if (!field.access->repeated) return read_item(json, token, field, target, place, depth);
    if (token.kind == JsonKind::list) return read_list(json, token, field, target, place, depth);
    faults_.add(place, [&] { return token.kind == JsonKind::null ? null_value() : wrong_type(field, true, token.kind); });
    return pass_over(json, token, place, depth);
}

bool JsonReader::read_list(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth) {
    if (depth > depth_max_) return pass_over(json, token, place, depth);
    array items;
    if (json.get_array().get(items) != simdjson::SUCCESS) return false;
    std::size_t count = 0;
    for (auto entry : items) {
        value item;
        Token item_token;
        if (std::move(entry).get(item) != simdjson::SUCCESS || !look_at(item, item_token)) return false;
        const Place below{&place, {}, count++};
        // What is over the limit is only checked to be JSON; the list itself is reported once, at its end.
        const bool goes_on = count > static_cast<std::size_t>(field.format->max_items)
                                 ? pass_over(item, item_token, below, depth + 1)
                                 : read_item(item, item_token, field, sound(target), below, depth + 1);
        if (!goes_on) return false;
    }
    check_items(count, *field.format, place, faults_);
    return true;
}

bool JsonReader::read_item(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth) {
    if (token.kind == JsonKind::null) {
        faults_.add(place, null_value);
        return true;
    }
    switch (field.access->shape) {
        case FieldShape::text:
            return read_text_field(json, token, field, target, place, depth);
        case FieldShape::message:
            return read_message(json, token, field, target, place, depth);
        case FieldShape::integer:
            if (token.kind == JsonKind::number) {
                read_integer(token, field, target, place);
                return true;
            }
            break;
        case FieldShape::boolean:
            break;  // the format has none
    }
    faults_.add(place, [&] { return wrong_type(field, false, token.kind); });
    return pass_over(json, token, place, depth);
}

bool JsonReader::read_text_field(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth) {
    Text text{token.raw, TextState::sound};
    if (token.kind == JsonKind::text) {
        if (!read_text(json, token, room_, text)) return false;
        if (text.state == TextState::lone_surrogate) {
            faults_.add(place, lone_surrogate);
            return true;
        }
    } else if (token.kind != JsonKind::number || field.format->form != TextForm::decimal) {
        faults_.add(place, [&] { return wrong_type(field, false, token.kind); });
        return pass_over(json, token, place, depth);
    }
    check_text(text.text, *field.format, place, faults_);
    if (sound(target) != nullptr) field.access->put_text(*target, text.text);
    return true;
}

void JsonReader::read_integer(const Token& token, const FieldPlan& field, Message* target, const Place& place) {
    const NumberForm form = number_form(token.raw);
    if (form != NumberForm::whole && form != NumberForm::negative) {
        faults_.add(place, not_integer);
        return;
    }
    std::int64_t number = 0;
    const auto read = std::from_chars(token.raw.data(), token.raw.data() + token.raw.size(), number);
    if (read.ec != std::errc{}) {
        faults_.add(place, [&] { return out_of_range(field.format->minimum, field.format->maximum); });
        return;
    }
    check_integer(number, *field.format, place, faults_);
    if (sound(target) != nullptr) field.access->put_integer(*target, number);
}

bool JsonReader::read_message(value& json, const Token& token, const FieldPlan& field, Message* target, const Place& place, std::size_t depth) {
    if (token.kind != JsonKind::object) {
        faults_.add(place, [&] { return wrong_type(field, false, token.kind); });
        return pass_over(json, token, place, depth);
    }
    if (depth > depth_max_) return pass_over(json, token, place, depth);
    object held;
    if (json.get_object().get(held) != simdjson::SUCCESS) return false;
    Message* const below = target == nullptr ? nullptr : &field.access->open(*target);
    if (field.held == nullptr) return free_form_.read(held, below, place, depth);
    return read_object(held, *field.held, below, place, depth);
}

/// Above this a parser is not kept: it holds five bytes for each byte of the largest document it has read.
constexpr std::size_t kept_capacity = 1024 * 1024;
constexpr std::size_t first_capacity = 64 * 1024;

bool read_with(parser& reader, const std::string& bytes, const DocumentLimits& limits, Message& root, Faults& faults) {
    simdjson::ondemand::document document;
    object json;
    const simdjson::padded_string_view padded{bytes.data(), bytes.size(), bytes.capacity()};
    if (reader.iterate(padded).get(document) != simdjson::SUCCESS || document.get_object().get(json) != simdjson::SUCCESS) return false;
    JsonReader walk{bytes, limits, faults};
    if (!walk.read_object(json, manifest_plan(), &root, Place{}, 1)) return false;
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // that is: nothing follows
}

}  // namespace

bool read_json(const std::string& bytes, const DocumentLimits& limits, Message& root, Faults& faults) {
    thread_local parser reader;
    if (reader.capacity() < first_capacity && reader.allocate(first_capacity) != simdjson::SUCCESS) throw std::bad_alloc{};
    const bool is_json = read_with(reader, bytes, limits, root, faults);
    if (reader.capacity() > kept_capacity) reader = parser{};
    return is_json;
}

void reserve_padding(std::string& bytes) {
    bytes.reserve(bytes.size() + simdjson::SIMDJSON_PADDING);
}

}  // namespace puente::manifest
