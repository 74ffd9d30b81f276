#include <gtest/gtest.h>

#include "puente/net/head.hpp"

using namespace puente::net;

namespace {

struct Reading {
    HeadVerdict verdict;
    Request request;
    std::size_t length = 0;
    bool keep_alive = false;
    bool expects_continue = false;
};

Reading read(const std::string& block, const Limits& limits = {}) {
    Reading reading;
    reading.verdict = read_head(block, limits, reading.request, reading.length, reading.keep_alive, reading.expects_continue);
    return reading;
}

struct HeadCase {
    const char* name;
    std::string block;
    int status;
};

std::string with(const std::string& fields) {
    return "POST /v1/manifests HTTP/1.1\r\nHost: gate.example\r\n" + fields + "\r\n";
}

std::string line(const std::string& request_line) {
    return request_line + "\r\nHost: gate.example\r\n\r\n";
}

// Version 14 crashes on this table.
// clang-format off
const HeadCase head_cases[] = {
    {"plain_get",                       line("GET / HTTP/1.1"),                                                           0  },
    {"http_1_0",                        line("GET / HTTP/1.0"),                                                           0  },
    {"post_with_length",                with("Content-Length: 5\r\n"),                                                    0  },
    {"post_without_length",             with(""),                                                                         0  },
    {"put_without_length",              line("PUT / HTTP/1.1"),                                                           0  },
    {"expect_continue_without_length",  with("Expect: 100-continue\r\n"),                                                 0  },
    {"post_with_zero_length",           with("Content-Length: 0\r\n"),                                                    0  },
    {"length_at_limit",                 with("Content-Length: 16777216\r\n"),                                             0  },
    {"identity_coding",                 with("Content-Length: 5\r\nContent-Encoding: Identity\r\n"),                      0  },
    {"expect_continue",                 with("Content-Length: 5\r\nExpect: 100-Continue\r\n"),                            0  },
    {"value_with_tab_and_spaces",       with("Content-Length: 5\r\nX-Note:\t a\tb \r\n"),                                 0  },
    {"empty_value",                     with("Content-Length: 5\r\nX-Note:\r\n"),                                         0  },
    {"host_with_port",                  "GET / HTTP/1.1\r\nHost: gate.example:8443\r\n\r\n",                              0  },
    {"host_ipv6",                       "GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n",                                     0  },
    {"name_of_64_bytes",                with("Content-Length: 0\r\n" + std::string(64, 'n') + ": 1\r\n"),                 0  },
    {"repeated_harmless_field",         with("Content-Length: 0\r\nAccept: a\r\nAccept: b\r\n"),                          0  },

    {"no_empty_line",                   "GET / HTTP/1.1\r\nHost: a\r\n",                                                  400},
    {"nothing",                         "",                                                                               400},
    {"empty_line_first",                "\r\n" + line("GET / HTTP/1.1"),                                                  400},
    {"only_empty_lines",                "\r\n\r\n",                                                                       400},
    {"bytes_behind",                    line("GET / HTTP/1.1") + "GET /x HTTP/1.1\r\n\r\n",                               400},
    {"bare_lf_after_request_line",      "GET / HTTP/1.1\nHost: a\r\n\r\n",                                                400},
    {"bare_lf_in_field",                with("Content-Length: 0\r\nA: b\nC: d\r\n"),                                      400},
    {"bare_cr_in_field",                with("Content-Length: 0\r\nA: b\rC: d\r\n"),                                      400},
    {"folded_line",                     with("Content-Length: 0\r\nA: b\r\n c\r\n"),                                      400},
    {"folded_with_tab",                 with("Content-Length: 0\r\nA: b\r\n\tc: d\r\n"),                                  400},
    {"folded_first_field",              "GET / HTTP/1.1\r\n Host: a\r\n\r\n",                                             400},
    {"space_before_colon",              with("Content-Length : 0\r\n"),                                                   400},
    {"no_colon",                        with("Content-Length: 0\r\nnothing\r\n"),                                         400},
    {"empty_name",                      with("Content-Length: 0\r\n: b\r\n"),                                             400},
    {"name_with_slash",                 with("Content-Length: 0\r\nA/B: b\r\n"),                                          400},
    {"name_with_8_bit",                 with("Content-Length: 0\r\nA\xc3\xb1: b\r\n"),                                    400},
    {"nul_in_value",                    with(std::string{"Content-Length: 0\r\nA: b\0c\r\n", 27}),                        400},
    {"escape_in_value",                 with("Content-Length: 0\r\nA: \x1b[2J\r\n"),                                      400},
    {"delete_in_value",                 with("Content-Length: 0\r\nA: \x7f\r\n"),                                         400},
    {"8_bit_in_value",                  with("Content-Length: 0\r\nA: ni\xc3\xb1o\r\n"),                                  400},

    {"no_host",                         "GET / HTTP/1.1\r\nA: b\r\n\r\n",                                                 400},
    {"no_host_in_http_1_0",             "GET / HTTP/1.0\r\nA: b\r\n\r\n",                                                 400},
    {"empty_host",                      "GET / HTTP/1.1\r\nHost:\r\n\r\n",                                                400},
    {"two_hosts",                       "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",                                   400},
    {"host_with_path",                  "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",                                            400},
    {"host_with_user",                  "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",                                            400},
    {"host_with_comma",                 "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",                                           400},
    {"host_with_word_port",             "GET / HTTP/1.1\r\nHost: a:https\r\n\r\n",                                        400},
    {"host_with_empty_port",            "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",                                             400},
    {"host_bracket_open",               "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",                                           400},

    {"two_lengths",                     with("Content-Length: 5\r\nContent-Length: 6\r\n"),                               400},
    {"two_equal_lengths",               with("Content-Length: 5\r\ncontent-length: 5\r\n"),                               400},
    {"length_list",                     with("Content-Length: 5, 5\r\n"),                                                 400},
    {"length_with_plus",                with("Content-Length: +5\r\n"),                                                   400},
    {"negative_length",                 with("Content-Length: -5\r\n"),                                                   400},
    {"hex_length",                      with("Content-Length: 0x5\r\n"),                                                  400},
    {"length_with_space",               with("Content-Length: 5 5\r\n"),                                                  400},
    {"empty_length",                    with("Content-Length:\r\n"),                                                      400},
    {"two_authorizations",              with("Content-Length: 0\r\nAuthorization: a\r\nAuthorization: b\r\n"),            400},
    {"two_content_types",               with("Content-Length: 0\r\nContent-Type: a\r\nContent-Type: a\r\n"),              400},
    {"two_idempotency_keys",            with("Content-Length: 0\r\nIdempotency-Key: a\r\nIDEMPOTENCY-KEY: b\r\n"),        400},
    {"two_preconditions",               with("Content-Length: 0\r\nIf-Match: \"1\"\r\nIf-Match: \"2\"\r\n"),              400},
    {"two_proofs",                      with("Content-Length: 0\r\nDPoP: a\r\nDPoP: b\r\n"),                              400},

    {"chunked",                         with("Transfer-Encoding: chunked\r\n"),                                           411},
    {"chunked_and_length",              with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),                      411},
    {"gzip_coding_only",                with("Transfer-Encoding: gzip\r\nContent-Length: 0\r\n"),                         411},
    {"chunked_twice",                   with("Transfer-Encoding: chunked, chunked\r\nContent-Length: 0\r\n"),             411},
    {"unknown_coding",                  with("Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n"),                     411},
    {"empty_coding",                    with("Transfer-Encoding:\r\nContent-Length: 0\r\n"),                              411},
    {"coding_after_tab",                with("Transfer-Encoding:\tchunked\r\nContent-Length: 0\r\n"),                     411},
    {"coding_with_8_bit",               with("Transfer-Encoding: \xa0" "chunked\r\nContent-Length: 0\r\n"),               400},
    {"get_with_coding",                 "GET / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: identity\r\n\r\n",               411},
    {"http_1_0_with_coding",            "GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",                411},

