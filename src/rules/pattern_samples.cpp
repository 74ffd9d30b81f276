#include "rules/pattern_samples.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>

namespace puente::rules {

namespace {

constexpr std::size_t samples_max = 40;

using Texts = std::vector<std::string>;

/// Reads a pattern and builds its samples on the way.
class Sampler {
public:
    explicit Sampler(std::string_view pattern) : pattern_{pattern} {}

    Texts all() {
        Texts texts = alternatives();
        if (broken_ || at_ != pattern_.size()) return {};
        return texts;
    }

private:
    bool at_end() const { return at_ >= pattern_.size(); }

    Texts alternatives() {
        Texts texts = sequence();
        while (!broken_ && !at_end() && pattern_[at_] == '|') {
            ++at_;
            for (std::string& each : sequence()) texts.push_back(std::move(each));
        }
        if (texts.size() > samples_max) texts.resize(samples_max);
        return texts;
    }

    Texts sequence() {
        Texts texts{""};
        while (!broken_ && !at_end() && pattern_[at_] != '|' && pattern_[at_] != ')') {
            const Texts piece = repeated(atom());
            // Every way through the piece once; the rest of the sequence takes the first.
            Texts longer;
            for (std::size_t i = 0; i < std::max(texts.size(), piece.size()); ++i) {
                longer.push_back(texts[std::min(i, texts.size() - 1)] + piece[std::min(i, piece.size() - 1)]);
            }
            if (longer.size() > samples_max) longer.resize(samples_max);
            texts = std::move(longer);
        }
        return texts;
    }

    Texts atom() {
        const char c = pattern_[at_++];
        if (c == '^' || c == '$') return {""};
        if (c == '.') return {"x"};
        if (c == '(') return group();
        if (c == '[') return character_class();
        if (c != '\\') return {literal(c)};
        if (at_end()) return broken();
        const char escaped = pattern_[at_++];
        if (escaped == 'b') return {""};
        if (escaped == 'd') return {"7"};
        return std::isalpha(static_cast<unsigned char>(escaped)) != 0 ? broken() : Texts{std::string(1, escaped)};
    }

    /// One character, which may take several bytes.
    std::string literal(char first) {
        std::string text(1, first);
        while (!at_end() && (static_cast<unsigned char>(pattern_[at_]) & 0xc0) == 0x80) text += pattern_[at_++];
        return text;
    }

    Texts group() {
        if (pattern_.substr(at_, 2) == "?:") at_ += 2;
        if (pattern_.substr(at_, 3) == "?i)") {
            at_ += 3;
            return {""};
        }
        Texts texts = alternatives();
        if (at_end() || pattern_[at_] != ')') return broken();
        ++at_;
        return texts;
    }

    Texts character_class() {
        const bool negated = !at_end() && pattern_[at_] == '^';
        const std::size_t close = pattern_.find(']', at_ + 1);
        if (close == std::string_view::npos) return broken();
        const std::string_view inside = pattern_.substr(at_, close - at_);
        at_ = close + 1;
        if (negated) return {inside.find('x') == std::string_view::npos ? "x" : "7"};
        std::size_t last = inside.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(inside[last]) & 0xc0) == 0x80) --last;
        std::size_t first = 1;
        while (first < inside.size() && (static_cast<unsigned char>(inside[first]) & 0xc0) == 0x80) ++first;
        return {std::string{inside.substr(0, first)}, std::string{inside.substr(last)}};
    }

    Texts repeated(Texts piece) {
        if (broken_ || at_end()) return piece;
        const char c = pattern_[at_];
        std::size_t times = 1;
        if (c == '?' || c == '*') {
            ++at_;
            piece.insert(piece.begin(), "");
        } else if (c == '+') {
            ++at_;
        } else if (c == '{') {
            const std::size_t close = pattern_.find('}', at_);
            if (close == std::string_view::npos) return broken();
            std::from_chars(pattern_.data() + at_ + 1, pattern_.data() + close, times);
            at_ = close + 1;
        }
        if (times > 64) return broken();
        for (std::string& each : piece) {
            std::string text;
            for (std::size_t i = 0; i < times; ++i) text += each;
            each = std::move(text);
        }
        return piece;
    }

    Texts broken() {
        broken_ = true;
        return {""};
    }

    std::string_view pattern_;
    std::size_t at_ = 0;
    bool broken_ = false;
};

}  // namespace

std::vector<std::string> pattern_samples(std::string_view pattern) {
    return Sampler{pattern}.all();
}

}  // namespace puente::rules
