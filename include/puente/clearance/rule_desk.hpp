#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "puente/clearance/rules_in_force.hpp"
#include "puente/result.hpp"

namespace puente::store {
class Pool;
}

namespace puente::clearance {

/// Keeps the rules in force in step with the database, and does the long work of rules (loading, running examples) away from the I/O threads.
class RuleDesk {
public:
    /// `shipped` is what the rules folder holds: in force as long as the database has nothing else. `samples` is the folder that examples name.
    RuleDesk(RulesInForce& rules, std::shared_ptr<const RulesSnapshot> shipped, std::string samples);
    ~RuleDesk();
    RuleDesk(const RuleDesk&) = delete;
    RuleDesk& operator=(const RuleDesk&) = delete;

    /// Puts in force what the database says, and from then on follows it: at once when woken, within a second otherwise. `changed` is called
    /// after each swap. A version that does not load is told in the log and the rules before it stay. Errors: overloaded. Blocks until then.
    Result<void> follow(store::Pool& pool, std::function<void()> changed);
    /// Something about the rules in the database has changed. Any thread.
    void wake();
    /// The rules folder has been read again. Any thread.
    void replace_shipped(std::shared_ptr<const RulesSnapshot> shipped);
    /// Ends the threads after the work in hand. Those who wait for work are not answered any more.
    void stop();

    std::shared_ptr<const RulesSnapshot> shipped() const;
    /// What comes next of each set, as last heard from the database.
    ActivationOfSet next() const;
    const std::string& samples() const;

    /// Runs `work` on the desk's thread, one piece after another, and resumes the caller on its own executor. Errors: those of `work`;
    /// overloaded when too much is waiting.
    template <class T>
    boost::asio::awaitable<Result<T>> work(std::function<Result<T>()> work) {
        auto outcome = std::make_shared<Result<T>>(Error{ErrorKind::internal, "the work was not done"});
        const std::function<void()> job = [outcome, work = std::move(work)] { *outcome = work(); };
        const bool done = co_await perform(job);
        if (!done) co_return Error{ErrorKind::overloaded, "too many rule sets are being worked on; try again"};
        co_return std::move(*outcome);
    }

    /// Rules made from these sources before, by the versions of their sets; null when they are not remembered.
    std::shared_ptr<const RulesSnapshot> remembered(const std::string& key) const;
    void remember(const std::string& key, std::shared_ptr<const RulesSnapshot> snapshot);

    struct Inside;

private:
    boost::asio::awaitable<bool> perform(std::function<void()> job);
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::clearance
