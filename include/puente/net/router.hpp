#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/net/message.hpp"

namespace puente::net {

/// Answers one request. The request lives until the answer is given.
using Handler = std::function<boost::asio::awaitable<Response>(Request&)>;

/// A method and a path pattern such as "/v1/ports/{port}/inspections:claim". A {name} stands for one path segment or the part of it up to a ':'.
struct RoutePattern {
    Method method;
    std::string pattern;
    std::size_t index;  ///< position in the table it came from
};

/// Finds the route of a request. Immutable after construction; HEAD finds the GET route.
class Router {
public:
    /// Patterns of at most 16 segments; no two may answer the same method and path. The pattern that says most about a path takes it.
    explicit Router(std::vector<RoutePattern> patterns);
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    struct Match {
        bool found = false;
        std::size_t index = 0;
        std::vector<std::pair<std::string, std::string>> values;
        std::string allow;  ///< not found, but other methods are: the value of Allow (405); empty: no such path (404)
    };
    Match match(Method method, std::string_view path) const;

private:
    struct Route;
    std::vector<Route> routes_;
};

}  // namespace puente::net
