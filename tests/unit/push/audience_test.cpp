#include "push/audience.hpp"

#include <gtest/gtest.h>

namespace puente::push {

namespace {

std::shared_ptr<const Told> told(std::uint64_t number, const std::string& company, const std::string& carrier = "TSTA",
                                 const std::string& port = "2604") {
    auto made = std::make_shared<Told>();
    made->event.place = {number, static_cast<std::int64_t>(number)};
    made->event.company = company;
    made->event.carrier_key = carrier;
    made->event.us_port = port;
    made->event.kind = "filed";
    return made;
}

store::FeedPlace place(std::uint64_t number) {
    return {number, static_cast<std::int64_t>(number)};
}

store::As officer() {
    store::As as;
    as.kind = store::As::Kind::officer;
    as.agency = "CBP";
    return as;
}

struct AnAudience : testing::Test {
    Listener listener(Interest interest, std::uint64_t from = 0) {
        return std::make_shared<Listening::Inside>(std::move(interest), audience, place(from));
    }
    static Interest of_company(const std::string& company, const std::string& scac = "") {
        Interest interest;
        interest.company = company;
        interest.scac = scac;
        return interest;
    }
    static std::vector<std::uint64_t> numbers(const Listener& listener) {
        std::vector<std::uint64_t> list;
        for (const auto& each : listener->box) list.push_back(each->event.place.written_by);
        return list;
    }
    void hand_out(const Events& events) { audience->hand_out(events, events.back()->event.place); }

