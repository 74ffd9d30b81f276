// Clients that mean harm: slow ones, ambiguous ones, and bodies made to explode.

#include <iostream>

#include "chaos/load.hpp"

namespace puente::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

const std::string host = "Host: localhost\r\n";

std::chrono::milliseconds since(Clock::time_point begun) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
}

std::size_t count_of(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

}  // namespace

TEST(SlowClients, are_dropped_while_honest_ones_are_served) {
    constexpr int each_kind = 200;
    Station station{{{"--header-seconds", "3", "--body-seconds", "6", "--handshake-seconds", "3"}}};
    const auto [name, value] = station.bearer(station.broker);
    const std::string target = "/v1/manifests/" + filed(station, fresh())["manifestId"].get<std::string>() + "/status";
    const std::size_t before = open_descriptors(station.process().pid());

    std::vector<HttpsClient> slow;
    for (int i = 0; i < 2 * each_kind; ++i) {
        slow.push_back(station.client(5s));
        slow.back().connect();
        slow.back().send(i % 2 == 0 ? "GET /livez HTTP/1.1\r\n" + host + "X-Slow: "
                                    : "POST /v1/manifests HTTP/1.1\r\n" + host + name + ": " + value +
                                          "\r\nContent-Type: application/json\r\nContent-Length: 50000\r\n\r\n{");
    }
    EXPECT_GE(open_descriptors(station.process().pid()), before + 2 * each_kind);
    std::chrono::milliseconds slowest{0};
    const auto begun = Clock::now();
    std::size_t dropped = 0;
    while (since(begun) < 12s * slowness && dropped < slow.size()) {
        dropped = 0;
        for (HttpsClient& each : slow) {
            try {
                if (each.connected()) each.send("x");
                if (each.connected() && each.closes_within(0ms)) each.close();
            } catch (const Lost&) {
                each.close();
            }
            if (!each.connected()) ++dropped;
        }
        for (int i = 0; i < 5; ++i) {
            const auto asked = Clock::now();
            const Answer answer = station.get(station.broker, target);
            slowest = std::max(slowest, since(asked));
            ASSERT_EQ(answer.status, 200);
        }
        std::this_thread::sleep_for(100ms);
    }
    EXPECT_EQ(dropped, slow.size()) << "after " << since(begun).count() << " ms";
    std::cout << "slowest honest answer " << slowest.count() << " ms\n";
    EXPECT_TRUE(soon([&] { return open_descriptors(station.process().pid()) <= before + 2; }, 10s))
        << open_descriptors(station.process().pid()) << " of " << before;
}

struct Ambiguous {
    const char* name;
    std::string bytes;
};

