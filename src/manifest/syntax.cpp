#include "manifest/syntax.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "manifest/fault_texts.hpp"
#include "manifest/json_token.hpp"
#include "manifest/utf8.hpp"

namespace puente::manifest {

namespace {

/// Reads JSON to its end or to the first byte that is not JSON.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_{text} {}

    std::optional<Said> first_fault() {
        do {
            if (!value()) return fault_;
            while (!open_.empty() && !wants_value_) {
                if (!after_value()) return fault_;
            }
        } while (!open_.empty());
        skip_blanks();
        if (at_ != text_.size()) return trailing_text(at_);
        return std::nullopt;
    }

private:
    bool fail(std::string_view en, std::string_view es) {
        if (!fault_) fault_ = not_json(at_, en, es);
        return false;
    }
    bool fail_here() {
        return at_ == text_.size() ? fail("it ends too early", "termina antes de tiempo") : fail("unexpected character", "carácter inesperado");
    }
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size()); }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    /// One value, or the beginning of an object or list up to where its first value is wanted.
    bool value() {
        wants_value_ = false;
        skip_blanks();
        switch (peek()) {
            case '{':
                return open('}');
            case '[':
                return open(']');
            case '"':
                return text();
            case 't':
                return literal("true");
            case 'f':
                return literal("false");
            case 'n':
                return literal("null");
            default:
                return number();
        }
    }

    bool open(char closing) {
        open_.push_back(closing);
        ++at_;
        skip_blanks();
        if (peek() == closing) return true;  // after_value closes it
        wants_value_ = true;
        return closing == ']' || name();
    }

    bool name() {
        skip_blanks();
        if (peek() != '"')
            return at_ == text_.size() ? fail_here() : fail("a name in double quotes is expected", "se espera un nombre entre comillas dobles");
        if (!text()) return false;
        skip_blanks();
        if (peek() != ':') return at_ == text_.size() ? fail_here() : fail("a colon is expected", "se esperan dos puntos");
        ++at_;
        return true;
    }

    bool after_value() {
        skip_blanks();
        if (peek() == open_.back()) {
            ++at_;
            open_.pop_back();
            return true;
        }
        if (peek() != ',')
            return at_ == text_.size() ? fail_here() : fail("a comma or the closing bracket is expected", "se espera una coma o el cierre");
        ++at_;
        wants_value_ = true;
        return open_.back() == ']' || name();
    }

    bool literal(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return fail_here();
        at_ += word.size();
        return true;
    }

    bool number() {
        const std::size_t end = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
        if (end == at_) return fail_here();
        if (number_form(text_.substr(at_, end - at_)) == NumberForm::broken) return fail("not a number of JSON", "no es un número de JSON");
        at_ = end;
        return true;
    }

    bool text() {
        const std::size_t first = ++at_;
        bool escaped = false;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (static_cast<unsigned char>(text_[at_]) < 0x20)
                return fail("a control character inside a text", "un carácter de control dentro de un texto");
            if (text_[at_] != '\\') continue;
            escaped = true;
            if (++at_ == text_.size()) break;
        }
        if (at_ >= text_.size()) return fail("a text without end", "un texto sin fin");
        std::string unescaped;
        if (escaped && unescape(text_.substr(first, at_ - first), unescaped) == TextState::bad_escape) {
            return fail("an unknown escape in the text before this place", "un escape desconocido en el texto antes de este lugar");
        }
        ++at_;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool wants_value_ = false;
    std::vector<char> open_;  ///< what closes the objects and lists that are open
    std::optional<Said> fault_;
};

}  // namespace

std::optional<Said> broken_at(std::string_view document) {
    if (document.substr(0, 3) == "\xef\xbb\xbf") return byte_order_mark();
    for (std::size_t at = 0; at < document.size();) {
        if (document[at] == '\0') return nul_byte(at);
        const std::size_t length = utf8_sequence(document, at);
        if (length == 0) return not_utf8(at);
        at += length;
    }
    if (document.find_first_not_of(" \t\n\r") == std::string_view::npos) return empty_document();
    return Scanner{document}.first_fault();
}

}  // namespace puente::manifest
