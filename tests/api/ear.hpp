#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "api/https_client.hpp"

namespace puente::test {

/// An event as it was told.
struct Heard {
    std::string id;
    std::string kind;
    nlohmann::json data;
};

/// One stream of events, from its beginning.
class Ear {
public:
    Ear(HttpsClient client, const std::string& token, const std::string& query = "", const std::string& last_id = "") : client_{std::move(client)} {
        Ask ask{
            "GET", "/v1/events" + query, {{"Accept", "text/event-stream"}, {"Authorization", "Bearer " + token}}
        };
        if (!last_id.empty()) ask.headers.emplace_back("Last-Event-ID", last_id);
        client_.connect();
        client_.send(ask.text());
        answer = client_.receive();
        last = last_id;
    }

    /// The next event; nothing when none comes in time. Throws Lost at the end of the stream.
    std::optional<Heard> next(std::chrono::milliseconds time = std::chrono::seconds{5}) {
        const auto deadline = std::chrono::steady_clock::now() + time;
        while (true) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
            const std::optional<std::string> block = client_.receive_block(std::max(left, std::chrono::milliseconds{1}));
            if (!block) return std::nullopt;
            Heard heard = read(*block);
            if (!heard.id.empty()) last = heard.id;
            if (!heard.kind.empty()) return heard;
        }
    }
    std::vector<Heard> next(std::size_t count) {
        std::vector<Heard> all;
        while (all.size() < count) {
            std::optional<Heard> heard = next();
            if (!heard) break;
            all.push_back(std::move(*heard));
        }
        return all;
    }
    bool ends_within(std::chrono::milliseconds time) {
        try {
            next(time);
        } catch (const Lost&) {
            return true;
        }
        return false;
    }

    Answer answer;
    std::string last;
    unsigned retry = 0;

private:
    Heard read(const std::string& block) {
        Heard heard;
        for (std::size_t at = 0; at < block.size();) {
            const std::size_t end = block.find('\n', at);
            const std::string line = block.substr(at, end - at);
            at = end + 1;
            if (line.starts_with("id: ")) heard.id = line.substr(4);
            if (line.starts_with("event: ")) heard.kind = line.substr(7);
            if (line.starts_with("data: ")) heard.data = nlohmann::json::parse(line.substr(6));
            if (line.starts_with("retry: ")) retry = static_cast<unsigned>(std::stoul(line.substr(7)));
        }
        return heard;
    }

    HttpsClient client_;
};

}  // namespace puente::test