    {"length_over_limit",               with("Content-Length: 16777217\r\n"),                                             413},
    {"length_beyond_64_bits",           with("Content-Length: 18446744073709551617\r\n"),                                 413},
    {"gzip_body",                       with("Content-Length: 5\r\nContent-Encoding: gzip\r\n"),                          415},
    {"coding_list",                     with("Content-Length: 5\r\nContent-Encoding: identity, gzip\r\n"),                415},
    {"second_coding_field",             with("Content-Length: 5\r\nContent-Encoding: gzip\r\nContent-Encoding: identity\r\n"),
                                                                                                                          415},
    {"other_expectation",               with("Content-Length: 5\r\nExpect: 200-ok\r\n"),                                  417},

    {"lower_case_method",               line("get / HTTP/1.1"),                                                           501},
    {"connect",                         line("CONNECT gate.example:443 HTTP/1.1"),                                        501},
    {"trace",                           line("TRACE / HTTP/1.1"),                                                         501},
    {"patch",                           line("PATCH / HTTP/1.1"),                                                         501},
    {"http_2_preface",                  "PRI * HTTP/2.0\r\n\r\n",                                                         505},
    {"http_1_2",                        line("GET / HTTP/1.2"),                                                           505},
    {"lower_case_version",              line("GET / http/1.1"),                                                           400},
    {"no_version",                      line("GET /"),                                                                    400},
    {"two_spaces",                      line("GET  / HTTP/1.1"),                                                          400},
    {"space_in_target",                 line("GET /a b HTTP/1.1"),                                                        400},
    {"space_behind_version",            line("GET / HTTP/1.1 "),                                                          400},
    {"tab_as_space",                    line("GET\t/\tHTTP/1.1"),                                                         400},
    {"absolute_form",                   line("GET https://gate.example/ HTTP/1.1"),                                       400},
    {"asterisk_form",                   line("OPTIONS * HTTP/1.1"),                                                       400},

