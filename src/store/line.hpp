#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace puente::store {

/// A bounded waiting line between many callers and a few database threads.
template <class Entry>
class Line {
public:
    explicit Line(std::size_t max) : max_{max} {}

    /// False when the line is full or closed.
    bool push(Entry entry) {
        {
            const std::lock_guard lock{mutex_};
            if (closed_ || entries_.size() >= max_) return false;
            entries_.push_back(std::move(entry));
        }
        arrived_.notify_one();
        return true;
    }

    /// Back to the front, whatever the length; nobody's turn is lost.
    void push_back_in_front(std::vector<Entry> entries) {
        const std::lock_guard lock{mutex_};
        entries_.insert(entries_.begin(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
        arrived_.notify_one();
    }

    /// Waits until there is something, or `patience` is over, or the line is closed. Takes up to `count` entries in order; one that `admit` refuses
    /// stays.
    template <class Admit>
    std::vector<Entry> take(std::size_t count, std::chrono::milliseconds patience, Admit admit) {
        std::unique_lock lock{mutex_};
        arrived_.wait_for(lock, patience, [this] { return closed_ || !entries_.empty(); });
        std::vector<Entry> taken;
        std::deque<Entry> left;
        while (!entries_.empty() && taken.size() < count) {
            Entry entry = std::move(entries_.front());
            entries_.pop_front();
            if (admit(entry)) {
                taken.push_back(std::move(entry));
            } else {
                left.push_back(std::move(entry));
            }
        }
        while (!left.empty()) {
            entries_.push_front(std::move(left.back()));
            left.pop_back();
        }
        return taken;
    }

    std::vector<Entry> drain() {
        const std::lock_guard lock{mutex_};
        std::vector<Entry> all(std::make_move_iterator(entries_.begin()), std::make_move_iterator(entries_.end()));
        entries_.clear();
        return all;
    }

    void close() {
        {
            const std::lock_guard lock{mutex_};
            closed_ = true;
        }
        arrived_.notify_all();
        shut_.notify_all();
    }

    bool closed() const {
        const std::lock_guard lock{mutex_};
        return closed_;
    }

    /// Sleeps, but no longer than until the line is closed.
    void pause(std::chrono::milliseconds time) {
        std::unique_lock lock{mutex_};
        shut_.wait_for(lock, time, [this] { return closed_; });
    }

    std::size_t size() const {
        const std::lock_guard lock{mutex_};
        return entries_.size();
    }

private:
    const std::size_t max_;
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::condition_variable shut_;
    std::deque<Entry> entries_;
    bool closed_ = false;
};

}  // namespace puente::store
