#include "puente/clearance/contingency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "clearance/port_place.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using Record = store::ContingencyRecord;
using Records = std::vector<Record>;

namespace {

Result<PortPlace> port_place(const std::string& port, const Clearance& clearance) {
    return find_port(*clearance.rules.current()->rulebook->lists, port, std::chrono::floor<std::chrono::days>(clearance.now()));
}

/// The keys are those of the two customs agencies, one of each country.
Result<void> need_key(const access::Caller& officer) {
    if (officer.agency && officer.agency->customs()) return {};
    return Error{ErrorKind::forbidden, "a contingency is declared, confirmed and ended by officers of the two customs agencies, one of each country"};
}

Result<void> check_classes(const std::vector<std::string>& wanted, const Clearance& clearance) {
    const std::shared_ptr<const RulesSnapshot> rules = clearance.rules.current();
    const codes::CodeList* goods = rules->rulebook->lists->find("essentialGoods");
    if (goods == nullptr) return Error{ErrorKind::internal, "the code list essentialGoods is missing"};
    const std::size_t column = goods->column_index("class").value_or(0);
    std::set<std::string_view> known;
    for (const codes::Entry& entry : *goods) known.insert(entry.column(column));
    if (wanted.empty()) return Error{ErrorKind::malformed, fmt::format("/classes: one or more of {}", fmt::join(known, ", "))};
    for (const std::string& each : wanted) {
        if (!known.contains(each))
            return Error{ErrorKind::malformed, fmt::format("/classes: a class of essential goods is one of {}", fmt::join(known, ", "))};
    }
    if (std::set<std::string_view>{wanted.begin(), wanted.end()}.size() != wanted.size()) return Error{ErrorKind::malformed, "/classes: each once"};
    return {};
}

using Turn = Result<Record> (*)(store::Transaction&, const std::string&, const Uuid&, const identifiers::AgencyCode&, const std::string&);

asio::awaitable<Result<Record>> turn_key(Turn turn, std::string port, Uuid id, const access::Caller& officer, Clearance& clearance) {
    if (const Result<void> key = need_key(officer); !key) co_return key.error();
    const std::function<Result<Record>(store::Transaction&)> work = [turn, port = std::move(port), id, agency = *officer.agency,
                                                                     client = officer.client_id](store::Transaction& tx) {
        return turn(tx, port, id, agency, client);
    };
    co_return co_await clearance.pool.in_transaction<Record>(store::As::caller(officer), work);
}

}  // namespace

asio::awaitable<Result<Records>> list_contingencies(std::string port, const access::Caller& officer, Clearance& clearance) {
    if (const Result<PortPlace> place = port_place(port, clearance); !place) co_return place.error();
    const std::function<Result<Records>(store::Transaction&)> find = [port = std::move(port)](store::Transaction& tx) {
        return store::list_contingencies(tx, port);
    };
    co_return co_await clearance.pool.in_transaction<Records>(store::As::caller(officer), find);
}

asio::awaitable<Result<Record>> declare_contingency(ContingencyProposal proposal, const access::Caller& officer, Clearance& clearance) {
    if (const Result<void> key = need_key(officer); !key) co_return key.error();
    Result<PortPlace> place = port_place(proposal.port, clearance);
    if (!place) co_return place.error();
    if (const Result<void> classes = check_classes(proposal.classes, clearance); !classes) co_return classes.error();
    store::Declaration declaration{std::move(proposal.port),
                                   std::move(place->us_ports),
                                   std::move(place->mx_offices),
                                   std::move(proposal.classes),
                                   clearance.rules.current()->head_starts.contingency,
                                   std::move(proposal.reason),
                                   proposal.lasts};
    const std::function<Result<Record>(store::Transaction&)> declare = [declaration = std::move(declaration), agency = *officer.agency,
                                                                        client = officer.client_id](store::Transaction& tx) {
        return store::declare_contingency(tx, declaration, agency, client);
    };
    co_return co_await clearance.pool.in_transaction<Record>(store::As::caller(officer), declare);
}

asio::awaitable<Result<Record>> confirm_contingency(std::string port, Uuid id, const access::Caller& officer, Clearance& clearance) {
    co_return co_await turn_key(store::confirm_contingency, std::move(port), id, officer, clearance);
}

asio::awaitable<Result<Record>> end_contingency(std::string port, Uuid id, const access::Caller& officer, Clearance& clearance) {
    co_return co_await turn_key(store::end_contingency, std::move(port), id, officer, clearance);
}

}  // namespace puente::clearance
