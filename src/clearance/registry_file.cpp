#include "clearance/registry_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace puente::clearance {

namespace {

constexpr std::size_t entry_bytes_max = 16 * 1024;
constexpr int end_of_file = std::char_traits<char>::eof();

/// The bytes of a stream and their places. A byte order mark at the beginning is passed over.
class Bytes {
public:
    explicit Bytes(std::istream& file) : buffer_{*file.rdbuf()} {
        constexpr std::array<int, 3> mark{0xEF, 0xBB, 0xBF};
        if (peek() != mark[0]) return;
        for (const int byte : mark) {
            if (peek() == byte) buffer_.sbumpc();
        }
    }
    int peek() { return buffer_.sgetc(); }
    int take() {
        const int byte = buffer_.sbumpc();
        if (byte == end_of_file) return byte;
        ++place_.column;
        if (byte == '\n') place_ = {place_.line + 1, 1};
        return byte;
    }
    FilePlace place() const { return place_; }

private:
    std::streambuf& buffer_;
    FilePlace place_;
};

std::optional<std::size_t> field_number(std::string_view name) {
    const auto found = std::find(entry_fields.begin(), entry_fields.end(), name);
    return found == entry_fields.end() ? std::nullopt : std::optional{static_cast<std::size_t>(found - entry_fields.begin())};
}

bool refuse(FileEntry& entry, FilePlace place, std::string text, bool last = false) {
    entry.fault = std::move(text);
    entry.fault_place = place;
    entry.last = last;
    return true;
}

class CsvFile final : public RegistryFile {
public:
    explicit CsvFile(std::istream& file) : bytes_{file} {}

    bool next(FileEntry& entry) override {
        entry = {};
        if (header_.empty()) {
            if (!next_record(entry)) return refuse_once(entry);
            if (!entry.fault.empty() || !read_header(entry)) {
                entry.last = true;
                return true;
            }
            entry = {};
        }
        if (!next_record(entry)) return false;
        if (!entry.fault.empty()) return true;
        if (record_.size() != header_.size())
            return refuse(entry, entry.begin, fmt::format("{} fields where the first line names {}", record_.size(), header_.size()));
        for (std::size_t i = 0; i < record_.size(); ++i) {
            field_of(entry.text, header_[i]) = std::move(record_[i].first);
            entry.places[header_[i]] = record_[i].second;
        }
        return true;
    }

private:
    using Field = std::pair<std::string, FilePlace>;

    bool refuse_once(FileEntry& entry) {
        if (told_empty_) return false;
        told_empty_ = true;
        return refuse(entry, {}, "the file is empty; its first line names the fields", true);
    }

    bool read_header(FileEntry& entry) {
        for (const auto& [name, place] : record_) {
            const std::optional<std::size_t> field = field_number(name);
            if (!field) return !refuse(entry, place, fmt::format("there is no field of this name; there are {}", fmt::join(entry_fields, ", ")));
            if (std::find(header_.begin(), header_.end(), *field) != header_.end()) return !refuse(entry, place, "this field is named twice");
            header_.push_back(*field);
        }
        for (const std::string_view needed : {"kind", "id", "validFrom"}) {
            if (std::find(header_.begin(), header_.end(), *field_number(needed)) == header_.end())
                return !refuse(entry, entry.begin, fmt::format("the first line does not name the field {}", needed));
        }
        return true;
    }

    /// Reads the next record that is neither empty nor a comment.
    bool next_record(FileEntry& entry) {
        while (bytes_.peek() == '\n' || bytes_.peek() == '\r' || bytes_.peek() == '#') {
            if (bytes_.peek() == '#') skip_line();
            bytes_.take();
        }
        if (bytes_.peek() == end_of_file) return false;
        record_.clear();
        size_ = 0;
        entry.begin = bytes_.place();
        for (bool more = true; more;) more = next_field(entry);
        if (size_ > entry_bytes_max) refuse(entry, entry.begin, fmt::format("an entry is at most {} bytes", entry_bytes_max), true);
        return true;
    }

    void skip_line() {
        while (bytes_.peek() != '\n' && bytes_.peek() != end_of_file) bytes_.take();
    }

    /// False at the end of the record.
    bool next_field(FileEntry& entry) {
        Field field{"", bytes_.place()};
        const bool quoted = bytes_.peek() == '"';
        if (quoted && !take_quoted(field.first)) refuse(entry, field.second, "the quotation mark is not closed", true);
        while (!at_field_end()) {
            if (quoted && entry.fault.empty()) refuse(entry, bytes_.place(), "text after the closing quotation mark");
            keep(field.first, bytes_.take());
        }
        record_.push_back(std::move(field));
        if (bytes_.peek() == '\r') bytes_.take();
        return bytes_.take() == ',' && size_ <= entry_bytes_max;
    }

    bool take_quoted(std::string& text) {
        bytes_.take();
        while (bytes_.peek() != end_of_file && size_ <= entry_bytes_max) {
            const int byte = bytes_.take();
            if (byte != '"') {
                keep(text, byte);
            } else if (bytes_.peek() == '"') {
                keep(text, bytes_.take());
            } else {
                return true;
            }
        }
        return false;
    }

