#pragma once

#include <memory>

namespace puente::store {
class Pool;
}

namespace puente::clearance {

/// Looks every few seconds whether a leg is overdue or a contingency has run out, and tells it. Every gateway looks; each thing is told by one of
/// them.
class QueueWatch {
public:
    QueueWatch();
    ~QueueWatch();

    /// The pool must outlive stop().
    void begin(store::Pool& pool);
    void stop();

    struct Inside;

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::clearance
