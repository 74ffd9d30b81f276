#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>

#include "net/session.hpp"
#include "unit/net/loopback.hpp"

using namespace puente::net;
using namespace std::chrono_literals;

namespace {

std::size_t in_flight(TestServer& house) {
    return house.server().counts().requests_in_flight;
}

}  // namespace

TEST(SlowClient, is_cut_while_its_header_dribbles) {
    Limits limits;
    limits.header_time = 200ms;
    TestServer house{limits};
    TestClient client{house.port()};
    const auto start = std::chrono::steady_clock::now();
    client.send("GET / HTTP/1.1\r\n");
    const std::future<void> dribble = std::async(std::launch::async, [&client] {
        for (int i = 0; i < 20 && client.send("A: b\r\n"); ++i) std::this_thread::sleep_for(10ms);
    });
    dribble.wait();
    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.is_closed());
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST(SlowClient, is_cut_while_its_body_dribbles) {
    Limits limits;
    limits.body_time = 200ms;
    TestServer house{limits};
    TestClient client{house.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.is_closed());
}

TEST(SlowClient, has_to_send_a_kilobyte_a_second_after_five_seconds) {
    EXPECT_FALSE(too_slow(4999ms, 0));
    EXPECT_TRUE(too_slow(5000ms, 4999));
    EXPECT_FALSE(too_slow(5000ms, 5000));
    EXPECT_TRUE(too_slow(20s, 19'999));
    EXPECT_FALSE(too_slow(20s, 20'000));
}

TEST(SlowClient, is_closed_without_an_answer_when_idle) {
    Limits limits;
    limits.idle_time = 150ms;
    TestServer house{limits};
    TestClient client{house.port()};
    EXPECT_EQ(client.ask(get("/hello")).status, 200);
    EXPECT_TRUE(client.is_closed());
    EXPECT_TRUE(within(2s, [&] { return house.server().counts().connections == 0; }));
}

TEST(SlowClient, that_never_reads_is_cut) {
    Limits limits;
    limits.write_time = 200ms;
    TestServer house{limits};
    TestClient client{house.port()};
    std::string requests;
    for (int i = 0; i < 50; ++i) requests += get("/big");
    client.send(requests);
    EXPECT_TRUE(within(4s, [&] { return house.server().counts().connections == 0; }));
}

TEST(SlowClient, that_leaves_in_the_middle_of_a_body_is_forgotten) {
    TestServer house;
    TestClient client{house.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
    client.hang_up();
    EXPECT_TRUE(within(2s, [&] { return house.server().counts().connections == 0; }));
    EXPECT_TRUE(house.application.statuses().empty());
}

TEST(Overload, is_answered_with_retry_after_and_keeps_the_connection) {
    Limits limits;
    limits.requests_in_flight_max = 1;
    TestServer house{limits};
    TestClient busy{house.port()};
    busy.send(get("/slow"));
    ASSERT_TRUE(within(2s, [&] { return in_flight(house) == 1; }));
    TestClient client{house.port()};
    const Answer shed = client.ask(post("/echo", "body"));
    EXPECT_EQ(shed.status, 503);
    EXPECT_EQ(shed.field("Retry-After"), "1");
    EXPECT_EQ(busy.receive().status, 200);
    EXPECT_EQ(client.ask(post("/echo", "body")).body, "body");
    EXPECT_EQ(house.server().counts().requests_shed, 1u);
    EXPECT_EQ(in_flight(house), 0u);
}

TEST(Overload, of_bodies_is_refused_while_they_come) {
    Limits limits;
    limits.bodies_bytes_max = 200'000;
    TestServer house{limits};
    TestClient client{house.port()};
    EXPECT_EQ(client.ask(post("/echo", std::string(150'000, 'x'))).status, 200);
    EXPECT_EQ(client.ask(post("/echo", std::string(150'000, 'x'))).status, 200);
    const Answer answer = client.ask(post("/echo", std::string(300'000, 'x')));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "1");
}

TEST(Overload, of_connections_of_one_address_is_closed_at_once) {
    Limits limits;
    limits.connections_per_address_max = 1;
    TestServer house{limits};
    TestClient first{house.port()};
    TestClient second{house.port()};
    EXPECT_TRUE(first.connected());
    EXPECT_FALSE(second.connected());
    EXPECT_EQ(house.server().counts().connections_refused, 1u);
}

TEST(Overload, of_connections_waits_for_a_place) {
    Limits limits;
    limits.connections_max = 1;
    TestServer house{limits};
    auto first = std::make_unique<TestClient>(house.port());
    ASSERT_TRUE(first->connected());
    std::future<bool> second = std::async(std::launch::async, [&house] { return TestClient{house.port()}.connected(); });
    EXPECT_EQ(second.wait_for(200ms), std::future_status::timeout);
    first.reset();
    EXPECT_TRUE(second.get());
}

TEST(Stop, lets_the_request_in_flight_finish) {
    TestServer house;
    TestClient busy{house.port()};
    TestClient idle{house.port()};
    EXPECT_EQ(idle.ask(get("/hello")).status, 200);
    busy.send(get("/slow"));
    ASSERT_TRUE(within(2s, [&] { return in_flight(house) == 1; }));
    const auto start = std::chrono::steady_clock::now();
    std::future<void> stopped = std::async(std::launch::async, [&house] { house.stop(10s); });
    EXPECT_TRUE(idle.is_closed());
    EXPECT_EQ(in_flight(house), 1u);
    const Answer answer = busy.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(busy.is_closed());
    stopped.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
    EXPECT_FALSE(TestClient{house.port()}.connected());
}

TEST(Stop, still_answers_a_busy_client_once) {
    TestServer house;
    TestClient client{house.port()};
    EXPECT_EQ(client.ask(get("/hello")).field("Connection"), "(none)");
    house.server().stop(5s);
    EXPECT_EQ(client.ask(get("/hello")).field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
}

TEST(Stop, cuts_what_does_not_finish) {
    TestServer house;
    TestClient client{house.port()};
    client.send(get("/forever"));
    ASSERT_TRUE(within(2s, [&] { return in_flight(house) == 1; }));
    const auto start = std::chrono::steady_clock::now();
    house.stop(200ms);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1500ms);
    EXPECT_EQ(house.server().counts().connections, 0u);
    EXPECT_EQ(in_flight(house), 0u);
    EXPECT_EQ(client.receive().status, 0);
}

TEST(Stop, of_a_server_that_never_ran_is_harmless) {
    TestServer house;
    house.stop(0ms);
    house.server().stop(0ms);
}
