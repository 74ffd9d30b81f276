#include <gtest/gtest.h>

#include <algorithm>

#include "net/input.hpp"

using puente::net::Input;

namespace {

void put(Input& input, std::string_view bytes, std::size_t bytes_max = 16 * 1024) {
    while (!bytes.empty()) {
        const auto room = input.room(bytes_max);
        ASSERT_FALSE(room.empty());
        const std::size_t count = std::min(room.size(), bytes.size());
        std::copy_n(bytes.begin(), count, room.begin());
        input.added(count);
        bytes.remove_prefix(count);
    }
}

}  // namespace

TEST(Input, finds_the_end_of_a_head_wherever_the_reads_fall) {
    const std::string_view head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (std::size_t cut = 0; cut < head.size(); ++cut) {
        Input input;
        std::size_t size = 0;
        put(input, head.substr(0, cut));
        EXPECT_EQ(input.find_head(size), Input::Head::incomplete) << cut;
        put(input, head.substr(cut));
        put(input, "more");
        ASSERT_EQ(input.find_head(size), Input::Head::complete) << cut;
        EXPECT_EQ(size, head.size());
        input.consume(size);
        EXPECT_EQ(input.bytes(), "more");
    }
}

TEST(Input, calls_bare_line_feeds_broken) {
    for (const std::string_view bytes : {"\n", "\r\n", "G\n", "GET / HTTP/1.1\r\nA: b\n", "GET / HTTP/1.1\r\n\n"}) {
        Input input;
        std::size_t size = 0;
        put(input, bytes);
        EXPECT_EQ(input.find_head(size), Input::Head::broken) << bytes;
    }
}

TEST(Input, holds_no_more_than_it_may_and_gives_memory_back) {
    Input input;
    put(input, std::string(16 * 1024, 'a'));
    EXPECT_TRUE(input.room(16 * 1024).empty());
    input.consume(16 * 1024 - 3);
    input.shrink();
    EXPECT_EQ(input.bytes(), "aaa");
    EXPECT_EQ(input.room(16 * 1024).size(), 4096u - 3);
}
