#include <fmt/format.h>

#include <array>
#include <utility>

#include "api/bundle_shelf.hpp"
#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/rate.hpp"
#include "api/routes.hpp"
#include "puente/api/api.hpp"
#include "puente/net/router.hpp"
#include "puente/telemetry/log.hpp"
#include "puente/telemetry/metrics.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

/// A body up to this size is read before anything is refused, so that the connection can go on.
constexpr std::size_t small_body = 64 * 1024;

std::vector<net::RoutePattern> patterns() {
    std::vector<net::RoutePattern> list;
    for (std::size_t i = 0; i < routes().size(); ++i) list.push_back({routes()[i].method, routes()[i].pattern, i});
    return list;
}

/// Manifests, attachments and rule sets are documents; everything else that is sent is a few lines.
bool takes_documents(const Route& route) {
    const std::string_view pattern = route.pattern;
    return pattern.starts_with("/v1/manifests") || pattern.ends_with("/attachments/{sha256}") || pattern.starts_with("/v1/rulesets");
}

class CounterApplication final : public net::Application {
public:
    explicit CounterApplication(Counter counter) : counter_{std::move(counter)}, router_{patterns()}, rate_{counter_.settings.client_rate} {}

    asio::awaitable<net::Response> answer(net::Request& request, std::size_t& route) override {
        Visit visit{counter_, request, {}, language_of(request)};
        const net::Router::Match match = router_.match(request.method, request.path);
        if (!match.found) co_return no_route(match, visit);
        route = match.index;
        request.path_values = match.values;
        const Route& row = routes()[match.index];
        if (row.scope) {
            const std::optional<std::string_view> token = bearer_token(request);
            if (!token) co_return problem("unauthorized", visit.language, request.request_id);
            Result<access::Caller> caller = co_await clearance::identify(*token, request.client_certificate_sha256, counter_.desk, counter_.clearance);
            if (!caller) co_return problem(caller.error(), visit.language, request.request_id);
            if (!caller->scopes.has(*row.scope)) {
                co_return problem("forbidden", visit.language, request.request_id, fmt::format("the token lacks the scope {}", access::to_text(*row.scope)));
            }
            if (!rate_.admits(caller->client_id, std::chrono::steady_clock::now())) co_return problem("too-many-requests", visit.language, request.request_id);
            visit.caller = std::move(*caller);
        } else if (reads_rules(row) && !rate_.admits("from " + request.peer_address, std::chrono::steady_clock::now())) {
            co_return problem("too-many-requests", visit.language, request.request_id);
        }
        co_return co_await row.handler(visit);
    }

    net::Response refuse(int status, std::string_view detail, std::string_view request_id) override {
        const ProblemType& type = problem_type_of_status(status);
        JsonText document = begin_problem(type, rules::Language::en, request_id, detail);
        return finish_problem(type, rules::Language::en, document);
    }

    std::unique_ptr<net::Response> refuse_early(const net::Request& request) override {
        const std::string_view length = request.headers.find("Content-Length").value_or("0");
        const bool large = length.size() > 5 || std::atol(std::string{length}.c_str()) > static_cast<long>(small_body);
        if (!large && !request.headers.find("Expect")) return nullptr;
        const net::Router::Match match = router_.match(request.method, request.path);
        Visit visit{counter_, const_cast<net::Request&>(request), {}, language_of(request)};
        if (!match.found) return std::make_unique<net::Response>(no_route(match, visit));
        if (large && !takes_documents(routes()[match.index])) return std::make_unique<net::Response>(problem("too-large", visit.language, request.request_id));
        if (!routes()[match.index].scope || bearer_token(request)) return nullptr;
        return std::make_unique<net::Response>(problem("unauthorized", visit.language, request.request_id));
    }

    void served(const net::Served& served) override {
        const std::string_view route = served.route < routes().size() ? routes()[served.route].pattern : "none";
        counter_.clearance.metrics.request(route, net::to_text(served.request.method), served.response.status, served.duration);
        if (!telemetry::logs(telemetry::Level::info)) return;
        telemetry::Event event{"http.request", telemetry::Level::info};
        event.with("request_id", served.request.request_id).with("http.request.method", net::to_text(served.request.method)).with("http.route", route);
        event.with("http.response.status_code", served.response.status).with("duration_ms", static_cast<double>(served.duration.count()) / 1000.0);
    }

private:
    static net::Response no_route(const net::Router::Match& match, const Visit& visit) {
        if (match.allow.empty()) return problem("not-found", visit.language, visit.request.request_id);
        net::Response response = problem("method-not-allowed", visit.language, visit.request.request_id);
        response.headers.add("Allow", match.allow);
        return response;
    }

    Counter counter_;
    net::Router router_;
    ClientRate rate_;
};

}  // namespace

std::unique_ptr<net::Application> make_application(ApiSettings settings, clearance::Clearance& clearance, const clearance::AccessDesk& desk, HouseView house) {
    std::string description = openapi(settings.public_url);
    std::string description_etag = etag_of_text(description);
    Counter counter{std::move(settings), clearance, desk, std::move(house), std::move(description), std::move(description_etag), etag_of_text(manifest::json_schema()),
                    std::make_shared<BundleShelf>()};
    return std::make_unique<CounterApplication>(std::move(counter));
}

}  // namespace puente::api
