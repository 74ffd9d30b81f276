#include "puente/inspection/turn.hpp"

#include <algorithm>

namespace puente::inspection {

namespace {

bool goes_first(const Place& place, const Contingency& contingency) {
    return std::any_of(place.essential.begin(), place.essential.end(), [&](const std::string& each) {
        return std::find(contingency.classes.begin(), contingency.classes.end(), each) != contingency.classes.end();
    });
}

}  // namespace

Instant turn_of(const Place& place, const HeadStarts& head_starts, const Contingency* contingency) {
    // A load cannot be looked at before it is known nor before it comes.
    Instant turn = std::max(place.estimated_arrival, place.opened_at);
    if (place.trusted) turn -= head_starts.trusted;
    if (place.perishable) turn -= head_starts.perishable;
    if (contingency != nullptr && goes_first(place, *contingency)) turn -= head_starts.contingency;
    return turn;
}

}  // namespace puente::inspection
