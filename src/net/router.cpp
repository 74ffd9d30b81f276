#include "puente/net/router.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <span>
#include <utility>

namespace puente::net {

namespace {

constexpr std::size_t segments_max = 16;

/// One segment of a pattern. Literal: `text` is the whole of it. Otherwise a {name}, with `text` being what follows it (":start") or empty.
struct Segment {
    bool literal = true;
    std::string text;
    std::string name;

    /// The more one says the earlier it is tried: a literal, then the longer suffix, then a bare name.
    std::pair<int, std::size_t> rank() const { return {literal ? 0 : 1, literal ? 0 : SIZE_MAX - text.size()}; }
    bool same_shape(const Segment& other) const { return literal == other.literal && text == other.text; }
    bool accepts(std::string_view given) const {
        if (literal) return given == text;
        return given.size() > text.size() && given.ends_with(text);
    }
};

struct MethodEntry {
    Method method;
    std::size_t index;
    std::vector<std::string> names;
};

/// Splits at '/'. Nothing when it has more segments than any pattern may have.
std::optional<std::size_t> split(std::string_view path, std::array<std::string_view, segments_max>& segments);
std::vector<Segment> read_pattern(std::string_view pattern);
std::vector<std::string> names_of(const std::vector<Segment>& segments);
std::string allow_value(const std::vector<MethodEntry>& entries);

}  // namespace

/// All methods of one shape of path: patterns that differ only in their names are one route.
struct Router::Route {
    std::vector<Segment> segments;
    std::vector<MethodEntry> methods;

    bool same_shape(const std::vector<Segment>& other) const {
        return std::equal(segments.begin(), segments.end(), other.begin(), other.end(),
                          [](const Segment& a, const Segment& b) { return a.same_shape(b); });
    }
    bool accepts(std::span<const std::string_view> path) const {
        return std::equal(segments.begin(), segments.end(), path.begin(), path.end(),
                          [](const Segment& s, std::string_view given) { return s.accepts(given); });
    }
    const MethodEntry* find(Method method) const {
        const auto found = std::find_if(methods.begin(), methods.end(), [method](const MethodEntry& entry) { return entry.method == method; });
        return found == methods.end() ? nullptr : &*found;
    }
};

Router::Router(std::vector<RoutePattern> patterns) {
    for (const RoutePattern& pattern : patterns) {
        std::vector<Segment> segments = read_pattern(pattern.pattern);
        MethodEntry entry{pattern.method, pattern.index, names_of(segments)};
        auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& known) { return known.same_shape(segments); });
        if (route == routes_.end()) route = routes_.insert(route, Route{std::move(segments), {}});
        assert(route->find(pattern.method) == nullptr && "two routes answer the same method and path");
        route->methods.push_back(std::move(entry));
    }
    const auto says_more = [](const Segment& a, const Segment& b) { return a.rank() < b.rank(); };
    std::stable_sort(routes_.begin(), routes_.end(), [&](const Route& a, const Route& b) {
        return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(), says_more);
    });
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Router::Match Router::match(Method method, std::string_view path) const {
    Match match;
    std::array<std::string_view, segments_max> segments;
    const std::optional<std::size_t> count = split(path, segments);
    if (!count) return match;
    const std::span<const std::string_view> given{segments.data(), *count};
    const auto route = std::find_if(routes_.begin(), routes_.end(), [given](const Route& known) { return known.accepts(given); });
    if (route == routes_.end()) return match;

    const MethodEntry* entry = route->find(method);
    if (entry == nullptr && method == Method::head) entry = route->find(Method::get);
    if (entry == nullptr) {
        match.allow = allow_value(route->methods);
        return match;
    }
    match.found = true;
    match.index = entry->index;
    auto name = entry->names.begin();
    for (std::size_t i = 0; i < given.size(); ++i) {
        const Segment& segment = route->segments[i];
        if (!segment.literal) match.values.emplace_back(*name++, std::string{given[i].substr(0, given[i].size() - segment.text.size())});
    }
    return match;
}

namespace {

std::optional<std::size_t> split(std::string_view path, std::array<std::string_view, segments_max>& segments) {
    if (!path.starts_with('/')) return std::nullopt;
    for (std::size_t count = 0; count < segments_max; ++count) {
        path.remove_prefix(1);
        const std::size_t end = path.find('/');
        segments[count] = path.substr(0, end);
        if (end == std::string_view::npos) return count + 1;
        path.remove_prefix(end);
    }
    return std::nullopt;
}

std::vector<Segment> read_pattern(std::string_view pattern) {
    std::array<std::string_view, segments_max> parts;
    const std::optional<std::size_t> count = split(pattern, parts);
    assert(count && "a pattern begins with '/' and has at most 16 segments");
    std::vector<Segment> segments;
    for (const std::string_view part : std::span{parts.data(), *count}) {
        const std::size_t close = part.find('}');
        Segment segment;
        segment.literal = !part.starts_with('{') || close == std::string_view::npos;
        segment.text = segment.literal ? part : part.substr(close + 1);
        if (!segment.literal) segment.name = part.substr(1, close - 1);
        segments.push_back(std::move(segment));
    }
    return segments;
}

std::vector<std::string> names_of(const std::vector<Segment>& segments) {
    std::vector<std::string> names;
    for (const Segment& segment : segments) {
        if (!segment.literal) names.push_back(segment.name);
    }
    return names;
}

std::string allow_value(const std::vector<MethodEntry>& entries) {
    std::string allow;
    const auto add = [&allow](Method method) {
        if (!allow.empty()) allow += ", ";
        allow += to_text(method);
    };
    const auto head = std::find_if(entries.begin(), entries.end(), [](const MethodEntry& entry) { return entry.method == Method::head; });
    for (const MethodEntry& entry : entries) {
        add(entry.method);
        if (entry.method == Method::get && head == entries.end()) add(Method::head);
    }
    return allow;
}

}  // namespace

}  // namespace puente::net
