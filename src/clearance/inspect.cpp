#include "puente/clearance/inspect.hpp"

#include <functional>
#include <utility>

#include "puente/crypto/digest.hpp"
#include "puente/inspection/attachment.hpp"
#include "puente/inspection/found.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

constexpr std::size_t annotation_bytes_max = 4'000;

/// What is wrong with the bytes, before anything is asked of the database.
Result<void> check(const Upload& upload) {
    if (upload.content.empty()) return Error{ErrorKind::malformed, "an attachment is not empty"};
    if (upload.content.size() > inspection::attachment_bytes_max) return Error{ErrorKind::malformed, "an attachment has at most 8 MiB"};
    const std::optional<std::string_view> type = inspection::attachment_type(upload.content);
    if (!type) return Error{ErrorKind::malformed, "the bytes are none of image/jpeg, image/png, image/webp, application/pdf"};
    if (*type != upload.media_type) return Error{ErrorKind::malformed, "Content-Type: the bytes are " + std::string{*type}};
    if (crypto::sha256(upload.content) != upload.sha256) return Error{ErrorKind::malformed, "the bytes have another SHA-256 than the address says"};
    return {};
}

}  // namespace

asio::awaitable<Result<store::InspectionRecord>> read_inspection(Uuid inspection_id, const access::Caller& officer, Clearance& clearance) {
    const std::function<Result<store::InspectionRecord>(store::Transaction&)> find = [inspection_id](store::Transaction& tx) {
        return store::find_inspection(tx, inspection_id);
    };
    co_return co_await clearance.pool.in_transaction<store::InspectionRecord>(store::As::caller(officer), find);
}

asio::awaitable<Result<store::Annotation>> annotate(Uuid inspection_id, inspection::Visibility visibility, std::string text,
                                                    const access::Caller& officer, Clearance& clearance) {
    if (!inspection::says_something(text, annotation_bytes_max)) co_return Error{ErrorKind::malformed, "/text: 1 to 4000 bytes"};
    const store::NewAnnotation annotation{visibility, std::move(text), officer.client_id};
    const std::function<Result<store::Annotation>(store::Transaction&)> write = [inspection_id, annotation](store::Transaction& tx) {
        return store::annotate(tx, inspection_id, annotation);
    };
    co_return co_await clearance.pool.in_transaction<store::Annotation>(store::As::caller(officer), write);
}

asio::awaitable<Result<std::vector<store::Annotation>>> read_annotations(Uuid inspection_id, const access::Caller& officer, Clearance& clearance) {
    using All = std::vector<store::Annotation>;
    const std::function<Result<All>(store::Transaction&)> find = [inspection_id, own = *officer.agency,
                                                                  id = officer.client_id](store::Transaction& tx) -> Result<All> {
        const Result<store::LegPlace> there = store::find_leg(tx, inspection_id, own, id);
        if (!there) return there.error();
        return store::find_annotations(tx, inspection_id);
    };
    co_return co_await clearance.pool.in_transaction<All>(store::As::caller(officer), find);
}

asio::awaitable<Result<store::Attached>> attach(Upload upload, const access::Caller& officer, Clearance& clearance) {
    if (const Result<void> sound = check(upload); !sound) co_return sound.error();
    const store::NewAttachment attachment{upload.sha256, upload.media_type, upload.visibility, officer.client_id};
    const std::function<Result<store::Attached>(store::Transaction&)> write = [attachment, id = upload.inspection_id,
                                                                               content = std::move(upload.content)](store::Transaction& tx) {
        return store::attach(tx, id, attachment, content);
    };
    co_return co_await clearance.pool.in_transaction<store::Attached>(store::As::caller(officer), write);
}

asio::awaitable<Result<store::AttachmentContent>> read_attachment(Uuid inspection_id, std::string sha256, const access::Caller& officer,
                                                                  Clearance& clearance) {
    const std::function<Result<store::AttachmentContent>(store::Transaction&)> find =
        [inspection_id, sha256 = std::move(sha256)](store::Transaction& tx) { return store::read_attachment(tx, inspection_id, sha256); };
    co_return co_await clearance.pool.in_transaction<store::AttachmentContent>(store::As::caller(officer), find);
}

asio::awaitable<Result<std::vector<store::AgencyRecord>>> list_agencies(const access::Caller& officer, Clearance& clearance) {
    using All = std::vector<store::AgencyRecord>;
    const std::function<Result<All>(store::Transaction&)> find = [](store::Transaction& tx) { return store::list_agencies(tx); };
    co_return co_await clearance.pool.in_transaction<All>(store::As::caller(officer), find);
}

}  // namespace puente::clearance
