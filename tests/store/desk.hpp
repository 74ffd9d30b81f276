#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "puente/store/filing.hpp"
#include "puente/store/inspections.hpp"
#include "puente/store/pool.hpp"
#include "puente/store/transaction.hpp"
#include "puente/telemetry/metrics.hpp"
#include "store/cluster.hpp"

namespace puente::test {

/// A manifest that nobody looks at; every number gives another trip, key and manifest id.
store::Filing cleared_filing(int number);
/// One that both agencies want to inspect, with findings and factors of each.
store::Filing selected_filing(int number);

/// A database of its own, and what a gateway has to work with it.
class Desk : public testing::Test {
protected:
    Desk();
    ~Desk() override;

    store::DatabaseSettings settings() const;
    /// Made on first use, which must be on the test's own thread.
    store::FilingWriter& writer();
    store::Pool& pool();

    std::future<store::FilingOutcome> begin_filing(const store::Filing& filing);
    store::FilingOutcome file(const store::Filing& filing) { return begin_filing(filing).get(); }
    /// All at once; the outcomes in their order.
    std::vector<store::FilingOutcome> file_together(const std::vector<store::Filing>& filings);

    template <class T>
    Result<T> as(const store::As& as, std::function<Result<T>(store::Transaction&)> work) {
        auto waiting = pool().in_transaction<T>(as, std::move(work));
        return boost::asio::co_spawn(io_, std::move(waiting), boost::asio::use_future).get();
    }
    static store::As officer(const std::string& agency);
    static store::As broker(const std::string& company);
    static store::As carrier(const std::string& scac);

    std::string sql(const std::string& text, const std::string& user = "postgres") const { return cluster_.sql(database_, text, user); }

    Cluster& cluster_ = Cluster::shared();
    const std::string database_ = cluster_.new_database();
    telemetry::Metrics metrics_;
    boost::asio::io_context io_;

private:
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    std::vector<std::thread> threads_;
    std::unique_ptr<store::FilingWriter> writer_;
    std::unique_ptr<store::Pool> pool_;
};

/// Waits until something is so, at most `patience`.
bool soon(const std::function<bool()>& is_so, std::chrono::seconds patience = std::chrono::seconds{10});

}  // namespace puente::test
