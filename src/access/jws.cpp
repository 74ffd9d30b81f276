#include "access/jws.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "puente/crypto/base64url.hpp"

namespace puente::access {

namespace {

constexpr std::size_t token_characters_max = 8192;
constexpr std::size_t identifier_characters_max = 256;
constexpr std::size_t depth_max = 4;
constexpr std::size_t names_max = 64;
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z

struct Parts {
    std::string_view signed_text;  ///< header and claims as they were signed
    std::string header;
    std::string claims;
    std::string signature;
};

Result<Parts> split(std::string_view token);
Result<nlohmann::json> read_object(std::string_view octets, const char* part);
std::optional<std::string> wrong_in_header(const nlohmann::json& header, const HeaderNeeds& needs);

}  // namespace

Error refused(std::string reason) {
    return Error{ErrorKind::unauthorized, std::move(reason)};
}

Result<nlohmann::json> verified_claims(std::string_view token, const crypto::Key& key, const HeaderNeeds& needs) {
    const Result<Parts> parts = split(token);
    if (!parts) return parts.error();
    const Result<nlohmann::json> header = read_object(parts->header, "header");
    if (!header) return header.error();
    if (std::optional<std::string> wrong = wrong_in_header(*header, needs)) return refused(std::move(*wrong));
    if (!key.verify(parts->signed_text, parts->signature)) return refused("the signature is not that of the key");
    return read_object(parts->claims, "claims");
}

Result<nlohmann::json> unverified_claims(std::string_view token) {
    const Result<Parts> parts = split(token);
    if (!parts) return parts.error();
    return read_object(parts->claims, "claims");
}

std::string signed_token(const nlohmann::json& header, const nlohmann::json& claims, const crypto::Key& key) {
    const auto part = [](const nlohmann::json& json) {
        return crypto::base64url(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    };
    std::string token = part(header) + '.' + part(claims);
    const std::string signature = key.sign(token);
    return token + '.' + crypto::base64url(signature);
}

std::optional<std::string> identifier_claim(const nlohmann::json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_string()) return std::nullopt;
    const auto& text = found->get_ref<const std::string&>();
    const bool visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (text.empty() || text.size() > identifier_characters_max || !visible) return std::nullopt;
    return text;
}

std::optional<Instant> time_claim(const nlohmann::json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
    // An integer past 2^63 is unsigned: compared as such before it is turned into seconds.
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(last_second)) return std::nullopt;
    const auto seconds = found->get<std::int64_t>();
    if (seconds < 0 || seconds > last_second) return std::nullopt;
    return Instant{std::chrono::seconds{seconds}};
}

namespace {

Result<Parts> split(std::string_view token) {
    if (token.size() > token_characters_max) return refused("longer than 8192 characters");
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return refused("not three parts");
    std::optional<std::string> header = crypto::from_base64url(token.substr(0, first));
    std::optional<std::string> claims = crypto::from_base64url(token.substr(first + 1, second - first - 1));
    std::optional<std::string> signature = crypto::from_base64url(token.substr(second + 1));
    if (!header || !claims || !signature) return refused("a part is not base64url");
    return Parts{token.substr(0, second), std::move(*header), std::move(*claims), std::move(*signature)};
}

/// Says no to names that come twice in one object (RFC 7519 4 asks for it: two readers could take different ones), to deep nesting and to many names.
class StrictNames : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override { return ++count_ <= names_max && names_.back().insert(name).second; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    bool open() {
        names_.emplace_back();
        return names_.size() <= depth_max;
    }
    bool close() {
        names_.pop_back();
        return true;
    }

    std::vector<std::set<std::string>> names_;
    std::size_t count_ = 0;
};

Result<nlohmann::json> read_object(std::string_view octets, const char* part) {
    // The parser would take a NUL for the end and skip a byte order mark.
    const bool plain = octets.find('\0') == std::string_view::npos && octets.substr(0, 3) != "\xef\xbb\xbf";
    StrictNames strict;
    if (!plain || !nlohmann::json::sax_parse(octets, &strict)) return refused(std::string{part} + ": not JSON with unique names and little nesting");
    nlohmann::json object = nlohmann::json::parse(octets, nullptr, false);
    if (!object.is_object()) return refused(std::string{part} + ": not an object");
    return object;
}

/// The text of a member; empty when it is absent or not a text.
std::string_view text_of(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return {};
    return found->get_ref<const std::string&>();
}

std::optional<std::string> wrong_in_header(const nlohmann::json& header, const HeaderNeeds& needs) {
    if (text_of(header, "alg") != "ES256") return "alg is not ES256";
    const std::string_view type = text_of(header, "typ");
    const bool type_known = std::find(needs.types.begin(), needs.types.end(), type) != needs.types.end();
    if (!type_known && !(needs.type_may_be_absent && !header.contains("typ"))) return "typ is not that of this kind of token";
    if (header.contains("crit")) return "crit is not understood";
    if (!needs.kid.empty() && text_of(header, "kid") != needs.kid) return "kid is not a key of this issuer";
    return std::nullopt;
}

}  // namespace

}  // namespace puente::access
