#pragma once

#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace puente::store {

/// Where a database thread puts its answer for a waiting coroutine. The first answer counts, the deadline's own included; the coroutine goes on
/// on its own executor, which must outlive the database threads' work for it.
template <class T>
class Answer {
public:
    Answer(const boost::asio::any_io_executor& executor, std::function<void(T)> resume) : timer_{executor}, resume_{std::move(resume)} {}

    void give(T value) {
        if (given_.exchange(true)) return;
        timer_.cancel();
        std::function<void(T)> resume = std::move(resume_);
        resume(std::move(value));
    }

    /// Whether it was given already, by the deadline say: nobody waits for it any more.
    bool is_given() const { return given_; }

    /// Must be called once, before any other thread knows of the answer.
    static void start(const std::shared_ptr<Answer>& answer, std::chrono::milliseconds deadline, T too_late) {
        answer->timer_.expires_after(deadline);
        answer->timer_.async_wait([answer, too_late = std::move(too_late)](const boost::system::error_code& cancelled) {
            if (!cancelled) answer->give(too_late);
        });
    }

private:
    boost::asio::steady_timer timer_;
    std::function<void(T)> resume_;
    std::atomic<bool> given_{false};
};

/// Hands a fresh Answer to `begin` (which passes it to a database thread) and waits for it, no longer than `deadline`.
template <class T, class Begin>
boost::asio::awaitable<T> answered(std::chrono::milliseconds deadline, T too_late, Begin begin) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    auto initiate = [executor, deadline, too_late, begin](auto handler) {
        const auto held = std::make_shared<decltype(handler)>(std::move(handler));
        const auto resume = [executor, held](T value) {
            boost::asio::post(executor, [held, value = std::move(value)]() mutable { std::move (*held)(std::move(value)); });
        };
        const auto answer = std::make_shared<Answer<T>>(executor, resume);
        Answer<T>::start(answer, deadline, too_late);
        begin(answer);
    };
    using boost::asio::use_awaitable;
    auto waiting = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(std::move(initiate), use_awaitable);
    co_return co_await std::move(waiting);
}

}  // namespace puente::store
