// Signatures, plan, seal: what a webhook is made of, without a network.
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <set>

#include "net/outbound_answer.hpp"
#include "puente/net/outbound.hpp"
#include "push/webhook_plan.hpp"
#include "push/webhook_secret.hpp"
#include "push/webhook_signature.hpp"

namespace puente::push {

using namespace std::chrono_literals;
using Verdict = store::ErrandOutcome::Verdict;

// The vector of the Standard Webhooks reference libraries (secret MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw).
TEST(WebhookSignature, is_that_of_the_public_vector) {
    const std::string secret{"\x31\xf2\x90\xf6\xbf\x06\x29\x8a\xab\x4f\x08\xd4\x3c\x3f\x08\x2c\xf6\x48\xa3\x62\xda\x2d\xa4\xb0", 24};
    EXPECT_EQ(secret_text(secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    EXPECT_EQ(webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, comes_once_for_each_secret) {
    const std::string both = webhook_signatures({"one", "two"}, "id", 1, "x");
    EXPECT_EQ(both, webhook_signature("one", "id", 1, "x") + " " + webhook_signature("two", "id", 1, "x"));
}

TEST(SecretBox, opens_what_it_sealed_for_this_webhook_only) {
    const SecretBox box{"the key file of the gateways, at least 32 bytes"};
    const Uuid id = *Uuid::parse("01a2000a-58d9-7f1d-bc8b-a38fe04208c4");
    const Uuid other = *Uuid::parse("01a2000a-58d9-7f1d-bc8b-a38fe04208c5");
    const store::KeptSecret kept = box.keep("secret octets", id);
    EXPECT_TRUE(kept.sealed);
    EXPECT_EQ(kept.octets.find("secret"), std::string::npos);
    EXPECT_EQ(box.open(kept, id), "secret octets");
    EXPECT_EQ(box.open(kept, other), std::nullopt);
    EXPECT_EQ(SecretBox{"another key"}.open(kept, id), std::nullopt);
    EXPECT_EQ(SecretBox{""}.open(kept, id), std::nullopt);
    store::KeptSecret bent = kept;
    bent.octets[14] = static_cast<char>(bent.octets[14] ^ 1);
    EXPECT_EQ(box.open(bent, id), std::nullopt);
}

TEST(SecretBox, without_a_key_keeps_as_is) {
    const SecretBox box{""};
    const store::KeptSecret kept = box.keep("secret", Uuid{});
    EXPECT_FALSE(kept.sealed);
    EXPECT_EQ(box.open(kept, Uuid{}), "secret");
}

struct JudgeCase {
    const char* name;
    int status;
    std::int32_t attempt;
    std::int32_t endpoint_failures;
    Verdict verdict;
    bool at_fault;
    bool gone;
};
constexpr JudgeCase judge_cases[] = {
    {"ok",                     200, 1,  0, Verdict::delivered, false, false},
    {"no_content",             204, 9,  9, Verdict::delivered, false, false},
    {"redirect",               302, 1,  0, Verdict::again,     true,  false},
    {"permanent_redirect",     308, 1,  0, Verdict::again,     true,  false},
    {"not_modified",           304, 1,  0, Verdict::again,     true,  false},
    {"gone",                   410, 1,  0, Verdict::again,     false, true },
    {"unreadable_first",       422, 1,  0, Verdict::again,     false, false},
    {"unreadable_before_last", 400, 4,  0, Verdict::again,     false, false},
    {"unreadable_last",        400, 5,  0, Verdict::parked,    false, false},
    {"not_here",               404, 5,  4, Verdict::again,     true,  false},
    {"error_of_a_dead_one",    500, 12, 9, Verdict::again,     true,  false},
    {"error_at_the_end",       500, 13, 9, Verdict::parked,    true,  false},
    {"error_while_others_go",  500, 7,  0, Verdict::again,     true,  false},
    {"poison",                 500, 8,  0, Verdict::parked,    true,  false},
    {"no_answer",              0,   1,  0, Verdict::again,     true,  false},
};
class Judge : public testing::TestWithParam<JudgeCase> {};
TEST_P(Judge, follows_from_the_status_and_what_was_before) {
    const JudgeCase& each = GetParam();
    const store::WebhookErrand errand{Uuid{}, 7, each.attempt, "https://x.example/", "{}", each.endpoint_failures, {}};
    net::OutboundAnswer answer;
    answer.status = each.status;
    if (each.status == 0) answer.error = "no connection";
    const store::ErrandOutcome outcome = judge(errand, answer, 12ms, RetryPlan{}, [] { return 0.5; });
    EXPECT_EQ(outcome.verdict, each.verdict);
    EXPECT_EQ(outcome.endpoint_at_fault, each.at_fault);
    EXPECT_EQ(outcome.gone, each.gone);
    EXPECT_EQ(outcome.error.empty(), each.verdict == Verdict::delivered);
}
INSTANTIATE_TEST_SUITE_P(Statuses, Judge, testing::ValuesIn(judge_cases), [](const auto& each) { return std::string{each.param.name}; });

TEST(RetryPlan, draws_each_wait_between_nothing_and_its_ceiling_over_days) {
    const RetryPlan plan;
    std::chrono::milliseconds longest{0};
    for (std::size_t i = 0; i < plan.waits.size(); ++i) {
        const store::WebhookErrand errand{Uuid{}, 7, static_cast<std::int32_t>(i + 1), "", "{}", 1, {}};
        const auto delay = [&](double drawn) { return judge(errand, {}, 1ms, plan, [drawn] { return drawn; }).delay; };
        EXPECT_EQ(delay(0.0), 0ms);
        EXPECT_EQ(delay(0.5), plan.waits[i] / 2);
        EXPECT_LE(delay(0.999), plan.waits[i]);
        longest += plan.waits[i];
    }
    EXPECT_GE(longest, 3 * 24h);
    EXPECT_LE(longest, 6 * 24h);
}

TEST(RetryPlan, leaves_an_endpoint_alone_after_failures_and_heeds_retry_after) {
    const RetryPlan plan;
    const auto rest = [&](std::int32_t failures, net::OutboundAnswer answer) {
        const store::WebhookErrand errand{Uuid{}, 7, 1, "", "{}", failures, {}};
        return judge(errand, answer, 1ms, plan, [] { return 1.0; });
    };
    net::OutboundAnswer dead;
    dead.error = "no connection";
    EXPECT_EQ(rest(0, dead).rest, 0ms);
    EXPECT_EQ(rest(2, dead).rest, 10s);
    EXPECT_EQ(rest(50, dead).rest, plan.rest_max);
    net::OutboundAnswer busy;
    busy.status = 503;
    busy.retry_after = 120s;
    EXPECT_EQ(rest(0, busy).rest, 120s);
    EXPECT_EQ(rest(0, busy).delay, 120s);
    busy.retry_after = 86'400s;
    EXPECT_EQ(rest(0, busy).delay, 1h) << "at most";
}

}  // namespace puente::push

namespace puente::net {

struct UrlCase {
    const char* name;
    const char* text;
    const char* authority;  ///< nullptr: refused
};
constexpr UrlCase url_cases[] = {
    {"plain",               "https://a.example/hook?x=1",     "a.example"         },
    {"no_path",             "https://a.example",              "a.example"         },
    {"query_only",          "https://a.example?x=1",          "a.example"         },
    {"port",                "https://A.Example:8443/",        "a.example:8443"    },
    {"address",             "https://192.0.2.7/",             "192.0.2.7"         },
    {"ipv6",                "https://[2001:DB8::1]:8443/",    "[2001:db8::1]:8443"},
    {"http",                "http://a.example/",              nullptr             },
    {"no_scheme",           "a.example",                      nullptr             },
    {"capital_scheme",      "HTTPS://a.example/",             nullptr             },
    {"user",                "https://u@a.example/",           nullptr             },
    {"password",            "https://u:p@a.example/",         nullptr             },
    {"user_hides_host",     "https://a.example\\@b.example/", nullptr             },
    {"fragment",            "https://a.example/#x",           nullptr             },
    {"space",               "https://a.example/a b",          nullptr             },
    {"line_end",            "https://a.example/\r\nHost: b",  nullptr             },
    {"line_end_in_host",    "https://a.example\r\n/",         nullptr             },
    {"nul",                 "https://a.example%00.b/",        nullptr             },
    {"short_address",       "https://127.1/",                 nullptr             },
    {"number_address",      "https://2130706433/",            nullptr             },
    {"hexadecimal_address", "https://0x7f000001/",            nullptr             },
    {"octal_address",       "https://0177.0.0.1/",            nullptr             },
    {"zone",                "https://[fe80::1%25eth0]/",      nullptr             },
    {"zone_bare",           "https://[fe80::1%eth0]/",        nullptr             },
    {"open_bracket",        "https://[::1/",                  nullptr             },
    {"no_host",             "https:///x",                     nullptr             },
    {"port_zero",           "https://a.example:0/",           nullptr             },
    {"port_large",          "https://a.example:65536/",       nullptr             },
    {"port_text",           "https://a.example:x/",           nullptr             },
    {"trailing_dot",        "https://a.example./",            nullptr             },
    {"hyphen",              "https://-a.example/",            nullptr             },
    {"unicode",             "https://\xc3\xa1.example/",      nullptr             },
    {"unicode_path",        "https://a.example/\xc3\xa1",     nullptr             },
};
class Url : public testing::TestWithParam<UrlCase> {};
TEST_P(Url, has_one_reading_or_none) {
    const Result<HttpsUrl> url = HttpsUrl::parse(GetParam().text);
    ASSERT_EQ(static_cast<bool>(url), GetParam().authority != nullptr);
    if (url) {
        EXPECT_EQ(url->authority(), GetParam().authority);
    }
}
INSTANTIATE_TEST_SUITE_P(Cases, Url, testing::ValuesIn(url_cases), [](const auto& each) { return std::string{each.param.name}; });

TEST(Url, of_2048_characters_is_the_longest) {
    const std::string start = "https://a.example/";
    EXPECT_TRUE(HttpsUrl::parse(start + std::string(2'048 - start.size(), 'x')));
    EXPECT_FALSE(HttpsUrl::parse(start + std::string(2'049 - start.size(), 'x')));
}

TEST(OutboundGuard, lets_only_the_public_internet_be_called) {
    for (const char* closed : {"0.0.0.0",
                               "10.0.0.1",
                               "10.255.255.255",
                               "100.64.0.1",
                               "100.127.255.255",
                               "100.100.100.200",
                               "127.0.0.1",
                               "127.255.255.254",
                               "169.254.169.254",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.0.0.192",
                               "192.0.2.1",
                               "192.168.1.1",
                               "198.18.0.1",
                               "198.19.255.255",
                               "198.51.100.1",
                               "203.0.113.1",
                               "224.0.0.1",
                               "239.255.255.255",
                               "240.0.0.1",
                               "255.255.255.255",
                               "168.63.129.16",
                               "::",
                               "::1",
                               "::7f00:1",
                               "::ffff:127.0.0.1",
                               "::ffff:10.0.0.1",
                               "::ffff:169.254.169.254",
                               "64:ff9b::7f00:1",
                               "64:ff9b::a00:1",
                               "64:ff9b:1::1",
                               "2002:7f00:1::",
                               "2002:a00:1::1",
                               "2001::1",
                               "2001:db8::1",
                               "3fff::1",
                               "fc00::1",
                               "fd00:ec2::254",
                               "fe80::1",
                               "fec0::1",
                               "ff02::1",
                               "100::1",
                               "4000::1"}) {
        EXPECT_FALSE(may_call(boost::asio::ip::make_address(closed), {})) << closed;
    }
    for (const char* open : {"1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "128.0.0.1", "172.15.255.255", "172.32.0.1",
                             "192.0.1.1", "198.20.0.1", "223.255.255.255", "2600::1", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"}) {
        EXPECT_TRUE(may_call(boost::asio::ip::make_address(open), {})) << open;
    }
}

TEST(OutboundGuard, lets_allowed_networks_be_called_and_nothing_beside_them) {
    const std::vector<Network> allowed{*Network::parse("10.1.0.0/16"), *Network::parse("fd00:1::/32")};
    EXPECT_TRUE(may_call(boost::asio::ip::make_address("10.1.255.1"), allowed));
    EXPECT_TRUE(may_call(boost::asio::ip::make_address("::ffff:10.1.0.1"), allowed));
    EXPECT_TRUE(may_call(boost::asio::ip::make_address("fd00:1::7"), allowed));
    EXPECT_FALSE(may_call(boost::asio::ip::make_address("10.2.0.1"), allowed));
    EXPECT_FALSE(may_call(boost::asio::ip::make_address("fd00:2::7"), allowed));
    for (const char* wrong : {"", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0/8", "x/8", "10.0.0.0/8x", "10.0.0.0/-1"})
        EXPECT_FALSE(Network::parse(wrong)) << wrong;
}

TEST(OutboundAnswer, is_read_as_far_as_it_matters) {
    const auto head = read_answer_head("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 3\r\n\r\n");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 503);
    EXPECT_EQ(head->retry_after, std::chrono::seconds{7});
    EXPECT_EQ(answer_body(*head, "abcdef"), "abc");
    const auto chunked = read_answer_head("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n");
    EXPECT_FALSE(is_enough(*chunked, "3\r\nabc\r\n"));
    EXPECT_TRUE(is_enough(*chunked, "3\r\nabc\r\n0\r\n\r\n"));
    EXPECT_EQ(answer_body(*chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), "abcde");
    EXPECT_EQ(answer_body(*chunked, "ffffffff\r\n" + std::string(9'000, 'x')).size(), 4'096u);
    EXPECT_TRUE(is_enough(*read_answer_head("HTTP/1.0 200\r\n\r\n"), std::string(4'096, 'x')));
    for (const char* wrong : {"", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 99 X\r\n\r\n", "HTTP/1.1 600 X\r\n\r\n", "HTTP/1.1 20x X\r\n\r\n",
                              "HTTP/1.1 2000 X\r\n\r\n", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n\r\n"}) {
        EXPECT_FALSE(read_answer_head(wrong)) << wrong;
    }
}

}  // namespace puente::net