TEST(AmbiguousHttp, is_refused_and_ends_the_connection) {
    const std::string hidden = "GET /livez HTTP/1.1\r\n" + host + "\r\n";
    const auto post = [](const std::string& fields, const std::string& body) {
        return "POST /v1/manifests HTTP/1.1\r\n" + host + fields + "\r\n" + body;
    };
    const Ambiguous corpus[] = {
        {"te_chunked", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + hidden)},
        {"te_gzip", post("Transfer-Encoding: gzip\r\n", hidden)},
        {"te_twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n" + hidden)},
        {"te_unknown", post("Transfer-Encoding: xchunked\r\n", hidden)},
        {"te_tab", post("Transfer-Encoding:\tchunked\r\n", "0\r\n\r\n" + hidden)},
        {"te_8_bit", post("Transfer-Encoding: chunked\xa0\r\n", "0\r\n\r\n" + hidden)},
        {"te_empty", post("Transfer-Encoding:\r\n", hidden)},
        {"te_case", post("tRANSFER-eNCODING: cHUNKED\r\n", "0\r\n\r\n" + hidden)},
        {"te_and_length", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + hidden)},
        {"te_space_before_colon", post("Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + hidden)},
        {"te_in_1_0", "POST /v1/manifests HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
        {"two_lengths", post("Content-Length: 0\r\nContent-Length: 43\r\n", hidden)},
        {"same_length_twice", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}" + hidden)},
        {"length_list", post("Content-Length: 2, 2\r\n", "{}" + hidden)},
        {"length_plus", post("Content-Length: +2\r\n", "{}" + hidden)},
        {"length_minus", post("Content-Length: -1\r\n", hidden)},
        {"length_hex", post("Content-Length: 0x2\r\n", "{}" + hidden)},
        {"length_space", post("Content-Length: 1 0\r\n", "{}" + hidden)},
        {"length_empty", post("Content-Length:\r\n", hidden)},
        {"folded", post("X: a\r\n Transfer-Encoding: chunked\r\n", hidden)},
        {"folded_length", post("Content-Length:\r\n 2\r\n", "{}" + hidden)},
        {"bare_lf", "GET /livez HTTP/1.1\n" + host + "\n" + hidden},
        {"bare_lf_in_field", post("X: a\nContent-Length: 2\r\n", "{}" + hidden)},
        {"bare_cr", post("X: a\rContent-Length: 2\r\n", "{}" + hidden)},
        {"nul_in_field", post(std::string{"X: a\0b\r\n", 8}, hidden)},
        {"no_colon", post("Nonsense\r\n", hidden)},
        {"empty_name", post(": x\r\n", hidden)},
        {"first_line_empty", "\r\n" + hidden},
        {"first_line_space", " GET /livez HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"two_hosts", "GET /livez HTTP/1.1\r\n" + host + host + "\r\n" + hidden},
        {"no_host", "GET /livez HTTP/1.1\r\n\r\n" + hidden},
        {"bad_host", "GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n" + hidden},
        {"two_authorizations", "GET /livez HTTP/1.1\r\n" + host + "Authorization: a\r\nAuthorization: b\r\n\r\n" + hidden},
        {"http_0_9", "GET /livez\r\n\r\n" + hidden},
        {"http_1_2", "GET /livez HTTP/1.2\r\n" + host + "\r\n" + hidden},
        {"lower_case_http", "GET /livez http/1.1\r\n" + host + "\r\n" + hidden},
        {"two_spaces", "GET  /livez HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"absolute_form", "GET https://localhost/livez HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"lower_case_method", "get /livez HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"nul_in_target", "GET /livez%00 HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"dots", "GET /v1/%2e%2e/livez HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"slash_escaped", "GET /v1%2fmanifests HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"backslash", "GET /v1\\manifests HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"semicolon", "GET /livez;a=b HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"bad_escape", "GET /livez%zz HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"not_utf_8", "GET /livez%ff HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"eight_bit_target", "GET /livez\xc3\xb1 HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"fragment", "GET /livez#a HTTP/1.1\r\n" + host + "\r\n" + hidden},
        {"tls_in_tls", std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15} + hidden},
        {"refused_before_its_body", post("Content-Type: application/json\r\nContent-Length: 900000\r\n", hidden)},
    };
    Station station;
    for (const Ambiguous& each : corpus) {
        HttpsClient client = station.client(5s);
        try {
            client.send(each.bytes);
        } catch (const Lost&) {
        }
        const std::vector<Answer> answers = client.receive_all(3s);
        ASSERT_EQ(answers.size(), 1u) << each.name;
        EXPECT_TRUE((answers[0].status >= 400 && answers[0].status < 500) || answers[0].status == 501 || answers[0].status == 505)
            << each.name << answers[0].status;
        EXPECT_EQ(answers[0].header("Connection"), "close") << each.name;
        EXPECT_TRUE(client.closes_within(3s)) << each.name;
    }
    EXPECT_TRUE(station.process().alive());
}

TEST(AmbiguousHttp, mutated_never_gets_more_answers_than_it_has_requests) {
    std::mt19937 random{test_seed()};
    const auto up_to = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>{0, below - 1}(random); };
    Station station;
    const std::string good = "POST /v1/manifests:validate HTTP/1.1\r\n" + host +
                             "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"formatVersion\":\"\"}GET /livez HTTP/1.1\r\n" + host +
                             "Accept: */*\r\n\r\n";
    const std::string pieces[] = {"\r\n",
                                  "\n",
                                  "\r",
                                  std::string(1, '\0'),
                                  " ",
                                  "\t",
                                  ":",
                                  ",",
                                  "chunked",
                                  "Transfer-Encoding: chunked\r\n",
                                  "Content-Length: 3\r\n",
                                  "HTTP/1.1",
                                  "\xff",
                                  "%00",
                                  "0"};
    for (int round = 0; round < 400; ++round) {
        std::string bytes = good;
        for (std::size_t changes = 1 + up_to(3); changes > 0; --changes) {
            const std::size_t at = up_to(bytes.size());
            const std::string& piece = pieces[up_to(std::size(pieces))];
            switch (up_to(3)) {
                case 0:
                    bytes.insert(at, piece);
                    break;
                case 1:
                    bytes.replace(at, std::min(piece.size(), bytes.size() - at), piece);
                    break;
                default:
                    bytes.erase(at, 1 + up_to(8));
                    break;
            }
        }
        bytes += "GET /livez HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n";
        HttpsClient client = station.client(5s);
        try {
            client.send(bytes);
        } catch (const Lost&) {
        }
        const std::vector<Answer> answers = client.receive_all(300ms);
        EXPECT_LE(answers.size(), count_of(bytes, "HTTP/1.") + 1) << bytes;
        for (const Answer& answer : answers)
            EXPECT_TRUE(answer.status < 500 || answer.status == 501 || answer.status == 505) << answer.status << bytes;
    }
    EXPECT_TRUE(station.process().alive());
    EXPECT_EQ(station.ask({"GET", "/livez"}).status, 200);
}

struct Bomb {
    const char* name;
    const char* target;
    const char* media_type;
    std::string body;
    Fields more{};
};

std::vector<Bomb> bombs() {
    constexpr std::size_t mib = 1024 * 1024;
    const char* const intake = "/v1/manifests:validate";
    const char* const json = "application/json";
    const char* const binary = "application/x-protobuf";
    const auto repeated = [](const std::string& text, std::size_t times) {
        std::string all;
        for (std::size_t i = 0; i < times; ++i) all += text;
        return all;
    };
    std::string wide = "{";
    for (int i = 0; i < 500'000; ++i) wide += "\"member" + std::to_string(i) + "\":1,";
    std::string nul = fresh().dump();
    nul.insert(nul.size() / 2, 1, '\0');
    return {
        {"deep_lists", intake, json, std::string(2 * mib, '[')},
        {"deep_objects", intake, json, repeated("{\"trip\":", 300'000)},
        {"deep_closed", intake, json, "{\"trip\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"},
        {"wide_object", intake, json, wide + "\"z\":1}"},
        {"wide_list", intake, json, "{\"shipments\":[" + repeated("{},", 2'000'000) + "{}]}"},
        {"long_text", intake, json, "{\"documentId\":\"" + std::string(15 * mib, 'a') + "\"}"},
        {"long_name", intake, json, "{\"" + std::string(15 * mib, 'a') + "\":1}"},
        {"long_number", intake, json, "{\"formatVersion\":" + std::string(4 * mib, '9') + "}"},
        {"many_escapes", intake, json, "{\"documentId\":\"" + repeated("\\u0061", 2'000'000) + "\"}"},
        {"same_name", intake, json, "{" + repeated("\"trip\":{},", 500'000) + "\"trip\":{}}"},
        {"nul", intake, json, nul},
        {"nul_escaped", intake, json, "{\"documentId\":\"a\\u0000b\"}"},
        {"lone_surrogate", intake, json, "{\"documentId\":\"\\ud800\"}"},
        {"not_utf_8", intake, json, "{\"documentId\":\"\xff\xfe\"}"},
        {"spaces", intake, json, std::string(15 * mib, ' ')},
        {"cut_off", intake, json, fresh().dump().substr(0, 3000)},
        {"trailing", intake, json, fresh().dump() + "{}"},
        {"byte_order_mark", intake, json, "\xef\xbb\xbf" + fresh().dump()},
        {"gzip_unannounced", intake, json, std::string{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10} + std::string(mib, 'x')},
        {"gzip_announced", intake, json, std::string(mib, 'x'), {{"Content-Encoding", "gzip"}}},
        {"protobuf_length", intake, binary, "\x2a\xff\xff\xff\xff\x0f"},
        {"protobuf_groups", intake, binary, std::string(4 * mib, '\x0b')},
        {"protobuf_nested", intake, binary, repeated("\x2a\x7f", 500'000)},
        {"protobuf_empty_shipments", intake, binary, repeated(std::string{"\x32\x00", 2}, 4'000'000)},
        {"protobuf_varints", intake, binary, std::string(4 * mib, '\xff')},
        {"deep_claim", "/v1/ports/2604/inspections:claim", json, std::string(60'000, '[')},
        {"wide_claim", "/v1/ports/2604/inspections:claim", json, wide + "\"z\":1}"},
        {"long_form", "/oauth2/token", "application/x-www-form-urlencoded", "grant_type=" + std::string(8 * mib, '%')},
        {"wide_form", "/oauth2/token", "application/x-www-form-urlencoded", repeated("a=b&", 1'000'000)},
        {"long_assertion", "/oauth2/token", "application/x-www-form-urlencoded",
         "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
             std::string(8 * mib, 'e')},
    };
}

TEST(BodyBombs, are_refused_quickly_and_leave_nothing) {
    Station station;
    const pid_t pid = station.process().pid();
    ASSERT_EQ(station.post(station.broker, "/v1/manifests:validate", fresh()).status, 200);
    const std::int64_t before_kib = resident_kib(pid);
    std::string growth;
    std::chrono::milliseconds slowest{0};
    for (const Bomb& bomb : bombs()) {
        const Party& party = std::string_view{bomb.target}.find("ports") != std::string_view::npos ? station.cbp : station.broker;
        Fields fields = bomb.more;
        fields.emplace_back("Content-Type", bomb.media_type);
        fields.push_back(station.bearer(party));
        HttpsClient client = station.client(30s);
        client.connect();
        const auto begun = Clock::now();
        try {
            const Answer answer = client.ask({"POST", bomb.target, fields, bomb.body});
            EXPECT_TRUE(answer.status >= 400 && answer.status < 500) << bomb.name << " " << answer.status << answer.body.substr(0, 200);
            EXPECT_LT(answer.body.size(), 256u * 1024) << bomb.name;
        } catch (const Lost& lost) {
            ADD_FAILURE() << bomb.name << ": " << lost.what();
        }
        slowest = std::max(slowest, since(begun));
        ASSERT_TRUE(station.process().alive()) << bomb.name << station.errors();
        growth += std::string{" "} + bomb.name + " " + std::to_string(resident_kib(pid) - before_kib);
    }
    std::cout << "slowest refusal " << slowest.count() << " ms\n";
    EXPECT_LE(resident_kib(pid) - before_kib, 64 * 1024) << "KiB after each:" << growth;
    EXPECT_EQ(station.submit(station.broker, fresh().dump()).status, 201);
}

}  // namespace puente::test
