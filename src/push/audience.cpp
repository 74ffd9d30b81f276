#include "push/audience.hpp"

#include <algorithm>

namespace puente::push {

namespace {

/// A listener with so many events in its box is too slow and is let go: it comes back by its last place.
constexpr std::size_t box_max = 4'000;
/// Who catches up gets the next page when its box holds fewer.
constexpr std::size_t box_busy = 1'000;
constexpr std::size_t catch_up_step = 1'000;

bool is_after(const store::FeedPlace& place, const std::shared_ptr<const Told>& told) {
    return place < told->event.place;
}

void remove_from(std::unordered_map<std::string, std::unordered_set<Listener>>& groups, const std::string& key, const Listener& listener) {
    const auto group = groups.find(key);
    if (group == groups.end()) return;
    group->second.erase(listener);
    if (group->second.empty()) groups.erase(group);
}

}  // namespace

bool Interest::takes(const store::FeedEvent& event) const {
    // The same condition as the policy party_sees_its_own; an agency's events were chosen by its own role.
    const bool is_its_own = !agency.empty() || event.company == company || (!scac.empty() && event.carrier_key == scac);
    if (!is_its_own) return false;
    if (manifest_id && event.manifest_id != *manifest_id) return false;
    if (!port.empty() && event.us_port != port && event.mx_office != port && std::find(event.ports.begin(), event.ports.end(), port) == event.ports.end())
        return false;
    return kind.empty() || event.kind == kind;
}

bool Listening::Inside::put(const Events& events) {
    const std::lock_guard lock{mutex};
    if (is_over) return false;
    bool has_put = false;
    for (const std::shared_ptr<const Told>& told : events) {
        if (!is_after(looked_at, told)) continue;
        looked_at = told->event.place;
        if (!interest.takes(told->event)) continue;
        box.push_back(told);
        has_put = true;
    }
    if (box.size() <= box_max) return has_put;
    Events{}.swap(box);
    is_over = true;
    was_slow = true;
    return true;
}

void Listening::Inside::end() {
    {
        const std::lock_guard lock{mutex};
        is_over = true;
        Events{}.swap(box);
    }
    ring();
}

void Listening::Inside::ring() const {
    std::function<void()> rung;
    {
        const std::lock_guard lock{mutex};
        rung = bell;
    }
    if (rung) rung();
}

bool Listening::Inside::is_behind() const {
    const std::lock_guard lock{mutex};
    return box.size() >= box_busy;
}

store::FeedPlace Audience::reached() const {
    const std::lock_guard lock{reached_mutex_};
    return reached_;
}

std::size_t Audience::hand_out(const Events& events, store::FeedPlace reached) {
    std::vector<Listener> woken;
    {
        const std::lock_guard lock{mutex_};
        recent_.insert(recent_.end(), events.begin(), events.end());
        for (; recent_.size() > recent_max_; recent_.pop_front()) forgotten_ = recent_.front()->event.place;
        if (as_.kind == store::As::Kind::officer) {
            for (const Listener& listener : everybody_) {
                if (listener->put(events)) woken.push_back(listener);
            }
        } else {
            for (const auto& [listener, parcel] : parcels_of(events)) {
                if (listener->put(parcel)) woken.push_back(listener);
            }
        }
        // After the boxes: who reads this place and finds its box empty has everything up to it.
        const std::lock_guard place_lock{reached_mutex_};
        reached_ = reached;
    }
    for (const Listener& listener : woken) listener->ring();
    return woken.size();
}

/// Of the parties only those are looked at whose events these can be. One parcel for each, in order: a carrier may get some by its company, some by
/// its code.
std::unordered_map<Listener, Events> Audience::parcels_of(const Events& events) const {
    std::unordered_map<Listener, Events> parcels;
    for (const std::shared_ptr<const Told>& told : events) {
        for (const auto& [groups, key] : {
                 std::pair{&of_company_, &told->event.company    },
                 std::pair{&of_carrier_, &told->event.carrier_key}
        }) {
            const auto group = groups->find(*key);
            if (group == groups->end()) continue;
            for (const Listener& listener : group->second) {
                Events& parcel = parcels[listener];
                if (parcel.empty() || parcel.back() != told) parcel.push_back(told);
            }
        }
    }
    return parcels;
}

Audience::Caught Audience::catch_up(const Listener& listener) {
    Events missed;
    bool is_all = true;
    {
        const std::lock_guard lock{mutex_};
        store::FeedPlace from;
        {
            const std::lock_guard box_lock{listener->mutex};
            from = listener->looked_at;
        }
        if (from < forgotten_) return Caught::too_old;
        auto next = std::upper_bound(recent_.begin(), recent_.end(), from, is_after);
        for (; next != recent_.end() && missed.size() < catch_up_step; ++next) missed.push_back(*next);
        is_all = next == recent_.end();
        if (is_all) join(listener);
        listener->put(missed);
    }
    listener->ring();
    return is_all ? Caught::live : Caught::partly;
}

void Audience::join(const Listener& listener) {
    everybody_.insert(listener);
    const Interest& interest = listener->interest;
    if (interest.agency.empty()) of_company_[interest.company].insert(listener);
    if (interest.agency.empty() && !interest.scac.empty()) of_carrier_[interest.scac].insert(listener);
    const std::lock_guard box_lock{listener->mutex};
    listener->is_live = true;
}

void Audience::leave(const Listener& listener) {
    const std::lock_guard lock{mutex_};
    everybody_.erase(listener);
    remove_from(of_company_, listener->interest.company, listener);
    remove_from(of_carrier_, listener->interest.scac, listener);
}

bool Audience::has_listeners() const {
    const std::lock_guard lock{mutex_};
    return !everybody_.empty();
}

}  // namespace puente::push
