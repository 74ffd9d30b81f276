// Neither agency waits for the other: what one has locked of its own is in nobody's way. A call that waited would end with an error, by the lock
// timeout.
#include <gtest/gtest.h>

#include "puente/crypto/digest.hpp"
#include "puente/store/inspection_records.hpp"
#include "store/leg_desk.hpp"

namespace puente::test {

namespace {

using inspection::Decision;
using inspection::Visibility;

constexpr store::Statement lock_all{"test_locks_all", R"sql(SELECT 1 FROM puente.inspection_leg WHERE agency = $1 FOR UPDATE)sql"};

class Independence : public LegDesk {
protected:
    /// Does that while another transaction holds locks on every leg of an agency.
    void while_locked(const store::As& locker, const std::function<void()>& meanwhile) {
        pool();
        std::promise<std::size_t> locked;
        std::promise<void> over;
        std::shared_future<void> may_end = over.get_future().share();
        std::thread other{[&] {
            const std::function<Result<int>(Tx&)> hold = [&](Tx& tx) -> Result<int> {
                const Result<store::Rows> rows = tx.run(lock_all, locker.agency);
                locked.set_value(rows ? rows->size() : 0);
                may_end.wait();
                return 0;
            };
            EXPECT_TRUE(as<int>(locker, hold));
        }};
        EXPECT_EQ(locked.get_future().get(), 3u);
        meanwhile();
        over.set_value();
        other.join();
    }
    void attach(const store::As& who, const Uuid& id) {
        const std::string bytes = "%PDF-of " + who.agency;
        const std::function<Result<store::Attached>(Tx&)> write = [&](Tx& tx) {
            return store::attach(tx, id, {crypto::sha256(bytes), "application/pdf", Visibility::shared, "ann"}, bytes);
        };
        const Result<store::Attached> attached = as<store::Attached>(who, write);
        EXPECT_TRUE(attached) << attached.error().detail();
    }
    /// Everything that an officer does with a leg.
    void work(const store::As& who) {
        const Claimed given_back = claim(who, "ann");
        ASSERT_TRUE(given_back) << given_back.error().detail();
        const Moved back = give_back(who, "ann", *given_back);
        ASSERT_TRUE(back) << back.error().detail();
        for (const Decision decision : {Decision::release, Decision::hold, Decision::refuse}) {
            const Claimed held = claim(who, "ann");
            ASSERT_TRUE(held) << held.error().detail();
            const Uuid id = held->inspection_id;
            const std::function<Result<Instant>(Tx&)> renew = [&](Tx& tx) {
                return store::extend_claim(tx, id, code_of(who), "ann", held->fence, std::chrono::seconds{60});
            };
            EXPECT_TRUE(as<Instant>(who, renew));
            EXPECT_TRUE(annotate(who, id, Visibility::agency, "for us"));
            attach(who, id);
            const Moved started = start(who, "ann", *held);
            ASSERT_TRUE(started) << started.error().detail();
            const Moved decided = decide(who, "ann", *held, decision);
            ASSERT_TRUE(decided) << decided.error().detail();
            if (decision == Decision::release) {
                const Moved taken_back = rehold(who, id, held->fence);
                EXPECT_TRUE(taken_back) << taken_back.error().detail();
            }
            const std::function<Result<store::InspectionRecord>(Tx&)> read = [&](Tx& tx) { return store::find_inspection(tx, id); };
            EXPECT_TRUE(as<store::InspectionRecord>(who, read));
        }
    }
};

TEST_F(Independence, each_agency_works_the_loads_whose_other_leg_is_locked) {
    for (int i = 1; i <= 3; ++i) ASSERT_EQ(file(selected_filing(i)).kind, store::FilingOutcome::Kind::filed);
    while_locked(sat_, [&] { work(cbp_); });
    while_locked(cbp_, [&] { work(sat_); });
    EXPECT_EQ(sql("SELECT agency, string_agg(state, ' ' ORDER BY state) FROM puente.inspection_leg GROUP BY 1 ORDER BY 1"),
              "CBP|HELD HELD REFUSED\nSAT|HELD HELD REFUSED");
}

}  // namespace

}  // namespace puente::test
