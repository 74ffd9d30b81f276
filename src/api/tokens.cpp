#include <algorithm>
#include <map>
#include <utility>

#include "api/form.hpp"
#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "puente/access/token.hpp"
#include "puente/clearance/grant.hpp"
#include "puente/crypto/base64url.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

net::Response json_response(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(body);
    return response;
}

/// An error of RFC 6749 section 5.2: its own form, which OAuth clients expect in place of a problem.
net::Response oauth_error(int status, std::string_view code, std::string_view description) {
    JsonText json;
    json.open_object().member("error", code).member("error_description", description).close_object();
    net::Response response = json_response(status, json.take());
    response.headers.add("Cache-Control", "no-store");
    if (status == 401) response.headers.add("WWW-Authenticate", "Basic realm=\"puente\"");
    return response;
}

/// Base64 (RFC 4648 section 4) in the letters of base64url, without its padding.
std::string url_alphabet(std::string_view base64) {
    std::string text{base64.substr(0, base64.find('='))};
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

/// Client id and secret out of `Authorization: Basic` (RFC 6749 2.3.1: both form-encoded, then base64).
bool read_basic(const net::Request& request, clearance::TokenRequest& token_request) {
    const std::optional<std::string_view> header = request.headers.find("Authorization");
    if (!header || !header->starts_with("Basic ") || header->size() > 1024) return false;
    const std::optional<std::string> decoded = crypto::from_base64url(url_alphabet(header->substr(6)));
    if (!decoded) return false;
    const std::size_t colon = decoded->find(':');
    if (colon == std::string::npos) return false;
    const std::optional<std::string> id = decode_form_text(decoded->substr(0, colon));
    const std::optional<std::string> secret = decode_form_text(decoded->substr(colon + 1));
    if (!id || !secret) return false;
    token_request.client_id = *id;
    token_request.secret = *secret;
    return true;
}

}  // namespace

asio::awaitable<net::Response> give_token(Visit& visit) {
    if (media_type_of(visit.request) != "application/x-www-form-urlencoded") {
        co_return problem("unsupported-media-type", visit.language, visit.request.request_id, "a token request is application/x-www-form-urlencoded");
    }
    const std::optional<std::map<std::string, std::string>> form = decode_form(visit.request.body);
    if (!form) co_return oauth_error(400, "invalid_request", "the form is malformed or has a parameter twice");
    const auto value = [&form](const char* name) {
        const auto found = form->find(name);
        return found == form->end() ? std::string{} : found->second;
    };
    if (value("grant_type") != "client_credentials") co_return oauth_error(400, "unsupported_grant_type", "grant_type is client_credentials");

    clearance::TokenRequest request;
    request.scope = value("scope");
    request.client_id = value("client_id");
    request.secret = value("client_secret");
    request.certificate_sha256 = visit.request.client_certificate_sha256;
    if (!value("client_assertion").empty()) {
        if (value("client_assertion_type") != assertion_type) co_return oauth_error(400, "invalid_request", "client_assertion_type is jwt-bearer");
        request.assertion = value("client_assertion");
    } else if (visit.request.headers.find("Authorization") && !read_basic(visit.request, request)) {
        co_return oauth_error(401, "invalid_client", "the Authorization header is not Basic");
    }
    const Result<clearance::Granted> granted = co_await clearance::grant(std::move(request), visit.counter.desk, visit.counter.clearance);
    if (!granted && granted.error().kind() == ErrorKind::unauthorized) co_return oauth_error(401, "invalid_client", granted.error().detail());
    if (!granted && granted.error().kind() == ErrorKind::forbidden) co_return oauth_error(400, "invalid_scope", granted.error().detail());
    if (!granted) co_return problem(granted.error(), visit.language, visit.request.request_id);

    JsonText json;
    json.open_object().member("access_token", granted->access_token).member("token_type", "Bearer").member("expires_in", std::int64_t{granted->lifetime.count()});
    json.member("scope", granted->scope).close_object();
    net::Response response = json_response(200, json.take());
    response.headers.add("Cache-Control", "no-store");
    co_return response;
}

asio::awaitable<net::Response> show_metadata(Visit& visit) {
    const std::string& url = visit.counter.settings.public_url;
    std::vector<std::string> methods{"private_key_jwt"};
    if (visit.counter.desk.secrets_allowed) methods.insert(methods.end(), {"client_secret_basic", "client_secret_post"});
    JsonText json;
    json.open_object().member("issuer", visit.counter.desk.issuer.issuer).member("token_endpoint", url + "/oauth2/token").member("jwks_uri", url + "/.well-known/jwks.json");
    json.texts("grant_types_supported", {"client_credentials"}).texts("response_types_supported", {}).texts("token_endpoint_auth_methods_supported", methods);
    json.texts("token_endpoint_auth_signing_alg_values_supported", {"ES256"}).member("tls_client_certificate_bound_access_tokens", true);
    json.texts("scopes_supported", {"manifest:write", "manifest:read", "status:read", "inspection:read", "inspection:work", "rules:read"});
    co_return json_response(200, json.close_object().take());
}

asio::awaitable<net::Response> show_keys(Visit& visit) {
    net::Response response = json_response(200, access::jwks(visit.counter.desk.issuer));
    response.headers.add("Cache-Control", "public, max-age=300");
    co_return response;
}

}  // namespace puente::api
