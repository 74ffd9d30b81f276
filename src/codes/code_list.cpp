#include "puente/codes/code_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "codes/csv.hpp"
#include "codes/utf8.hpp"
#include "puente/instant.hpp"

namespace puente::codes {
namespace {

constexpr std::array<std::string_view, 5> leading_columns{"code", "from", "until", "en", "es"};

template <class Word>
std::uint64_t word_at(const char* bytes) {
    Word word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// Multiplies and folds: codes are a few bytes long, so words of a code overlap rather than that its last bytes are read one by one.
std::uint64_t hash_of(std::string_view code) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15ULL;  // 2^64 over the golden ratio
    const char* const bytes = code.data();
    const std::size_t size = code.size();
    std::uint64_t hash = size;
    const auto add = [&](std::uint64_t word) {
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32U;
    };
    if (size >= sizeof(std::uint64_t)) {
        for (std::size_t i = 0; i + sizeof(std::uint64_t) < size; i += sizeof(std::uint64_t)) add(word_at<std::uint64_t>(bytes + i));
        add(word_at<std::uint64_t>(bytes + size - sizeof(std::uint64_t)));
    } else if (size >= sizeof(std::uint32_t)) {
        add(word_at<std::uint32_t>(bytes) << 32U | word_at<std::uint32_t>(bytes + size - sizeof(std::uint32_t)));
    } else if (size >= sizeof(std::uint16_t)) {
        add(word_at<std::uint16_t>(bytes) << 16U | word_at<std::uint16_t>(bytes + size - sizeof(std::uint16_t)));
    } else if (size == 1) {
        add(word_at<std::uint8_t>(bytes));
    }
    return hash;
}

/// The bits of a hash that do not choose the slot.
std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32U);
}

}  // namespace

/// Reads one text into one list and collects what is wrong with it.
class CodeListReader {
public:
    CodeListReader(std::string name, std::string_view csv) : rest_{csv} { list_.name_ = std::move(name); }

    Result<CodeList> read() {
        read_source();
        CsvReader csv{rest_, line_};
        if (read_header(csv)) {
            while (!csv.at_end()) read_row(csv);
            build();
        }
        if (!faults_.empty()) return Error{ErrorKind::malformed, std::move(faults_)};
        return std::move(list_);
    }

private:
    struct Row {
        std::vector<std::string> cells;
        std::chrono::sys_days from;
        std::chrono::sys_days until;
        std::size_t line;
    };

    void read_source() {
        while (rest_.substr(0, 1) == "#") {
            const std::size_t size = std::min(rest_.find('\n'), rest_.size());
            std::string_view comment = rest_.substr(1, size - 1);
            rest_.remove_prefix(std::min(size + 1, rest_.size()));
            if (!is_utf8(comment)) fault(line_, "not UTF-8");
            ++line_;
            while (comment.starts_with(' ')) comment.remove_prefix(1);
            while (comment.ends_with('\r') || comment.ends_with(' ')) comment.remove_suffix(1);
            if (comment.empty()) continue;
            if (!list_.source_.empty()) list_.source_ += '\n';
            list_.source_ += comment;
        }
        if (list_.source_.empty()) fault(1, "the first line must begin with # and cite the source");
    }

