#pragma once

#include <functional>
#include <memory>
#include <string>

namespace puente::store {

/// What another gateway, or this one, tells about a change.
struct Notice {
    std::string channel;  ///< "manifest_changed", "client_changed", "rules_changed"
    std::string payload;  ///< manifest id, client id or name of a rule set
};

/// A connection of its own that LISTENs. A notice is a hint: readers poll as well.
class Listener {
public:
    /// `heard` is called on the listening thread. `up` is called with true when listening begins and with false when the connection is lost: between the two, notices may have been missed.
    Listener(std::string url, std::function<void(const Notice&)> heard, std::function<void(bool)> up);
    ~Listener();
    void stop();

    struct Inside;

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::store
