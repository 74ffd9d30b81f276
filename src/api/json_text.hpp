#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace puente::api {

/// Writes JSON front to back into one string: what answers are made with. The caller keeps the order of braces; commas come by themselves.
class JsonText {
public:
    JsonText& open_object() { return open('{'); }
    JsonText& close_object() { return close('}'); }
    JsonText& open_list() { return open('['); }
    JsonText& close_list() { return close(']'); }
    JsonText& name(std::string_view member);
    JsonText& text(std::string_view value);
    JsonText& number(std::int64_t value);
    JsonText& boolean(bool value);
    /// A value that is JSON already.
    JsonText& raw(std::string_view json);

    JsonText& member(std::string_view member_name, std::string_view value) { return name(member_name).text(value); }
    JsonText& member(std::string_view member_name, const char* value) { return name(member_name).text(value); }
    JsonText& member(std::string_view member_name, std::int64_t value) { return name(member_name).number(value); }
    JsonText& member(std::string_view member_name, bool value) { return name(member_name).boolean(value); }
    /// Nothing when the value is empty: absent facts are left out.
    JsonText& member_if(std::string_view member_name, std::string_view value) { return value.empty() ? *this : member(member_name, value); }
    JsonText& texts(std::string_view member_name, const std::vector<std::string>& values);

    std::string take() { return std::move(json_); }

private:
    JsonText& open(char bracket);
    JsonText& close(char bracket);
    void separate();
    void quote(std::string_view value);

    std::string json_;
    bool first_ = true;
};

}  // namespace puente::api