    bool read_header(CsvReader& csv) {
        if (!csv.at_end()) header_ = csv.next();
        const bool leads = header_.size() >= leading_columns.size() && std::equal(leading_columns.begin(), leading_columns.end(), header_.begin());
        if (!leads || !csv.fault().empty()) {
            fault(line_, "the header must begin with code,from,until,en,es");
            return false;
        }
        std::vector<std::string> sorted = header_;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end() || sorted.front().empty()) {
            fault(line_, "a column name is empty or used twice");
        }
        return true;
    }

    void read_row(CsvReader& csv) {
        Row row{csv.next(), std::chrono::sys_days::min(), std::chrono::sys_days::max(), csv.line()};
        if (!csv.fault().empty()) fault(row.line, csv.fault());
        if (row.cells.size() != header_.size()) {
            fault(row.line, fmt::format("{} columns instead of {}", row.cells.size(), header_.size()));
            return;
        }
        if (row.cells[0].empty()) fault(row.line, "no code");
        if (!std::all_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) { return is_utf8(cell); })) fault(row.line, "not UTF-8");
        read_day(row.cells[1], row.line, "from", row.from);
        read_day(row.cells[2], row.line, "until", row.until);
        if (row.from > row.until) fault(row.line, "until lies before from");
        rows_.push_back(std::move(row));
    }

    void read_day(const std::string& text, std::size_t line, std::string_view column, std::chrono::sys_days& day) {
        if (text.empty()) return;
        const std::optional<std::chrono::year_month_day> date = parse_date(text);
        if (date) {
            day = *date;
        } else {
            fault(line, fmt::format("{} is not a day YYYY-MM-DD", column));
        }
    }

    void build() {
        copy_text();
        list_.entries_.reserve(rows_.size());
        for (std::size_t row = 0; row < rows_.size(); ++row) {
            const std::span<const std::string_view> all{list_.cells_};
            list_.entries_.emplace_back(all.subspan(row * header_.size(), header_.size()), rows_[row].from, rows_[row].until);
        }
        list_.index();
        look_for_overlaps();
    }

    /// Two passes: the cells look into text_, which must not move while they do.
    void copy_text() {
        std::size_t size = 0;
        each_cell([&](const std::string& cell) { size += cell.size(); });
        list_.text_.reserve(size);
        list_.cells_.reserve(rows_.size() * header_.size());
        each_cell([&](const std::string& cell) {
            const char* const place = list_.text_.data() + list_.text_.size();
            list_.text_.insert(list_.text_.end(), cell.begin(), cell.end());
            list_.cells_.emplace_back(place, cell.size());
        });
        const auto columns_end = list_.cells_.begin() + static_cast<std::ptrdiff_t>(header_.size());
        list_.columns_.assign(list_.cells_.begin(), columns_end);
        list_.cells_.erase(list_.cells_.begin(), columns_end);
    }

    template <class Visit>
    void each_cell(Visit visit) const {
        for (const std::string& cell : header_) visit(cell);
        for (const Row& row : rows_) {
            for (const std::string& cell : row.cells) visit(cell);
        }
    }

    void look_for_overlaps() {
        for (std::size_t first = 0; first < rows_.size(); ++first) {
            std::uint32_t other = list_.next_window_[first];
            for (; other != 0; other = list_.next_window_[other - 1]) {
                const Row& earlier = rows_[first];
                const Row& later = rows_[other - 1];
                if (earlier.from > later.until || later.from > earlier.until) continue;
                fault(later.line, fmt::format("the window overlaps that of the same code in line {}", earlier.line));
            }
        }
    }

    void fault(std::size_t line, std::string_view what) {
        fmt::format_to(std::back_inserter(faults_), "{}{}, line {}: {}", faults_.empty() ? "" : "; ", list_.name_, line, what);
    }

    std::string_view rest_;
    std::size_t line_ = 1;
    std::vector<std::string> header_;
    std::vector<Row> rows_;
    std::string faults_;
    CodeList list_;
};

Result<CodeList> CodeList::parse(std::string name, std::string_view csv) {
    return CodeListReader{std::move(name), csv}.read();
}

const Entry* CodeList::find(std::string_view code, std::chrono::sys_days day) const {
    for (std::uint32_t place = slots_[slot_of(code, hash_of(code))].place; place != 0; place = next_window_[place - 1]) {
        const Entry& entry = entries_[place - 1];
        if (entry.in_force(day)) return &entry;
    }
    return nullptr;
}

const Entry* CodeList::find_ever(std::string_view code) const {
    const std::uint32_t place = slots_[slot_of(code, hash_of(code))].place;
    return place == 0 ? nullptr : &entries_[place - 1];
}

std::optional<std::size_t> CodeList::column_index(std::string_view column) const {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    if (found == columns_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns_.begin());
}

/// The slot that holds the code, or the free one where it would be. At least half of the slots are free, so the search ends.
std::size_t CodeList::slot_of(std::string_view code, std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    const std::uint32_t tag = tag_of(hash);
    std::size_t slot = hash & mask;
    while (slots_[slot].place != 0 && (slots_[slot].tag != tag || entries_[slots_[slot].place - 1].code() != code)) slot = (slot + 1) & mask;
    return slot;
}

void CodeList::index() {
    std::size_t slots = 2;
    while (slots < entries_.size() * 2) slots *= 2;
    slots_.assign(slots, Slot{});
    next_window_.assign(entries_.size(), 0);
    // From the last to the first, so that a chain begins with the first entry of its code.
    for (std::size_t position = entries_.size(); position-- > 0;) {
        const std::string_view code = entries_[position].code();
        const std::uint64_t hash = hash_of(code);
        Slot& slot = slots_[slot_of(code, hash)];
        next_window_[position] = slot.place;
        slot = {tag_of(hash), static_cast<std::uint32_t>(position + 1)};
    }
}

}  // namespace puente::codes
