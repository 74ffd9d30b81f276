#include "puente/inspection/open.hpp"

namespace puente::inspection {

Legs open_legs(const selection::Selection& selection) {
    Legs legs;
    for (const identifiers::Agency agency : identifiers::agencies) {
        const selection::Wish& wish = selection.wishes[static_cast<std::size_t>(agency)];
        legs.push_back({agency, wish.review || wish.inspect ? LegState::pending : LegState::none, wish.inspect ? LegKind::inspect : LegKind::review});
    }
    return legs;
}

}  // namespace puente::inspection
