#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "puente/inspection/turn.hpp"

namespace puente::inspection {
namespace {

using namespace std::chrono_literals;

TEST(HeadStartsFile, is_read_and_what_it_leaves_out_stays) {
    const Result<HeadStarts> read = parse_head_starts("headStarts:\n  trusted: 30\n  contingency: 0\n");
    ASSERT_TRUE(read) << read.error().detail();
    EXPECT_EQ(read->trusted, 30min);
    EXPECT_EQ(read->perishable, HeadStarts{}.perishable);
    EXPECT_EQ(read->contingency, 0min);
}

TEST(HeadStartsFile, that_is_shipped_is_sound) {
    std::ifstream in{PUENTE_SOURCE_DIR "/rules/queue.yaml"};
    const Result<HeadStarts> read = parse_head_starts({std::istreambuf_iterator<char>{in}, {}});
    ASSERT_TRUE(read) << read.error().detail();
    EXPECT_GT(read->contingency, read->trusted + read->perishable) << "a contingency outweighs all else";
}

TEST(HeadStartsFile, with_a_fault_is_refused_with_its_place) {
    for (const char* text : {"", "x", "headStarts: 7", "headStarts:\n  trusted: -1", "headStarts:\n  trusted: 10081", "headStarts:\n  trusted: soon",
                             "headStarts:\n  fast: 1", "headStarts: {}\nmore: 1", "headStarts:\n  trusted: [1]", "headStarts:\n\ttrusted: 1"}) {
        const Result<HeadStarts> read = parse_head_starts(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().kind(), ErrorKind::malformed);
        EXPECT_EQ(read.error().detail().rfind("queue.yaml:", 0), 0u) << read.error().detail();
    }
}

}  // namespace
}  // namespace puente::inspection
