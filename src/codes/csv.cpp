#include "codes/csv.hpp"

#include <algorithm>

namespace puente::codes {

std::vector<std::string> CsvReader::next() {
    line_ = next_line_;
    fault_ = {};
    std::vector<std::string> fields{next_field()};
    while (!rest_.empty() && !take_line_end()) {
        if (rest_.front() == ',') {
            rest_.remove_prefix(1);
            fields.push_back(next_field());
        } else {
            fault_ = "text after a closing quote";
            rest_.remove_prefix(1);
        }
    }
    return fields;
}

std::string CsvReader::next_field() {
    if (rest_.substr(0, 1) == "\"") return quoted_field();
    const std::size_t size = std::min(rest_.find_first_of(",\n"), rest_.size());
    std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    // The carriage return belongs to the line end when a line feed follows; anywhere else it is no text.
    if (rest_.substr(0, 1) != "," && field.ends_with('\r')) field.remove_suffix(1);
    if (field.find_first_of("\"\r") != std::string_view::npos) fault_ = "a quote or carriage return in a field that is not quoted";
    return std::string{field};
}

std::string CsvReader::quoted_field() {
    std::string field;
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == '"') {
            if (rest_.substr(0, 1) != "\"") return field;
            rest_.remove_prefix(1);
        }
        if (c == '\n') ++next_line_;
        field.push_back(c);
    }
    fault_ = "a quote that is never closed";
    return field;
}

bool CsvReader::take_line_end() {
    const std::size_t size = rest_.substr(0, 2) == "\r\n" ? 2 : rest_.front() == '\n' ? 1 : 0;
    rest_.remove_prefix(size);
    if (size != 0) ++next_line_;
    return size != 0;
}

}  // namespace puente::codes
