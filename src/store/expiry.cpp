#include "puente/store/expiry.hpp"

namespace puente::store {

namespace {

constexpr Statement forget_expired_answers_statement{"forget_expired_answers", "DELETE FROM puente.idempotency WHERE expires_at < now()"};

}  // namespace

Result<void> forget_expired_answers(Transaction& tx) {
    const Result<Rows> forgotten = tx.run(forget_expired_answers_statement);
    if (!forgotten) return forgotten.error();
    return {};
}

}  // namespace puente::store
