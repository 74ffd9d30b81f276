#include <charconv>
#include <utility>

#include "api/inspection_answers.hpp"
#include "api/port_path.hpp"
#include "api/representation.hpp"
#include "api/routes.hpp"
#include "puente/clearance/claims.hpp"
#include "puente/clearance/read.hpp"

namespace puente::api {

namespace asio = boost::asio;

asio::awaitable<net::Response> list_inspections(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    std::size_t limit = 50;
    if (const std::optional<std::string_view> text = visit.request.query_value("limit")) {
        const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), limit);
        if (fault != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > 200) co_return failed(Error{ErrorKind::malformed, "'limit' is 1 to 200"}, visit);
    }
    std::string cursor{visit.request.query_value("cursor").value_or("")};
    const Result<store::QueuePage> page = co_await clearance::list_inspections(*port, std::move(cursor), limit, visit.caller, visit.counter.clearance);
    if (!page) co_return failed(page.error(), visit);
    co_return json_answer(queue_document(*port, *page, visit.language));
}

}  // namespace puente::api
