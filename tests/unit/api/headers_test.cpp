#include "api/headers.hpp"

#include <gtest/gtest.h>

#include "api/body.hpp"
#include "api/form.hpp"
#include "api/json_text.hpp"
#include <nlohmann/json.hpp>

namespace puente::api {
namespace {

net::Request with(const std::string& name, const std::string& value) {
    net::Request request;
    request.headers.add(name, value);
    return request;
}

struct LanguageCase {
    const char* header;
    rules::Language expected;
};

TEST(Headers, choose_the_language_preferred) {
    const LanguageCase cases[] = {{"es", rules::Language::es},
                                  {"es-MX", rules::Language::es},
                                  {"en", rules::Language::en},
                                  {"fr, es;q=0.5", rules::Language::es},
                                  {"en, es;q=0.9", rules::Language::en},
                                  {"en;q=0.2, es;q=0.9", rules::Language::es},
                                  {"fr", rules::Language::en},
                                  {"", rules::Language::en},
                                  {"es;q=x", rules::Language::es}};
    for (const LanguageCase& each : cases) EXPECT_EQ(language_of(with("Accept-Language", each.header)), each.expected) << each.header;
    EXPECT_EQ(language_of(net::Request{}), rules::Language::en);
}

TEST(Headers, know_what_the_caller_takes) {
    for (const char* good : {"*/*", "application/*", "application/json", "text/html, application/json;q=0.1", ""}) EXPECT_TRUE(accepts(with("Accept", good), "application/json")) << good;
    for (const char* bad : {"text/html", "application/json;q=0", "application/xml, text/*"}) EXPECT_FALSE(accepts(with("Accept", bad), "application/json")) << bad;
}

TEST(Headers, read_the_media_type) {
    EXPECT_EQ(media_type_of(with("Content-Type", "Application/JSON; charset=UTF-8")), "application/json");
    EXPECT_EQ(media_type_of(with("Content-Type", "application/json; charset=latin1")), "");
    EXPECT_EQ(media_type_of(net::Request{}), "");
}

TEST(Headers, take_an_idempotency_key_quoted_or_bare) {
    EXPECT_EQ(*idempotency_key(with("Idempotency-Key", "\"0123456789abcdef\"")), "0123456789abcdef");
    EXPECT_EQ(*idempotency_key(with("Idempotency-Key", "0123456789abcdef")), "0123456789abcdef");
    for (const char* bad : {"", "\"\"", "short", "\"0123456789abcde\"", "\"0123456789abcdef", "0123456789abcde\"f", "\"0123456789 abcdef\""}) {
        EXPECT_FALSE(idempotency_key(with("Idempotency-Key", bad))) << bad;
    }
    EXPECT_FALSE(idempotency_key(with("Idempotency-Key", std::string(65, 'a'))));
    EXPECT_TRUE(idempotency_key(with("Idempotency-Key", std::string(64, 'a'))));
    EXPECT_FALSE(idempotency_key(net::Request{}));
}

TEST(Headers, compare_entity_tags) {
    for (const char* hit : {"\"1.1\"", "W/\"1.1\"", "\"0.9\", \"1.1\"", "*"}) EXPECT_TRUE(none_match_hits(with("If-None-Match", hit), "\"1.1\"")) << hit;
    for (const char* miss : {"\"1.2\"", "1.1", ""}) EXPECT_FALSE(none_match_hits(with("If-None-Match", miss), "\"1.1\"")) << miss;
}

TEST(Headers, wait_as_preferred_but_not_longer) {
    using namespace std::chrono_literals;
    EXPECT_EQ(preferred_wait(with("Prefer", "wait=30"), 60s), 30s);
    EXPECT_EQ(preferred_wait(with("Prefer", "return=minimal, wait=300"), 60s), 60s);
    EXPECT_EQ(preferred_wait(with("Prefer", "wait=soon"), 60s), 0s);
    EXPECT_EQ(preferred_wait(net::Request{}, 60s), 0s);
}

TEST(Headers, find_the_bearer_token) {
    EXPECT_EQ(bearer_token(with("Authorization", "Bearer abc")), "abc");
    EXPECT_EQ(bearer_token(with("Authorization", "bearer abc")), "abc");
    EXPECT_FALSE(bearer_token(with("Authorization", "Basic abc")));
    EXPECT_FALSE(bearer_token(net::Request{}));
}

TEST(Form, decodes_and_refuses) {
    EXPECT_EQ(decode_form("a=1&b=x+y%2Fz")->at("b"), "x y/z");
    EXPECT_TRUE(decode_form("")->empty());
    for (const char* bad : {"a=1&a=2", "a=%", "a=%4", "a=%zz", "a=%00"}) EXPECT_FALSE(decode_form(bad)) << bad;
}

TEST(Body, reads_small_objects_strictly) {
    EXPECT_TRUE(read_object(R"({"fence":1})", {"fence"}));
    EXPECT_TRUE(read_object("", {"fence"}));
    for (const char* bad : {"[]", "1", "{", R"({"fence":1,"fence":2})", R"({"other":1})", R"({"fence":[[[[[[[[[[1]]]]]]]]]]})", R"({"fence":1}x)"}) {
        EXPECT_FALSE(read_object(bad, {"fence"})) << bad;
    }
    EXPECT_FALSE(read_object(std::string{"{\"fence\":1}\0x", 13}, {"fence"}));
    EXPECT_FALSE(read_object("{\"fence\":\"" + std::string(70'000, 'x') + "\"}", {"fence"}));
}

TEST(JsonText, escapes_what_json_must) {
    JsonText json;
    json.open_object().member("a\"b", "x\\\n\x01é").member("n", std::int64_t{-1}).member("t", true).name("l").open_list().number(1).number(2).close_list();
    json.member_if("gone", "").texts("s", {"p", "q"}).name("r").raw("{}").close_object();
    const std::string text = json.take();
    EXPECT_EQ(text, "{\"a\\\"b\":\"x\\\\\\u000a\\u0001é\",\"n\":-1,\"t\":true,\"l\":[1,2],\"s\":[\"p\",\"q\"],\"r\":{}}");
    EXPECT_TRUE(nlohmann::json::accept(text));
}

}  // namespace
}  // namespace puente::api
