#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace puente::codes {

/// Reads comma-separated values record by record (RFC 4180): quoted fields, doubled quotes, CRLF or LF.
class CsvReader {
public:
    /// `text` must outlive the reader; `first_line` is the number of its first line.
    CsvReader(std::string_view text, std::size_t first_line) : rest_{text}, next_line_{first_line} {}

    bool at_end() const { return rest_.empty(); }
    /// The fields of the next record. Call only when not at_end().
    std::vector<std::string> next();
    /// The line on which the record last read began.
    std::size_t line() const { return line_; }
    /// What was wrong with the record last read; empty when nothing.
    std::string_view fault() const { return fault_; }

private:
    std::string next_field();
    std::string quoted_field();
    bool take_line_end();

    std::string_view rest_;
    std::size_t next_line_;
    std::size_t line_ = 0;
    std::string_view fault_;
};

}  // namespace puente::codes