    bool at_field_end() {
        const int byte = bytes_.peek();
        return byte == ',' || byte == '\n' || byte == '\r' || byte == end_of_file || size_ > entry_bytes_max;
    }

    void keep(std::string& text, int byte) {
        text += static_cast<char>(byte);
        ++size_;
    }

    Bytes bytes_;
    std::vector<std::size_t> header_;  ///< the field of each column
    std::vector<Field> record_;
    std::size_t size_ = 0;
    bool told_empty_ = false;
};

class JsonFile final : public RegistryFile {
public:
    explicit JsonFile(std::istream& file) : bytes_{file} {}

    bool next(FileEntry& entry) override {
        entry = {};
        skip_between();
        entry.begin = bytes_.place();
        if (bytes_.peek() == end_of_file) return refuse_open_end(entry);
        if (bytes_.peek() != '{') return refuse(entry, entry.begin, "an entry is an object { ... }", true);
        if (!take_object())
            return refuse(entry, entry.begin, fmt::format("this object does not end, or is larger than {} bytes", entry_bytes_max), true);
        read_object(entry);
        return true;
    }

private:
    bool refuse_open_end(FileEntry& entry) {
        const bool open = opened_ && !closed_;
        closed_ = true;
        return open && refuse(entry, entry.begin, "the list does not end with ]", true);
    }

    /// Blanks, commas, and the brackets of the list around the objects.
    void skip_between() {
        for (;; bytes_.take()) {
            const int byte = bytes_.peek();
            if (byte == '[' && !opened_ && first_) {
                opened_ = true;
            } else if (byte == ']' && opened_ && !closed_) {
                closed_ = true;
            } else if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n' && (byte != ',' || first_ || closed_)) {
                return;
            }
        }
    }

    /// Reads up to the brace that closes the object.
    bool take_object() {
        first_ = false;
        object_.clear();
        int depth = 0;
        bool in_text = false;
        while (bytes_.peek() != end_of_file && object_.size() < entry_bytes_max) {
            const int byte = bytes_.take();
            object_ += static_cast<char>(byte);
            if (in_text && byte == '\\' && bytes_.peek() != end_of_file) {
                object_ += static_cast<char>(bytes_.take());
            } else if (byte == '"') {
                in_text = !in_text;
            } else if (!in_text && byte == '{') {
                ++depth;
            } else if (!in_text && byte == '}' && --depth == 0) {
                return true;
            }
        }
        return false;
    }

    /// The place of a byte of the object in the file.
    FilePlace place_at(FilePlace begin, std::size_t offset) const {
        for (std::size_t i = 0; i < std::min(offset, object_.size()); ++i) {
            ++begin.column;
            if (object_[i] == '\n') begin = {begin.line + 1, 1};
        }
        return begin;
    }

    FilePlace place_of(FilePlace begin, const std::string& member) const {
        const std::size_t at = object_.find('"' + member + '"');
        return place_at(begin, at == std::string::npos ? 0 : at);
    }

    void read_object(FileEntry& entry) const {
        std::vector<std::string> seen;
        const auto once = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
            if (event != nlohmann::json::parse_event_t::key) return true;
            const auto name = parsed.get<std::string>();
            if (std::find(seen.begin(), seen.end(), name) != seen.end()) refuse(entry, place_of(entry.begin, name), "this member stands twice");
            seen.push_back(name);
            return true;
        };
        nlohmann::json object;
        try {
            object = nlohmann::json::parse(object_, once);
        } catch (const nlohmann::json::parse_error& error) {
            refuse(entry, place_at(entry.begin, error.byte == 0 ? 0 : error.byte - 1), "this is not JSON");
            return;
        }
        for (const auto& [name, value] : object.items()) {
            if (!entry.fault.empty()) return;
            read_member(entry, name, value);
        }
    }

    void read_member(FileEntry& entry, const std::string& name, const nlohmann::json& value) const {
        const FilePlace place = place_of(entry.begin, name);
        const std::optional<std::size_t> field = field_number(name);
        if (!field) {
            refuse(entry, place, fmt::format("there is no member of this name; there are {}", fmt::join(entry_fields, ", ")));
            return;
        }
        entry.places[*field] = place;
        if (value.is_string()) {
            field_of(entry.text, *field) = value.get<std::string>();
        } else if (value.is_number_unsigned() && name == "tier") {
            field_of(entry.text, *field) = std::to_string(value.get<std::uint64_t>());
        } else {
            refuse(entry, place, name == "tier" ? "a tier is a number" : "a text is wanted");
        }
    }

    Bytes bytes_;
    std::string object_;
    bool first_ = true;
    bool opened_ = false;
    bool closed_ = false;
};

}  // namespace

std::string& field_of(EntryText& text, std::size_t field) {
    const std::array<std::string*, entry_fields.size()> fields{&text.kind,   &text.id,         &text.name,       &text.tier,
                                                               &text.status, &text.valid_from, &text.valid_until};
    return *fields[field];
}

std::unique_ptr<RegistryFile> open_registry_file(std::istream& file, RegistryForm form) {
    if (form == RegistryForm::csv) return std::make_unique<CsvFile>(file);
    return std::make_unique<JsonFile>(file);
}

}  // namespace puente::clearance
