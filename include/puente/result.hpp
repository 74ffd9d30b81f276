#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace puente {

/// What went wrong, as far as the caller has to know it in order to answer.
enum class ErrorKind : std::uint8_t {
    internal,      ///< a bug or a broken installation: 500
    malformed,     ///< the input is not in the expected form: 400
    unauthorized,  ///< who is asking is not known: 401
    forbidden,     ///< who is asking may not do this: 403
    not_found,     ///< no such thing, or not the caller's: 404
    conflict,      ///< the state of the record does not allow it: 409
    stale,         ///< the caller's version or fence is out of date: 412
    overloaded,    ///< not now: 503 with Retry-After
};

/// An expected failure. A class and not an aggregate, so that `return 1;` for a Result<int> stays unambiguous in g++ 12.
class Error {
public:
    Error() = default;
    Error(ErrorKind kind, std::string detail) : kind_{kind}, detail_{std::move(detail)} {}

    ErrorKind kind() const { return kind_; }
    /// One sentence for the person who reads the answer: names the place and the remedy, never an internal.
    const std::string& detail() const { return detail_; }

private:
    ErrorKind kind_ = ErrorKind::internal;
    std::string detail_;
};

/// Lets `Result<T>::value()` throw when nobody looked at the error first.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error{error.detail()};
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace puente
