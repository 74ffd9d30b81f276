#pragma once

#include <boost/asio/awaitable.hpp>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "puente/clearance/rule_desk.hpp"
#include "puente/result.hpp"
#include "puente/rules/bundle.hpp"

namespace puente::api {

/// A bundle of rules as it is served.
struct Bundle {
    std::string text;  ///< what `puente rules-bundle` writes, to the byte
    std::string etag;
};

/// Bundles made before, the one asked for last in front. Making one takes some hundredths of a second and a megabyte. Any thread.
class BundleShelf {
public:
    /// Null when it is not at hand.
    std::shared_ptr<const Bundle> find(const std::string& key);
    /// The one that has stood unasked for the longest goes when there are too many.
    void put(std::string key, std::shared_ptr<const Bundle> bundle);

private:
    std::mutex mutex_;
    std::list<std::pair<std::string, std::shared_ptr<const Bundle>>> bundles_;
};

/// A bundle from the shelf, or made on the desk's thread and put there. Errors: overloaded.
boost::asio::awaitable<Result<std::shared_ptr<const Bundle>>> bundle_of(rules::RuleSetName set, std::shared_ptr<const rules::Rulebook> rulebook,
                                                                        rules::BundleWishes wishes, std::shared_ptr<BundleShelf> shelf,
                                                                        clearance::RuleDesk& desk);

}  // namespace puente::api
