#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "cel/posix_zone.hpp"
#include "cel/time.hpp"

namespace puente::cel {

namespace {

/// What a TZif file says (RFC 8536): offsets from a moment on, and a rule for after the last.
struct Zone {
    struct Change {
        std::int64_t from;
        std::int64_t offset;
    };
    std::int64_t first_offset = 0;
    std::vector<Change> changes;
    bool has_rule = false;
    PosixZone rule;

    std::int64_t offset_at(std::int64_t utc_seconds) const {
        if (changes.empty()) return has_rule ? rule.offset_at(utc_seconds) : first_offset;
        if (utc_seconds < changes.front().from) return first_offset;
        if (utc_seconds >= changes.back().from && has_rule) return rule.offset_at(utc_seconds);
        std::size_t low = 0;
        std::size_t high = changes.size();
        while (high - low > 1) {
            const std::size_t middle = (low + high) / 2;
            (changes[middle].from <= utc_seconds ? low : high) = middle;
        }
        return changes[low].offset;
    }
};

/// Numbers of a TZif file, most significant byte first. Reading past the end gives zeros and is remembered.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_{bytes} {}
    std::int64_t number(std::size_t width) {
        if (bytes_.size() < width) {
            ended_ = true;
            return 0;
        }
        std::uint64_t value = (static_cast<unsigned char>(bytes_[0]) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
        for (std::size_t i = 0; i < width; ++i) value = (value << 8U) | static_cast<unsigned char>(bytes_[i]);
        bytes_.remove_prefix(width);
        return static_cast<std::int64_t>(value);
    }
    void skip(std::size_t count) {
        ended_ = ended_ || count > bytes_.size();
        bytes_.remove_prefix(std::min(count, bytes_.size()));
    }
    bool ended() const { return ended_; }
    std::string_view rest() const { return bytes_; }

private:
    std::string_view bytes_;
    bool ended_ = false;
};

struct Counts {
    std::size_t utc, standard, leaps, times, types, letters;
};

bool read_header(Reader& reader, Counts& counts) {
    if (reader.rest().substr(0, 4) != "TZif") return false;
    reader.skip(20);
    for (std::size_t* each : {&counts.utc, &counts.standard, &counts.leaps, &counts.times, &counts.types, &counts.letters})
        *each = static_cast<std::size_t>(reader.number(4));
    // A count is never above the bytes that are left: each counted thing has at least one.
    for (const std::size_t each : {counts.utc, counts.standard, counts.leaps, counts.times, counts.types, counts.letters})
        if (each > reader.rest().size()) return false;
    return !reader.ended() && counts.types > 0;
}

std::size_t body_size(const Counts& counts, std::size_t width) {
    return counts.times * (width + 1) + counts.types * 6 + counts.letters + counts.leaps * (width + 4) + counts.standard + counts.utc;
}

bool read_zone(std::string_view file, Zone& zone) {
    Reader reader{file};
    Counts counts{};
    if (!read_header(reader, counts)) return false;
    reader.skip(body_size(counts, 4));
    if (!read_header(reader, counts)) return false;  // every file since 2005 has the second, 64-bit part
    std::vector<std::int64_t> times(counts.times);
    for (std::int64_t& each : times) each = reader.number(8);
    std::vector<std::size_t> types(counts.times);
    for (std::size_t& each : types) each = static_cast<std::size_t>(reader.number(1) & 0xFF);
    std::vector<std::int64_t> offsets(counts.types);
    for (std::int64_t& each : offsets) {
        each = reader.number(4);
        reader.skip(2);
    }
    reader.skip(counts.letters + counts.leaps * 12 + counts.standard + counts.utc);
    if (reader.ended()) return false;
    zone.first_offset = offsets[0];
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (types[i] >= offsets.size()) return false;
        zone.changes.push_back({times[i], offsets[types[i]]});
    }
    const std::string_view footer = reader.rest();
    if (footer.size() > 2) zone.has_rule = zone.rule.read(footer.substr(1, footer.size() - 2));
    return true;
}

/// Names of the tz database: letters, digits, '_', '-', '+', and '/' inside. Nothing that could lead out of its folder.
bool is_zone_name(std::string_view name) {
    constexpr std::size_t longest = 64;
    if (name.empty() || name.size() > longest || name.front() == '/' || name.find("//") != name.npos) return false;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '/';
        if (!plain) return false;
    }
    return true;
}

/// Zones already read. They are few, and stay for the life of the process.
const Zone* find_zone(std::string_view name) {
    static std::shared_mutex guard;
    static std::map<std::string, std::unique_ptr<const Zone>, std::less<>> zones;
    {
        const std::shared_lock lock{guard};
        const auto found = zones.find(name);
        if (found != zones.end()) return found->second.get();
    }
    if (!is_zone_name(name)) return nullptr;
    std::ifstream stream{"/usr/share/zoneinfo/" + std::string{name}, std::ios::binary};
    const std::string file{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}};
    auto zone = std::make_unique<Zone>();
    if (!read_zone(file, *zone)) return nullptr;
    const std::unique_lock lock{guard};
    return zones.try_emplace(std::string{name}, std::move(zone)).first->second.get();
}

/// "+11:00", "-02:30", "2:00".
bool read_fixed(std::string_view text, std::int64_t& offset) {
    const bool west = !text.empty() && text.front() == '-';
    if (west || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    const std::size_t colon = text.find(':');
    if (colon == text.npos || colon == 0 || colon > 2 || text.size() != colon + 3) return false;
    std::int64_t numbers[2] = {0, 0};
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == colon) continue;
        if (text[i] < '0' || text[i] > '9') return false;
        std::int64_t& number = numbers[i > colon ? 1 : 0];
        number = number * 10 + (text[i] - '0');
    }
    if (numbers[0] > 23 || numbers[1] > 59) return false;
    offset = (west ? -1 : 1) * (numbers[0] * 3600 + numbers[1] * 60);
    return true;
}

}  // namespace

bool zone_offset(std::string_view zone, std::int64_t utc_seconds, std::int64_t& offset) {
    offset = 0;
    if (zone == "UTC" || zone.empty()) return true;
    if (read_fixed(zone, offset)) return true;
    const Zone* const found = find_zone(zone);
    if (found == nullptr) return false;
    offset = found->offset_at(utc_seconds);
    return true;
}

}  // namespace puente::cel
