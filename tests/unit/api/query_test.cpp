#include "api/query.hpp"

#include <gtest/gtest.h>

namespace puente::api {
namespace {

Result<std::optional<std::int64_t>> number(const std::string& text) {
    net::Request request;
    request.query = {
        {"limit", text}
    };
    return query_number(request, "limit", 1, 200);
}

TEST(Query, gives_a_whole_number_within_its_range) {
    EXPECT_EQ(*number("1"), 1);
    EXPECT_EQ(*number("200"), 200);
    for (const char* bad : {"", "0", "201", "-1", "+1", " 1", "1 ", "1.0", "x", "99999999999999999999"}) {
        ASSERT_FALSE(number(bad)) << bad;
        EXPECT_EQ(number(bad).error().kind(), ErrorKind::malformed) << bad;
    }
    EXPECT_EQ(number("x").error().detail(), "'limit' is a number from 1 to 200");
}

TEST(Query, gives_nothing_when_it_is_not_asked) {
    EXPECT_EQ(*query_number(net::Request{}, "limit", 1, 200), std::nullopt);
}

}  // namespace
}  // namespace puente::api
