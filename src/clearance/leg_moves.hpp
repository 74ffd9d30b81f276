#pragma once

#include <functional>

#include "puente/clearance/work_leg.hpp"

namespace puente::store {
class Transaction;
}

namespace puente::clearance {

using LegStep = std::function<Result<store::LegMove>(store::Transaction&)>;

/// Runs a step on a leg as the officer's agency and tells who waits; a refusal is explained.
boost::asio::awaitable<LegOutcome> move_leg(LegWork work, LegStep step, const access::Caller& officer, Clearance& clearance);

}  // namespace puente::clearance
