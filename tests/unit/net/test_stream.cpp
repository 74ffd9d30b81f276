#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "unit/net/loopback.hpp"

using namespace puente::net;
using namespace std::chrono_literals;

namespace {

/// What the stream of a test sends, and what becomes of it. Any thread.
struct Source {
    std::mutex mutex;
    std::string waiting;
    std::function<void()> ring;
    bool ends = false;
    std::chrono::milliseconds pulse{1h};
    std::atomic<int> quiets{0};
    std::atomic<bool> gone{false};

    void say(const std::string& text, bool last = false) {
        std::function<void()> bell;
        {
            const std::lock_guard lock{mutex};
            waiting += text;
            ends = last;
            bell = ring;
        }
        if (bell) bell();
    }
};

class SourceStream final : public Stream {
public:
    explicit SourceStream(std::shared_ptr<Source> source) : source_{std::move(source)} {}
    ~SourceStream() override { source_->gone = true; }
    void begin(std::function<void()> ring) override {
        const std::lock_guard lock{source_->mutex};
        source_->ring = std::move(ring);
    }
    bool take(std::string& out, bool quiet) override {
        const std::lock_guard lock{source_->mutex};
        out += source_->waiting;
        source_->waiting.clear();
        if (quiet) {
            ++source_->quiets;
            out += "*";
        }
        return !source_->ends;
    }
    std::chrono::milliseconds pulse() const override { return source_->pulse; }

private:
    std::shared_ptr<Source> source_;
};

/// A server whose /stream sends what the source says.
struct Streaming : testing::Test {
    explicit Streaming(Limits limits = {}) : house{limits} {
        house.application.make_stream = [this] { return std::make_shared<SourceStream>(source); };
    }
    std::shared_ptr<Source> source = std::make_shared<Source>();
    TestServer house;
};

Limits one_request_at_a_time() {
    Limits limits;
    limits.requests_in_flight_max = 1;
    limits.write_time = 500ms;
    return limits;
}

struct NarrowStreaming : Streaming {
    NarrowStreaming() : Streaming{one_request_at_a_time()} {}
};

}  // namespace

TEST_F(Streaming, sends_what_comes_when_it_comes_and_then_closes) {
    TestClient client{house.port()};
    client.send(get("/stream"));
    const Answer head = client.receive(false);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Content-Length"), "(none)");
    EXPECT_EQ(head.field("Connection"), "close");
    for (const char* word : {"one;", "two;", "three;"}) {
        source->say(word);
        EXPECT_EQ(client.receive_through(";"), word);
    }
    source->say("last;", true);
    EXPECT_EQ(client.receive_through(";"), "last;");
    EXPECT_TRUE(client.is_closed());
    EXPECT_TRUE(within(2s, [&] { return source->gone.load() && house.server().counts().connections == 0; }));
}

TEST_F(Streaming, loses_nothing_however_fast_it_is_rung) {
    TestClient client{house.port()};
    client.send(get("/stream"));
    client.receive(false);
    std::thread other{[&] {
        for (int i = 0; i < 2000; ++i) source->say("a");
    }};
    for (int i = 0; i < 2000; ++i) source->say("b");
    other.join();
    source->say(";");
    const std::string all = client.receive_through(";");
    EXPECT_EQ(std::count(all.begin(), all.end(), 'a'), 2000);
    EXPECT_EQ(std::count(all.begin(), all.end(), 'b'), 2000);
}

TEST_F(Streaming, has_a_pulse) {
    source->pulse = 150ms;
    TestClient client{house.port()};
    client.send(get("/stream"));
    client.receive(false);
    EXPECT_EQ(client.receive_through("*"), "*");
    EXPECT_EQ(client.receive_through("*"), "*");
    EXPECT_GE(source->quiets.load(), 2);
}

TEST_F(Streaming, notices_at_once_that_the_reader_has_gone) {
    auto client = std::make_unique<TestClient>(house.port());
    client->send(get("/stream"));
    client->receive(false);
    EXPECT_EQ(house.server().counts().connections, 1u);
    client->hang_up();
    EXPECT_TRUE(within(2s, [&] { return source->gone.load() && house.server().counts().connections == 0; }));
}

TEST_F(Streaming, forgives_a_little_talk_and_ends_at_much) {
    TestClient client{house.port()};
    client.send(get("/stream") + get("/hello"));
    client.receive(false);
    source->say("still here;");
    EXPECT_EQ(client.receive_through(";"), "still here;") << "the pipelined request is not answered";
    for (int i = 0; i < 40 && client.send(std::string(16 * 1024, 'x')); ++i) std::this_thread::sleep_for(5ms);
    EXPECT_TRUE(within(2s, [&] { return source->gone.load(); }));
}

TEST_F(Streaming, ends_when_the_server_drains) {
    TestClient client{house.port()};
    client.send(get("/stream"));
    client.receive(false);
    source->say("before;");
    EXPECT_EQ(client.receive_through(";"), "before;");
    const auto begun = std::chrono::steady_clock::now();
    std::thread stopping{[&] { house.stop(10s); }};
    EXPECT_TRUE(client.is_closed());
    stopping.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 3s);
    EXPECT_TRUE(source->gone.load());
}

TEST_F(Streaming, gives_head_without_a_body) {
    TestClient client{house.port()};
    client.send("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive(false).status, 200);
    EXPECT_EQ(client.ask(get("/hello")).status, 200) << "no stream was sent, so the connection goes on";
}

TEST_F(Streaming, tells_the_application_when_it_begins) {
    TestClient client{house.port()};
    client.send(get("/stream"));
    client.receive(false);
    EXPECT_TRUE(within(2s, [&] { return house.application.statuses() == std::vector<int>{200}; }));
}

TEST_F(NarrowStreaming, does_not_count_as_a_request_being_answered) {
    TestClient stream{house.port()};
    stream.send(get("/stream"));
    stream.receive(false);
    TestClient aside{house.port()};
    aside.send(get("/aside"));
    TestClient client{house.port()};
    EXPECT_EQ(client.ask(get("/hello")).status, 200);
    EXPECT_TRUE(within(2s, [&] { return house.server().counts().requests_in_flight == 0; }));
    EXPECT_EQ(client.ask(get("/hello")).status, 200);
}

TEST_F(NarrowStreaming, lets_go_of_a_reader_that_does_not_read) {
    TestClient client{house.port()};
    client.send(get("/stream"));
    client.receive(false);
    source->say(std::string(16 * 1024 * 1024, 'x'));
    EXPECT_TRUE(within(5s, [&] { return source->gone.load(); }));
}
