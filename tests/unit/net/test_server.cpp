#include <gtest/gtest.h>

#include "unit/net/loopback.hpp"

using namespace puente::net;
using namespace std::chrono_literals;

TEST(Connection, serves_many_requests_and_labels_each) {
    TestServer house;
    TestClient client{house.port()};
    const Answer first = client.ask(get("/hello"));
    const Answer second = client.ask(get("/hello"));
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.body, "hello");
    EXPECT_EQ(first.field("Content-Type"), "text/plain");
    EXPECT_EQ(first.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(first.field("Strict-Transport-Security"), "max-age=63072000");
    EXPECT_EQ(first.field("Connection"), "(none)");
    EXPECT_EQ(first.field("Date").size(), std::string_view{"Sun, 06 Nov 1994 08:49:37 GMT"}.size());
    EXPECT_EQ(first.field("Puente-Request-Id").size(), 36u);
    EXPECT_NE(first.field("Puente-Request-Id"), second.field("Puente-Request-Id"));
    EXPECT_EQ(house.server().counts().connections, 1u);
}

TEST(Connection, answers_pipelined_requests_in_order) {
    TestServer house;
    TestClient client{house.port()};
    client.send(post("/echo", "one") + get("/slow") + post("/echo", "three") + get("/hello"));
    EXPECT_EQ(client.receive().body, "one");
    EXPECT_EQ(client.receive().body, "hello");
    EXPECT_EQ(client.receive().body, "three");
    EXPECT_EQ(client.receive().body, "hello");
}

TEST(Connection, reads_a_head_that_comes_byte_by_byte) {
    TestServer house;
    TestClient client{house.port()};
    for (const char byte : post("/echo", "slowly")) client.send(std::string_view{&byte, 1});
    EXPECT_EQ(client.receive().body, "slowly");
}

TEST(Connection, carries_large_bodies_both_ways) {
    TestServer house;
    TestClient client{house.port()};
    const std::string body(3'000'000, 'x');
    EXPECT_EQ(client.ask(post("/echo", body)).body, body);
    EXPECT_EQ(client.ask(get("/big")).body, std::string(1'000'000, 'b'));
    EXPECT_EQ(client.ask(post("/echo", "small")).body, "small");
}

TEST(Connection, gives_head_without_body) {
    TestServer house;
    TestClient client{house.port()};
    client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const Answer answer = client.receive(false);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Length"), "5");
    EXPECT_EQ(client.ask(get("/hello")).status, 200);
}

TEST(Connection, ends_when_the_client_asks_for_it) {
    TestServer house;
    for (const std::string& request : {get("/hello", "Connection: close\r\n"), std::string{"GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n"}}) {
        TestClient client{house.port()};
        const Answer answer = client.ask(request);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(Connection, ends_after_its_last_allowed_request) {
    Limits limits;
    limits.requests_per_connection_max = 2;
    TestServer house{limits};
    TestClient client{house.port()};
    EXPECT_EQ(client.ask(get("/hello")).field("Connection"), "(none)");
    EXPECT_EQ(client.ask(get("/hello")).field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
}

TEST(Connection, sends_continue_before_a_body_it_wants) {
    TestServer house;
    TestClient client{house.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);
    EXPECT_EQ(client.ask("body").body, "body");
}

TEST(Connection, takes_a_request_without_a_length_for_one_without_a_body) {
    TestServer house;
    TestClient client{house.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client.receive().body, "");
    EXPECT_EQ(client.receive().body, "hello") << "what follows is the next request";
}

TEST(Connection, refuses_a_body_before_it_comes) {
    TestServer house;
    TestClient client{house.port()};
    const Answer answer = client.ask("POST /private HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
}

TEST(Connection, survives_a_handler_that_throws) {
    TestServer house;
    TestClient client{house.port()};
    const Answer answer = client.ask(get("/throw"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body.find("planned"), std::string::npos);
    EXPECT_EQ(client.ask(get("/hello")).status, 200);
    const std::vector<int> both{500, 200};
    EXPECT_TRUE(within(2s, [&] { return house.application.statuses() == both; }));
}

TEST(Connection, cannot_be_made_to_split_an_answer) {
    TestServer house;
    TestClient client{house.port()};
    const Answer answer = client.ask(get("/split"));
    EXPECT_EQ(answer.field("Location"), "/a  Evil: yes");
    EXPECT_EQ(answer.field("Evil"), "(none)");
}

struct RefusalCase {
    const char* name;
    std::string bytes;
    int status;
};

std::string fields(const std::string& request_line, const std::string& more) {
    return request_line + "\r\nHost: localhost\r\n" + more + "\r\n";
}

// It would pad every row to the longest request.
// clang-format off
const RefusalCase refusal_cases[] = {
    {"chunked",          fields("POST /echo HTTP/1.1", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",                     411},
    {"body_too_large",   post("/echo", std::string(1001, 'x')),                                                             413},
    {"target_too_long",  get("/" + std::string(3000, 'a')),                                                                 414},
    {"endless_target",   "GET /" + std::string(20'000, 'a'),                                                                414},
    {"compressed",       fields("POST /echo HTTP/1.1", "Content-Length: 1\r\nContent-Encoding: gzip\r\n") + "x",            415},
    {"other_host",       "GET /hello HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",                                          421},
    {"endless_head",     "GET / HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(20'000, 'a'),                             431},
    {"unknown_method",   fields("BREW / HTTP/1.1", ""),                                                                     501},
    {"http_2",           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                                                                505},
    {"bare_line_feeds",  "GET / HTTP/1.1\nHost: localhost\n\n",                                                             400},
    {"empty_line_first", "\r\n" + get("/hello"),                                                                            400},
};
// clang-format on

class Refusal : public testing::TestWithParam<RefusalCase> {};

TEST_P(Refusal, is_the_last_answer_of_the_connection) {
    Limits limits;
    limits.body_bytes_max = 1000;
    TestServer house{limits, false, {"localhost"}};
    TestClient client{house.port()};
    const Answer answer = client.ask(GetParam().bytes + get("/hello"));
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(house.application.statuses(), std::vector<int>{GetParam().status});
}

INSTANTIATE_TEST_SUITE_P(Bytes, Refusal, testing::ValuesIn(refusal_cases), [](const auto& i) { return std::string{i.param.name}; });

TEST(HostNames, compare_without_case_and_port) {
    TestServer house{
        Limits{       },
        false, { "localhost", "[::1]"}
    };
    TestClient client{house.port()};
    EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: LocalHost:8443\r\n\r\n").status, 200);
    EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n").status, 200);
    EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: localhost.example\r\n\r\n").status, 421);
}