    {"target_over_limit",               line("GET /" + std::string(2048, 'a') + " HTTP/1.1"),                             414},
    {"target_at_limit",                 line("GET /" + std::string(2047, 'a') + " HTTP/1.1"),                             0  },
    {"name_of_65_bytes",                with("Content-Length: 0\r\n" + std::string(65, 'n') + ": 1\r\n"),                 431},
    {"header_over_limit",               with("Content-Length: 0\r\nA: " + std::string(16 * 1024, 'a') + "\r\n"),          431},
};
// clang-format on

}  // namespace

class Head : public testing::TestWithParam<HeadCase> {};

TEST_P(Head, has_one_reading_or_none) {
    const HeadVerdict verdict = read(GetParam().block).verdict;
    EXPECT_EQ(verdict.status, GetParam().status) << verdict.detail;
    EXPECT_EQ(verdict.detail.empty(), verdict.status == 0);
}

INSTANTIATE_TEST_SUITE_P(Blocks, Head, testing::ValuesIn(head_cases), [](const auto& i) { return std::string{i.param.name}; });

TEST(Head, gives_what_it_read) {
    const std::string fields = "Host: gate.example\r\nContent-Length: 12\r\nExpect: 100-continue\r\nX-Note:  two words \r\n";
    const Reading reading = read("POST /v1/a%20b?x=1&y=%C3%B1 HTTP/1.1\r\n" + fields + "\r\n");
    ASSERT_EQ(reading.verdict.status, 0) << reading.verdict.detail;
    EXPECT_EQ(reading.request.method, Method::post);
    EXPECT_EQ(reading.request.path, "/v1/a b");
    EXPECT_EQ(reading.request.query_value("y"), "\xc3\xb1");
    EXPECT_EQ(reading.request.headers.find("x-note"), "two words");
    EXPECT_EQ(reading.length, 12u);
    EXPECT_TRUE(reading.keep_alive);
    EXPECT_TRUE(reading.expects_continue);
}

TEST(Head, without_a_length_announces_no_body) {
    const Reading reading = read(with(""));
    EXPECT_EQ(reading.length, 0u);
    EXPECT_TRUE(reading.keep_alive);
}

TEST(Head, counts_fields) {
    std::string fields;
    for (int i = 0; i < 63; ++i) fields += "A: b\r\n";
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").verdict.status, 0);
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "A: b\r\n\r\n").verdict.status, 431);
}

TEST(Head, tells_whether_the_connection_stays) {
    EXPECT_TRUE(read("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n").keep_alive);
    EXPECT_FALSE(read("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Close\r\n\r\n").keep_alive);
    EXPECT_FALSE(read("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n").keep_alive);
    EXPECT_FALSE(read("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(Head, does_not_hear_expectations_of_http_1_0) {
    EXPECT_FALSE(read("GET / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").expects_continue);
    EXPECT_EQ(read("GET / HTTP/1.0\r\nHost: a\r\nExpect: dinner\r\n\r\n").verdict.status, 0);
}
