#include "puente/store/attachments.hpp"

#include "puente/inspection/attachment.hpp"
#include "puente/store/pool.hpp"
#include "store/leg_steps.hpp"

namespace puente::store {

namespace {

constexpr Statement own_attachments{"own_attachments",
                                    R"sql(SELECT count(*), count(*) FILTER (WHERE sha256 = $3), max(visibility) FILTER (WHERE sha256 = $3)
  FROM puente.attachment WHERE inspection_id = $1 AND agency = $2)sql"};

constexpr Statement keep_content{"keep_attachment_content",
                                 "INSERT INTO puente.attachment_content (agency, sha256, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};

constexpr Statement add_attachment{"add_attachment",
                                   R"sql(WITH added AS (
    INSERT INTO puente.attachment (inspection_id, agency, sha256, media_type, size, visibility) VALUES ($1, $2, $3, $4, $5, $6) RETURNING attachment_id, agency
)
INSERT INTO puente.authorship (record_id, agency, by_client) SELECT attachment_id, agency, $7 FROM added)sql"};

constexpr Statement list_attachments{"list_attachments",
                                     R"sql(SELECT a.agency, a.sha256, a.media_type, a.size, a.visibility, a.at, w.by_client
  FROM puente.attachment AS a LEFT JOIN puente.authorship AS w ON w.record_id = a.attachment_id
 WHERE a.inspection_id = $1 ORDER BY a.at, a.attachment_id)sql"};

// Both agencies may have attached the same bytes: the own ones are as good as any.
constexpr Statement read_content{
    "read_attachment_content",
    R"sql(SELECT a.media_type, c.content FROM puente.attachment AS a JOIN puente.attachment_content AS c USING (agency, sha256)
 WHERE a.inspection_id = $1 AND a.sha256 = $2 ORDER BY a.agency <> $3 LIMIT 1)sql"};

Attachment attachment_of(const Row& row) {
    return {
        row.text(0),    row.octets(1), row.text(2), row.int32(3), inspection::parse_visibility(row.text(4)).value_or(inspection::Visibility::agency),
        row.instant(5), row.text(6)};
}

/// What the leg has of it already: true when all is as asked for. Errors: conflict.
Result<bool> is_there(Transaction& tx, const LockedLeg& leg, const NewAttachment& attachment) {
    const Result<Rows> rows = tx.run(own_attachments, leg.inspection_id, leg.agency, Octets{attachment.sha256});
    if (!rows) return rows.error();
    const Row row = (*rows)[0];
    if (row.int64(1) > 0) {
        if (row.text(2) == inspection::to_text(attachment.visibility)) return true;
        return Error{ErrorKind::conflict, "the leg has this attachment with visibility " + row.text(2) + ", which stays"};
    }
    if (row.int64(0) >= static_cast<std::int64_t>(inspection::attachments_of_leg_max))
        return Error{ErrorKind::conflict, "the leg has 20 attachments, and no room for more"};
    return false;
}

Result<Attachment> find_own(Transaction& tx, const LockedLeg& leg, const std::string& sha256) {
    const Result<std::vector<Attachment>> all = find_attachments(tx, leg.inspection_id);
    if (!all) return all.error();
    for (const Attachment& each : *all) {
        if (each.agency == leg.agency && each.sha256 == sha256) return each;
    }
    return Error{ErrorKind::internal, "an attachment that was written is not there"};
}

}  // namespace

Result<Attached> attach(Transaction& tx, const Uuid& inspection_id, const NewAttachment& attachment, std::string_view content) {
    const Result<LockedLeg> leg = lock_own_leg(tx, inspection_id);
    if (!leg) return leg.error();
    if (leg->state == inspection::LegState::none) return Error{ErrorKind::conflict, "the agency has no part in this inspection; join it first"};
    const Result<bool> there = is_there(tx, *leg, attachment);
    if (!there) return there.error();
    if (!*there) {
        const auto size = static_cast<std::int32_t>(content.size());
        const Octets hash{attachment.sha256};
        if (const Result<Rows> kept = tx.run(keep_content, leg->agency, hash, Octets{content}); !kept) return kept.error();
        const Result<Rows> added = tx.run(add_attachment, inspection_id, leg->agency, hash, attachment.media_type, size,
                                          inspection::to_text(attachment.visibility), attachment.officer);
        if (!added) return added.error();
        if (attachment.visibility == inspection::Visibility::shared) {
            if (const Result<LegMove> told = tell_officers(tx, *leg, Happening{"attached", "OFFICERS"}); !told) return told.error();
        }
    }
    Result<Attachment> own = find_own(tx, *leg, attachment.sha256);
    if (!own) return own.error();
    return Attached{std::move(*own), !*there};
}

Result<std::vector<Attachment>> find_attachments(Transaction& tx, const Uuid& inspection_id) {
    const Result<Rows> rows = tx.run(list_attachments, inspection_id);
    if (!rows) return rows.error();
    std::vector<Attachment> all;
    for (std::size_t i = 0; i < rows->size(); ++i) all.push_back(attachment_of((*rows)[i]));
    return all;
}

Result<AttachmentContent> read_attachment(Transaction& tx, const Uuid& inspection_id, std::string_view sha256) {
    const Result<Rows> rows = tx.run(read_content, inspection_id, Octets{sha256}, tx.as().agency);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such attachment"};
    return AttachmentContent{(*rows)[0].text(0), (*rows)[0].octets(1)};
}

}  // namespace puente::store
