#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "puente/inspection/leg.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"

namespace puente::inspection {

/// A kind of thing that an officer can find at a load or in its papers. The list is closed, so that results can be counted and compared.
struct FoundKind {
    std::string_view code;  ///< "SEAL_BROKEN"
    std::string_view en;
    std::string_view es;
};

std::span<const FoundKind> found_kinds();
/// The kind with this code, or null.
const FoundKind* found_kind(std::string_view code);

/// One thing that was found.
struct Found {
    const FoundKind* kind = nullptr;
    std::string pointer;   ///< RFC 6901, into the manifest; may be empty
    std::string quantity;  ///< a decimal as text, in the unit of the place pointed to; may be empty
    std::string note;      ///< for officers of all agencies; may be empty
};

/// Why a load is held: a hold without reason, owner and due time is none.
struct Hold {
    std::string reason;  ///< for everyone who may see the manifest
    std::string owner;   ///< the desk, laboratory or office that answers for it; for officers
    Instant due;         ///< when it has to be looked at again; for everyone
};

/// What an officer decides about a leg.
struct Verdict {
    Decision decision = Decision::release;
    std::string note;  ///< for everyone who may see the manifest
    std::vector<Found> found;
    std::optional<Hold> hold;
};

constexpr std::size_t note_bytes_max = 2'000;
constexpr std::size_t found_max = 50;
constexpr std::chrono::days due_max{90};

/// Whether these words can be kept: 1 to `bytes_max` bytes and more than blanks.
bool says_something(std::string_view text, std::size_t bytes_max);
/// Whether a verdict is whole: a hold has reason, owner and a due time within 90 days from now; a refusal says why and what was found; "nothing
/// found" stands alone; pointers and quantities have their form. Malformed, naming the place, otherwise.
Result<void> check(const Verdict& verdict, Instant now);
Result<void> check(const Hold& hold, Instant now);

}  // namespace puente::inspection
