#include "api/bundle_shelf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "api/headers.hpp"
#include "puente/instant.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t bundles_max = 16;

/// All that a bundle is made of. The code lists are among the files of `shared`.
std::string key_of(rules::RuleSetName set, const rules::Rulebook& rulebook, const rules::BundleWishes& wishes) {
    return fmt::format("{} {} {} {} {}", to_text(set), rulebook.set(set).version, rulebook.set(rules::RuleSetName::shared).version,
                       wishes.day ? day_text(*wishes.day) : "", wishes.targeting);
}

}  // namespace

std::shared_ptr<const Bundle> BundleShelf::find(const std::string& key) {
    const std::lock_guard lock{mutex_};
    const auto place = std::find_if(bundles_.begin(), bundles_.end(), [&](const auto& each) { return each.first == key; });
    if (place == bundles_.end()) return nullptr;
    bundles_.splice(bundles_.begin(), bundles_, place);
    return place->second;
}

void BundleShelf::put(std::string key, std::shared_ptr<const Bundle> bundle) {
    const std::lock_guard lock{mutex_};
    bundles_.emplace_front(std::move(key), std::move(bundle));
    if (bundles_.size() > bundles_max) bundles_.pop_back();
}

asio::awaitable<Result<std::shared_ptr<const Bundle>>> bundle_of(rules::RuleSetName set, std::shared_ptr<const rules::Rulebook> rulebook,
                                                                 rules::BundleWishes wishes, std::shared_ptr<BundleShelf> shelf,
                                                                 clearance::RuleDesk& desk) {
    using Ready = std::shared_ptr<const Bundle>;
    std::string key = key_of(set, *rulebook, wishes);
    if (Ready known = shelf->find(key)) co_return known;
    const std::function<Result<Ready>()> make = [set, rulebook = std::move(rulebook), wishes, shelf, key = std::move(key)]() -> Result<Ready> {
        if (Ready known = shelf->find(key)) return known;  // several ask at once after a change: the first in line has made it
        auto made = std::make_shared<Bundle>();
        made->text = rules::make_bundle(*rulebook, set, wishes) + "\n";
        made->etag = etag_of_text(made->text);
        shelf->put(key, made);
        return Ready{std::move(made)};
    };
    co_return co_await desk.work<Ready>(make);
}

}  // namespace puente::api
