#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "manifest/faults.hpp"
#include "manifest/json_cursor.hpp"

namespace google::protobuf {
class Message;
class Struct;
class Value;
}  // namespace google::protobuf

namespace puente::manifest {

/// Reads JSON whose names are not ours: the inside of a credential onto google.protobuf.Struct, and what is refused anyway onto nothing.
/// Every function returns false when the bytes are not JSON.
class FreeForm {
public:
    FreeForm(std::string_view document, std::size_t depth_max, Faults& faults) : document_{document}, depth_max_{depth_max}, faults_{faults} {}

    /// Reads an object onto a Struct (or onto nothing). Any value is allowed in it, also null; duplicate names, U+0000 and halves of surrogate
    /// pairs are not.
    bool read(simdjson::ondemand::object json, google::protobuf::Message* target, const Place& place, std::size_t depth);
    /// Reads a value only to see that it is JSON.
    bool pass_over(simdjson::ondemand::value& json, const Token& token, const Place& place, std::size_t depth);

private:
    bool read_object(simdjson::ondemand::object json, google::protobuf::Struct& target, const Place& place, std::size_t depth);
    bool read_value(simdjson::ondemand::value& json, const Token& token, google::protobuf::Value& target, const Place& place, std::size_t depth);
    bool read_list(simdjson::ondemand::value& json, google::protobuf::Value& target, const Place& place, std::size_t depth);
    void read_number(const Token& token, google::protobuf::Value& target, const Place& place);
    bool pass_over_object(simdjson::ondemand::object json, const Place& place, std::size_t depth);
    bool leave_unread(const Place& place);
    bool room_for_one_more(const Place& place);
    bool note_flaws(const Text& text, const Place& place);

    std::string_view document_;
    std::size_t depth_max_;
    Faults& faults_;
    bool known_to_be_json_ = false;
    std::size_t values_ = 0;
    std::string room_;
};

}  // namespace puente::manifest
