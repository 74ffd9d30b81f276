#include "puente/inspection/open.hpp"

namespace puente::inspection {

Legs open_legs(const selection::Selection& selection) {
    Legs legs;
    for (std::size_t agency = 0; agency < legs.size(); ++agency) {
        const selection::Wish& wish = selection.wishes[agency];
        if (wish.review || wish.inspect) legs[agency].state = LegState::pending;
        if (wish.inspect) legs[agency].kind = LegKind::inspect;
    }
    return legs;
}

}  // namespace puente::inspection
