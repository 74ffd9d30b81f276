#include "manifest/json_free_form.hpp"

#include <google/protobuf/struct.pb.h>

#include <charconv>

#include "manifest/json_reader.hpp"
#include "manifest/syntax.hpp"

namespace puente::manifest {

using google::protobuf::Struct;
using google::protobuf::Value;
using simdjson::ondemand::array;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

bool FreeForm::read(object json, google::protobuf::Message* target, const Place& place, std::size_t depth) {
    if (target == nullptr) return pass_over_object(json, place, depth);
    return read_object(json, static_cast<Struct&>(*target), place, depth);
}

bool FreeForm::read_object(object json, Struct& target, const Place& place, std::size_t depth) {
    std::string name_room;
    for (auto entry : json) {
        simdjson::ondemand::field field;
        Text name;
        Token token;
        if (std::move(entry).get(field) != simdjson::SUCCESS || !read_name(field, name_room, name) || !look_at(field.value(), token)) return false;
        const Place below{&place, name.text};
        bool stored = !note_flaws(name, place) && room_for_one_more(place);
        if (stored && target.fields().contains(std::string{name.text})) {
            faults_.add(below, duplicate_field);
            stored = false;
        }
        const bool goes_on = stored ? read_value(field.value(), token, (*target.mutable_fields())[std::string{name.text}], below, depth + 1)
                                    : pass_over(field.value(), token, below, depth + 1);
        if (!goes_on) return false;
    }
    return true;
}

bool FreeForm::read_value(value& json, const Token& token, Value& target, const Place& place, std::size_t depth) {
    switch (token.kind) {
        case JsonKind::object: {
            if (depth > depth_max_) return pass_over(json, token, place, depth);
            object held;
            return json.get_object().get(held) == simdjson::SUCCESS && read_object(held, *target.mutable_struct_value(), place, depth);
        }
        case JsonKind::list:
            if (depth > depth_max_) return pass_over(json, token, place, depth);
            return read_list(json, target, place, depth);
        case JsonKind::text: {
            Text text;
            if (!read_text(json, token, room_, text)) return false;
            if (!note_flaws(text, place)) target.set_string_value(text.text.data(), text.text.size());
            return true;
        }
        case JsonKind::number:
            read_number(token, target, place);
            return true;
        case JsonKind::boolean:
            target.set_bool_value(token.raw == "true");
            return true;
        case JsonKind::null:
            target.set_null_value(google::protobuf::NULL_VALUE);
            return true;
    }
    return false;
}

bool FreeForm::read_list(value& json, Value& target, const Place& place, std::size_t depth) {
    array items;
    if (json.get_array().get(items) != simdjson::SUCCESS) return false;
    google::protobuf::ListValue& list = *target.mutable_list_value();
    std::size_t count = 0;
    for (auto entry : items) {
        value item;
        Token token;
        if (std::move(entry).get(item) != simdjson::SUCCESS || !look_at(item, token)) return false;
        const Place below{&place, {}, count++};
        const bool goes_on =
            room_for_one_more(place) ? read_value(item, token, *list.add_values(), below, depth + 1) : pass_over(item, token, below, depth + 1);
        if (!goes_on) return false;
    }
    return true;
}

void FreeForm::read_number(const Token& token, Value& target, const Place& place) {
    double number = 0;
    const auto read = std::from_chars(token.raw.data(), token.raw.data() + token.raw.size(), number);
    if (read.ec == std::errc{}) {
        target.set_number_value(number);
    } else {
        faults_.add(place, number_out_of_range);
    }
}

bool FreeForm::pass_over(value& json, const Token& token, const Place& place, std::size_t depth) {
    switch (token.kind) {
        case JsonKind::text: {
            Text text;
            return read_text(json, token, room_, text);
        }
        case JsonKind::object: {
            object held;
            if (depth > depth_max_) return leave_unread(place);
            return json.get_object().get(held) == simdjson::SUCCESS && pass_over_object(held, place, depth);
        }
        case JsonKind::list: {
            array items;
            if (depth > depth_max_) return leave_unread(place);
            if (json.get_array().get(items) != simdjson::SUCCESS) return false;
            std::size_t count = 0;
            for (auto entry : items) {
                value item;
                Token item_token;
                if (std::move(entry).get(item) != simdjson::SUCCESS || !look_at(item, item_token)) return false;
                if (!pass_over(item, item_token, {&place, {}, count++}, depth + 1)) return false;
            }
            return true;
        }
        default:
            return true;  // look_at has seen all of it
    }
}

/// For what is nested too deep to be walked over. simdjson skips it by counting brackets, which is safe only in a document that is known to be JSON.
bool FreeForm::leave_unread(const Place& place) {
    faults_.add(place, [&] { return too_deep(depth_max_); });
    known_to_be_json_ = known_to_be_json_ || !broken_at(document_);
    return known_to_be_json_;
}

bool FreeForm::pass_over_object(object json, const Place& place, std::size_t depth) {
    std::string name_room;
    for (auto entry : json) {
        simdjson::ondemand::field field;
        Text name;
        Token token;
        if (std::move(entry).get(field) != simdjson::SUCCESS || !read_name(field, name_room, name) || !look_at(field.value(), token)) return false;
        if (!pass_over(field.value(), token, {&place, name.text}, depth + 1)) return false;
    }
    return true;
}

bool FreeForm::room_for_one_more(const Place& place) {
    if (values_ > free_values_max) return false;
    if (++values_ <= free_values_max) return true;
    faults_.add(place, [] { return too_many_values(free_values_max); });
    return false;
}

bool FreeForm::note_flaws(const Text& text, const Place& place) {
    if (text.state == TextState::lone_surrogate) {
        faults_.add(place, lone_surrogate);
        return true;
    }
    if (text.text.find('\0') == std::string_view::npos) return false;
    faults_.add(place, nul_in_text);
    return true;
}

}  // namespace puente::manifest
