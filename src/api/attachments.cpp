#include <utility>

#include "api/headers.hpp"
#include "api/inspection_answers.hpp"
#include "api/problem.hpp"
#include "puente/clearance/inspect.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/inspection/attachment.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t sha256_digits = 64;

/// The {sha256} of the address, 64 small hexadecimal digits, as 32 octets. Errors: not_found.
Result<std::string> hash_of(const Visit& visit) {
    const std::string_view digits = visit.request.path_value("sha256");
    const bool small_hex = digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (digits.size() != sha256_digits || !small_hex)
        return Error{ErrorKind::not_found, "an attachment is known by its SHA-256, 64 small hexadecimal digits"};
    const auto value = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
    std::string octets;
    for (std::size_t i = 0; i < digits.size(); i += 2) octets += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
    return octets;
}

}  // namespace

asio::awaitable<net::Response> put_attachment(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<std::string> hash = hash_of(visit);
    if (!hash) co_return failed(hash.error(), visit);
    const std::optional<inspection::Visibility> visibility = inspection::parse_visibility(visit.request.query_value("visibility").value_or(""));
    if (!visibility) co_return failed(Error{ErrorKind::malformed, "'visibility' in the query: SHARED or AGENCY is required"}, visit);
    std::string media_type = media_type_of(visit.request);
    if (inspection::attachment_ending(media_type).empty()) {
        co_return problem("unsupported-media-type", visit.language, visit.request.request_id,
                          "an attachment is image/jpeg, image/png, image/webp or application/pdf");
    }
    if (visit.request.body.size() > inspection::attachment_bytes_max) {
        co_return problem("too-large", visit.language, visit.request.request_id, "an attachment has at most 8 MiB");
    }
    clearance::Upload upload{*id, *hash, std::move(media_type), *visibility, std::move(visit.request.body)};
    const Result<store::Attached> attached = co_await clearance::attach(std::move(upload), visit.caller, visit.counter.clearance);
    if (!attached) co_return failed(attached.error(), visit);
    const store::Attachment& kept = attached->attachment;
    JsonText json;
    json.open_object()
        .member("agency", kept.agency)
        .member("sha256", crypto::hex(kept.sha256))
        .member("mediaType", kept.media_type)
        .member("size", std::int64_t{kept.size});
    json.member("visibility", to_text(kept.visibility)).member("at", to_text(kept.at)).member_if("by", kept.by);
    json.member("href", visit.request.path).close_object();
    co_return json_answer(json.take(), attached->is_new ? 201 : 200);
}

asio::awaitable<net::Response> show_attachment(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<std::string> hash = hash_of(visit);
    if (!hash) co_return failed(hash.error(), visit);
    Result<store::AttachmentContent> content = co_await clearance::read_attachment(*id, *hash, visit.caller, visit.counter.clearance);
    if (!content) co_return failed(content.error(), visit);
    // Whatever the bytes are, a browser must neither guess nor run them.
    net::Response response;
    response.content_type = content->media_type;
    response.body = std::move(content->bytes);
    const std::string name = crypto::hex(*hash).substr(0, 16) + std::string{inspection::attachment_ending(content->media_type)};
    response.headers.add("Content-Disposition", "attachment; filename=\"" + name + "\"");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Content-Security-Policy", "default-src 'none'; sandbox");
    response.headers.add("Cache-Control", "private, no-store");
    co_return response;
}

}  // namespace puente::api
