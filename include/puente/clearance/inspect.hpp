#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/agencies.hpp"
#include "puente/store/inspection_records.hpp"
#include "puente/store/legs.hpp"

namespace puente::clearance {

/// The whole joint record of one inspection, as the officer's agency may see it. Errors: not_found.
boost::asio::awaitable<Result<store::InspectionRecord>> read_inspection(Uuid inspection_id, const access::Caller& officer, Clearance& clearance);

/// Adds to it. Errors: not_found; malformed (no text, or too much).
boost::asio::awaitable<Result<store::Annotation>> annotate(Uuid inspection_id, inspection::Visibility visibility, std::string text,
                                                           const access::Caller& officer, Clearance& clearance);
/// Errors: not_found.
boost::asio::awaitable<Result<std::vector<store::Annotation>>> read_annotations(Uuid inspection_id, const access::Caller& officer,
                                                                                Clearance& clearance);

/// A photo or document for the leg of the officer's agency, under the SHA-256 that it must have. Errors: malformed (another hash, no known type or
/// not the one that was said, empty or over 8 MiB); not_found; conflict (no part in the inspection, 20 are there, other visibility).
struct Upload {
    Uuid inspection_id;
    std::string sha256;      ///< 32 octets
    std::string media_type;  ///< as the sender says
    inspection::Visibility visibility = inspection::Visibility::agency;
    std::string content;
};
boost::asio::awaitable<Result<store::Attached>> attach(Upload upload, const access::Caller& officer, Clearance& clearance);
/// Errors: not_found.
boost::asio::awaitable<Result<store::AttachmentContent>> read_attachment(Uuid inspection_id, std::string sha256, const access::Caller& officer,
                                                                         Clearance& clearance);

/// Every agency that takes part.
boost::asio::awaitable<Result<std::vector<store::AgencyRecord>>> list_agencies(const access::Caller& officer, Clearance& clearance);

}  // namespace puente::clearance
