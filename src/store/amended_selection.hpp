#pragma once

#include "puente/store/filing.hpp"

namespace puente::store {

/// After an amendment whose facts differ: legs as they are now wanted, the place in the queue, the reasons. Opens an inspection when there is none
/// and somebody looks; closes it when nobody does any more.
Result<void> select_again(Transaction& tx, const Filing& filing, std::int32_t version);

}  // namespace puente::store