    using Numbers = std::vector<std::uint64_t>;
    using Caught = Audience::Caught;
    std::shared_ptr<Audience> audience = std::make_shared<Audience>(store::As::feed(), store::FeedPlace{}, 100);
};

}  // namespace

TEST_F(AnAudience, gives_each_party_its_own) {
    const Listener one = listener(of_company("one"));
    const Listener two = listener(of_company("two"));
    const Listener nobody = listener(Interest{});
    for (const Listener& each : {one, two, nobody}) EXPECT_EQ(audience->catch_up(each), Caught::live);
    hand_out({told(1, "one"), told(2, "two"), told(3, "one"), told(4, "", "")});
    EXPECT_EQ(numbers(one), (Numbers{1, 3}));
    EXPECT_EQ(numbers(two), (Numbers{2}));
    // Company names are never empty in the database; a party without one is a broken registration and the policy would show it nothing.
    EXPECT_EQ(audience->reached(), place(4));
}

TEST_F(AnAudience, gives_a_carrier_what_is_its_by_either_name_once_and_in_order) {
    const Listener carrier = listener(of_company("carrier", "TSTA"));
    audience->catch_up(carrier);
    hand_out(
        {told(1, "broker", "TSTA"), told(2, "carrier", "TSTB"), told(3, "carrier", "TSTA"), told(4, "broker", "TSTB"), told(5, "broker", "TSTA")});
    EXPECT_EQ(numbers(carrier), (Numbers{1, 2, 3, 5}));
}

TEST_F(AnAudience, takes_an_empty_code_for_no_code) {
    const Listener broker = listener(of_company("one", ""));
    audience->catch_up(broker);
    hand_out({told(1, "two", "")});
    EXPECT_EQ(numbers(broker), Numbers{});
}

TEST_F(AnAudience, gives_an_agency_everything_its_role_saw) {
    audience = std::make_shared<Audience>(officer(), store::FeedPlace{}, 100);
    Interest interest;
    interest.agency = "CBP";
    const Listener everything = listener(interest);
    interest.port = "2506";
    const Listener at_port = listener(interest);
    for (const Listener& each : {everything, at_port}) audience->catch_up(each);
    hand_out({told(1, "one"), told(2, "two", "X", "2506")});
    EXPECT_EQ(numbers(everything), (Numbers{1, 2}));
    EXPECT_EQ(numbers(at_port), (Numbers{2}));
}

TEST_F(AnAudience, finds_an_event_of_ports_by_each_of_them_and_by_no_manifest) {
    audience = std::make_shared<Audience>(officer(), store::FeedPlace{}, 100);
    Interest interest;
    interest.agency = "CBP";
    interest.port = "240";
    const Listener there = listener(interest);
    interest.port = "2506";
    const Listener elsewhere = listener(interest);
    interest.port.clear();
    interest.manifest_id = Uuid::parse("01a2000a-58d9-7f1d-bc8b-a38fe04208c4");
    const Listener of_a_manifest = listener(interest);
    for (const Listener& each : {there, elsewhere, of_a_manifest}) audience->catch_up(each);
    auto made = std::make_shared<Told>();
    made->event.place = place(1);
    made->event.ports = {"2304", "240", "800"};
    hand_out({made});
    EXPECT_EQ(numbers(there), Numbers{1});
    EXPECT_EQ(numbers(elsewhere), Numbers{});
    EXPECT_EQ(numbers(of_a_manifest), Numbers{});
}

TEST_F(AnAudience, gives_who_comes_back_what_was_missed_and_then_what_comes) {
    hand_out({told(1, "one"), told(2, "one"), told(3, "two"), told(4, "one")});
    const Listener back = listener(of_company("one"), 1);
    EXPECT_EQ(audience->catch_up(back), Caught::live);
    hand_out({told(5, "one")});
    EXPECT_EQ(numbers(back), (Numbers{2, 4, 5}));
}

TEST_F(AnAudience, does_not_repeat_to_one_who_is_ahead) {
    // Its last place comes from a gateway that had read further.
    hand_out({told(1, "one")});
    const Listener ahead = listener(of_company("one"), 3);
    EXPECT_EQ(audience->catch_up(ahead), Caught::live);
    hand_out({told(2, "one"), told(3, "one"), told(4, "one")});
    EXPECT_EQ(numbers(ahead), (Numbers{4}));
}

TEST_F(AnAudience, says_when_its_memory_does_not_go_back_so_far) {
    Events many;
    for (std::uint64_t i = 1; i <= 150; ++i) many.push_back(told(i, "one"));
    hand_out(many);
    EXPECT_EQ(audience->catch_up(listener(of_company("one"), 49)), Caught::too_old);
    const Listener just = listener(of_company("one"), 50);
    EXPECT_EQ(audience->catch_up(just), Caught::live);
    EXPECT_EQ(just->box.size(), 100u);
    EXPECT_EQ(just->box.front()->event.place, place(51));
}

TEST_F(AnAudience, gives_much_in_steps) {
    audience = std::make_shared<Audience>(store::As::feed(), store::FeedPlace{}, 10'000);
    Events many;
    for (std::uint64_t i = 1; i <= 2'500; ++i) many.push_back(told(i, "one"));
    hand_out(many);
    const Listener back = listener(of_company("one"));
    EXPECT_EQ(audience->catch_up(back), Caught::partly);
    EXPECT_EQ(audience->catch_up(back), Caught::partly);
    EXPECT_EQ(audience->catch_up(back), Caught::live);
    EXPECT_EQ(back->box.size(), 2'500u);
}

TEST_F(AnAudience, lets_go_of_who_does_not_take) {
    const Listener slow = listener(of_company("one"));
    const Listener other = listener(of_company("two"));
    int rings = 0;
    slow->bell = [&rings] { ++rings; };
    for (const Listener& each : {slow, other}) audience->catch_up(each);
    for (std::uint64_t i = 1; i <= 5'000; ++i) hand_out({told(i, i % 100 == 0 ? "two" : "one")});
    EXPECT_TRUE(slow->is_over);
    EXPECT_TRUE(slow->was_slow);
    EXPECT_TRUE(slow->box.empty()) << "what it did not take is not kept";
    EXPECT_GT(rings, 0);
    EXPECT_EQ(other->box.size(), 50u);
}

TEST_F(AnAudience, rings_only_for_whom_there_is_something) {
    const Listener one = listener(of_company("one"));
    const Listener two = listener(of_company("two"));
    int rings_of_two = 0;
    for (const Listener& each : {one, two}) audience->catch_up(each);
    two->bell = [&rings_of_two] { ++rings_of_two; };
    hand_out({told(1, "one")});
    EXPECT_EQ(rings_of_two, 0) << "when it is woken must not tell of what others do";
}

TEST_F(AnAudience, forgets_who_leaves) {
    const Listener one = listener(of_company("one", "TSTA"));
    audience->catch_up(one);
    EXPECT_TRUE(audience->has_listeners());
    audience->leave(one);
    EXPECT_FALSE(audience->has_listeners());
    hand_out({told(1, "one")});
    EXPECT_TRUE(one->box.empty());
}

}  // namespace puente::push
