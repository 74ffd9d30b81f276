#pragma once

#include <string_view>

#include "puente/result.hpp"

namespace puente::store {

/// What a SQLSTATE means to the caller. The only such table.
Error error_of(std::string_view sqlstate);

/// Whether the same transaction may succeed when it is run again: serialisation failure, deadlock.
bool is_retryable(std::string_view sqlstate);

/// Whether the values of one row are to blame, so that its neighbours may pass without it.
bool is_data_error(std::string_view sqlstate);

}  // namespace puente::store
