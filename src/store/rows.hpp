#pragma once

#include <pqxx/result>
#include <utility>

#include "puente/store/transaction.hpp"

namespace puente::store {

struct Rows::Inside {
    explicit Inside(pqxx::result answer) : result{std::move(answer)} {}
    pqxx::result result;
};

}  // namespace puente::store
