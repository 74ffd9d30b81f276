#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/inspection/visibility.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

/// A photo or document that belongs to a leg.
struct Attachment {
    std::string agency;
    std::string sha256;  ///< 32 octets
    std::string media_type;
    std::int32_t size = 0;  ///< octets
    inspection::Visibility visibility = inspection::Visibility::agency;
    Instant at;
    std::string by;  ///< client id; filled for officers of the same agency only
};

struct NewAttachment {
    std::string sha256;      ///< 32 octets: that of the content
    std::string media_type;  ///< what the content begins like
    inspection::Visibility visibility = inspection::Visibility::agency;
    std::string officer;  ///< client id
};

/// What became of an attachment.
struct Attached {
    Attachment attachment;
    bool is_new = true;  ///< false: the leg had it already, with the same visibility
};

/// Attaches content to the leg of the transaction's agency. The same bytes are kept once for each agency; what other agencies have is not looked at.
/// Errors: not_found (no such inspection); conflict (the agency has no leg in it, 20 attachments are there, or the same content with the other
/// visibility).
Result<Attached> attach(Transaction& tx, const Uuid& inspection_id, const NewAttachment& attachment, std::string_view content);
/// Those that the agency of the transaction may see, oldest first.
Result<std::vector<Attachment>> find_attachments(Transaction& tx, const Uuid& inspection_id);

struct AttachmentContent {
    std::string media_type;
    std::string bytes;
};

/// Errors: not_found, also for one that is there and not for this agency's eyes.
Result<AttachmentContent> read_attachment(Transaction& tx, const Uuid& inspection_id, std::string_view sha256);

}  // namespace puente::store
