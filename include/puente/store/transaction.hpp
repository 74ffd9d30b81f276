#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

/// One SQL statement. The name is prepared once on each connection, so it must be unique.
struct Statement {
    const char* name;
    const char* text;
};

/// Octets, to be bound as bytea.
struct Octets {
    std::string_view bytes;
};

/// A value bound to $1, $2 ... in PostgreSQL's binary format: nothing is escaped and nothing is cut at a NUL. Its type must be the one the
/// statement expects: text, uuid, timestamptz, integer (int32), bigint (int64), boolean, bytea.
class Parameter {
public:
    Parameter(std::string_view text) : wire_{text} {}
    Parameter(const std::string& text) : wire_{text} {}
    Parameter(const char* text) : wire_{text} {}
    Parameter(Octets octets) : wire_{octets.bytes} {}
    Parameter(const Uuid& uuid);
    Parameter(Instant instant);
    Parameter(std::int32_t number);
    Parameter(std::int64_t number);
    Parameter(bool yes);
    /// A value that may be missing is bound as an array of none or one: write ($1::uuid[])[1].
    Parameter(const std::optional<Uuid>& uuid);
    Parameter(const std::optional<Instant>& instant);
    /// Octets that are in the binary format already (arrays).
    static Parameter encoded(std::string wire);

    const std::string& wire() const { return wire_; }

private:
    Parameter() = default;
    std::string wire_;
};

class Rows;
struct As;

/// One row of an answer. Columns count from 0; reading one that is NULL gives an empty value. Lives no longer than its Rows.
class Row {
public:
    std::string text(int column) const;
    std::string octets(int column) const;
    Uuid uuid(int column) const;
    Instant instant(int column) const;
    std::int32_t int32(int column) const;
    std::int64_t int64(int column) const;
    bool boolean(int column) const;
    bool is_null(int column) const;
    std::optional<Instant> optional_instant(int column) const;

private:
    friend class Rows;
    Row(const Rows& rows, std::size_t index) : rows_{&rows}, index_{index} {}
    const Rows* rows_;
    std::size_t index_;
};

/// What a statement answered.
class Rows {
public:
    struct Inside;
    explicit Rows(std::shared_ptr<const Inside> inside) : inside_{std::move(inside)} {}

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// Rows touched by an INSERT, UPDATE or DELETE.
    std::size_t affected() const;
    Row operator[](std::size_t index) const { return Row{*this, index}; }
    const Inside& inside() const { return *inside_; }

private:
    std::shared_ptr<const Inside> inside_;
};

/// A transaction under way, under one role. A statement that fails ends it: every later one gives the same error and nothing is committed.
class Transaction {
public:
    struct Inside;
    explicit Transaction(Inside& inside) : inside_{&inside} {}

    /// Runs a statement. Errors: see src/store/sqlstate.
    template <class... Values>
    Result<Rows> run(const Statement& statement, const Values&... values) {
        const std::vector<Parameter> parameters{Parameter{values}...};
        return run_bound(statement, parameters);
    }
    Result<Rows> run_bound(const Statement& statement, const std::vector<Parameter>& parameters);
    /// Under whose eyes it runs.
    const As& as() const;

private:
    Inside* inside_;
};

}  // namespace puente::store
