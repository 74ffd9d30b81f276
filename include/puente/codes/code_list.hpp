#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "puente/result.hpp"

namespace puente::codes {

/// One line of a code list: a code, the days on which it may be used, and what it means.
class Entry {
public:
    Entry(std::span<const std::string_view> cells, std::chrono::sys_days from, std::chrono::sys_days until)
        : cells_{cells}, from_{from}, until_{until} {}

    std::string_view code() const { return cells_[0]; }
    /// What it means, in English and in Spanish; empty only in lists that say so.
    std::string_view en() const { return cells_[3]; }
    std::string_view es() const { return cells_[4]; }
    /// First and last day of use, both included; sys_days::min() and max() where the list sets no bound.
    std::chrono::sys_days from() const { return from_; }
    std::chrono::sys_days until() const { return until_; }
    bool in_force(std::chrono::sys_days day) const { return from_ <= day && day <= until_; }
    /// The cell of a column, as CodeList::column_index gives it; empty when there is no such column.
    std::string_view column(std::size_t index) const { return index < cells_.size() ? cells_[index] : std::string_view{}; }

private:
    std::span<const std::string_view> cells_;
    std::chrono::sys_days from_;
    std::chrono::sys_days until_;
};

/// A published list of codes with effective dates. Immutable; safe to read from any thread.
///
/// The text is CSV (RFC 4180) in UTF-8: first one or more lines that begin with # and cite the source and its licence, then the header
/// `code,from,until,en,es` and perhaps more columns, then one line per code and window. `from` and `until` are YYYY-MM-DD, both included, or
/// empty. A code may have several lines when their windows do not overlap.
class CodeList {
public:
    /// Reads a list, or says everything that is wrong with it: kind malformed, one "name, line N: ..." per fault, joined by "; ".
    static Result<CodeList> parse(std::string name, std::string_view csv);

    /// Entries look into the list's own text: a list moves, it is never copied.
    CodeList(CodeList&&) = default;
    CodeList& operator=(CodeList&&) = default;
    CodeList(const CodeList&) = delete;
    CodeList& operator=(const CodeList&) = delete;
    ~CodeList() = default;

    const std::string& name() const { return name_; }
    /// The comment lines at the top without their #: source and licence.
    const std::string& source() const { return source_; }
    /// Whether the code may be used on that day. No allocation.
    bool contains(std::string_view code, std::chrono::sys_days day) const { return find(code, day) != nullptr; }
    /// The entry in force on that day; null when there is none. No allocation.
    const Entry* find(std::string_view code, std::chrono::sys_days day) const;
    /// The first entry of the code, whatever the day; null when the list never had it. No allocation.
    const Entry* find_ever(std::string_view code) const;

    /// Entries in the order of the text.
    std::size_t size() const { return entries_.size(); }
    const Entry& at(std::size_t position) const { return entries_.at(position); }
    std::vector<Entry>::const_iterator begin() const { return entries_.begin(); }
    std::vector<Entry>::const_iterator end() const { return entries_.end(); }
    /// Names of all columns, `code` first.
    std::span<const std::string_view> columns() const { return columns_; }
    /// Where a column stands, for Entry::column; nothing when the list has no such column.
    std::optional<std::size_t> column_index(std::string_view column) const;

private:
    friend class CodeListReader;
    CodeList() = default;
    void index();
    std::size_t slot_of(std::string_view code, std::uint64_t hash) const;

    /// A place of the open addressing by code.
    struct Slot {
        std::uint32_t tag = 0;    ///< bits of the code's hash: most codes that are not the wanted one are told apart by them
        std::uint32_t place = 0;  ///< position of its first entry plus one, 0 is free
    };

    std::string name_;
    std::string source_;
    std::vector<char> text_;                  ///< every cell, one after the other; never grows after reading
    std::vector<std::string_view> columns_;   ///< views into text_
    std::vector<std::string_view> cells_;     ///< views into text_, row by row
    std::vector<Entry> entries_;              ///< views into cells_
    std::vector<Slot> slots_;                 ///< a power of two of them, at least half of them free
    std::vector<std::uint32_t> next_window_;  ///< position plus one of the next entry with the same code, 0 is none
};

}  // namespace puente::codes
