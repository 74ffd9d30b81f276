// The registers of trusted-trader programmes: read by officers of every agency, kept by the programme's own.
#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "puente/clearance/registry.hpp"

namespace puente::api {

namespace asio = boost::asio;
using selection::IdKind;
using selection::Programme;

namespace {

constexpr std::size_t page_max = 1'000;

net::Response failed(const Error& error, const Visit& visit) {
    return problem(error, visit.language, visit.request.request_id);
}

net::Response json_response(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(body);
    response.headers.add("Cache-Control", "private, no-cache");
    return response;
}

Result<Programme> programme_of(const Visit& visit) {
    const std::optional<Programme> programme = selection::parse_programme(visit.request.path_value("programme"));
    if (!programme) return Error{ErrorKind::not_found, "no such programme"};
    return *programme;
}

/// Which holder of which register a request is about.
struct HolderName {
    Programme programme;
    IdKind kind;
    std::string id;
};

Result<HolderName> holder_of(const Visit& visit) {
    const Result<Programme> programme = programme_of(visit);
    if (!programme) return programme.error();
    const std::optional<IdKind> kind = selection::parse_id_kind(visit.request.path_value("kind"));
    if (!kind || !names_by(*programme, *kind)) return Error{ErrorKind::not_found, "this register does not name its holders so"};
    const Result<std::string> id = selection::canonical_id(*kind, visit.request.path_value("holder"));
    if (!id) return Error{ErrorKind::malformed, "the identifier in the path is not " + id.error().detail()};
    return HolderName{*programme, *kind, *id};
}

void write_record(JsonText& json, const store::RegistryRecord& record) {
    const store::RegistryEntry& entry = record.entry;
    json.open_object().member("kind", to_text(entry.kind)).member("id", entry.id).member_if("name", entry.name);
    if (entry.tier > 0) json.member("tier", std::int64_t{entry.tier});
    json.member("status", to_text(entry.status)).member("validFrom", day_text(entry.valid_from));
    if (entry.valid_until) json.member("validUntil", day_text(*entry.valid_until));
    json.member("source", record.source).member("recordedAt", to_text(record.recorded_at)).member("recordedBy", record.by).close_object();
}

Result<std::size_t> limit_of(const Visit& visit) {
    const std::optional<std::string_view> text = visit.request.query_value("limit");
    if (!text) return 50;
    std::size_t limit = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (fault != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > page_max)
        return Error{ErrorKind::malformed, fmt::format("'limit' is 1 to {}", page_max)};
    return limit;
}

/// The entry that a body stands for; the path names its holder.
Result<store::RegistryEntry> entry_of(const HolderName& holder, const std::string& body) {
    const Result<nlohmann::json> object = read_object(body, {"name", "tier", "status", "validFrom", "validUntil"});
    if (!object) return object.error();
    clearance::EntryText text;
    text.kind = to_text(holder.kind);
    text.id = holder.id;
    for (const auto& [member, value] : object->items()) {
        if (member == "tier" ? !value.is_number_unsigned() : !value.is_string())
            return Error{ErrorKind::malformed, fmt::format("/{}: {}", member, member == "tier" ? "a number" : "a text")};
    }
    if (const auto tier = object->find("tier"); tier != object->end()) text.tier = std::to_string(tier->get<std::uint64_t>());
    text.name = object->value("name", "");
    text.status = object->value("status", "");
    text.valid_from = object->value("validFrom", "");
    text.valid_until = object->value("validUntil", "");
    auto read = clearance::read_entry(holder.programme, text);
    if (const auto* fault = std::get_if<clearance::EntryFault>(&read))
        return Error{ErrorKind::malformed, fmt::format("/{}: {}", fault->field, fault->text)};
    return std::get<store::RegistryEntry>(std::move(read));
}

}  // namespace

asio::awaitable<net::Response> list_registries(Visit& visit) {
    const auto registries = co_await clearance::list_registries(visit.caller, visit.counter.clearance);
    if (!registries) co_return failed(registries.error(), visit);
    JsonText json;
    json.open_object().name("items").open_list();
    for (const store::RegistrySummary& each : *registries) {
        json.open_object().member("programme", to_text(each.programme)).member("agency", each.agency).member("version", each.version);
        json.member("changedAt", to_text(each.changed_at))
            .member("active", each.active)
            .member("suspended", each.suspended)
            .member("revoked", each.revoked);
        json.close_object();
    }
    co_return json_response(200, json.close_list().close_object().take());
}

asio::awaitable<net::Response> list_registry_entries(Visit& visit) {
    const Result<Programme> programme = programme_of(visit);
    if (!programme) co_return failed(programme.error(), visit);
    const Result<std::size_t> limit = limit_of(visit);
    if (!limit) co_return failed(limit.error(), visit);
    std::string after{visit.request.query_value("cursor").value_or("")};
    const auto records = co_await clearance::list_registry_entries(*programme, std::move(after), *limit, visit.caller, visit.counter.clearance);
    if (!records) co_return failed(records.error(), visit);
    JsonText json;
    json.open_object().member("programme", to_text(*programme)).name("items").open_list();
    for (std::size_t i = 0; i < records->size() && i < *limit; ++i) write_record(json, (*records)[i]);
    json.close_list();
    if (records->size() > *limit) {
        const store::RegistryEntry& last = (*records)[*limit - 1].entry;
        json.member("next", fmt::format("{}:{}", to_text(last.kind), last.id));
    }
    co_return json_response(200, json.close_object().take());
}

asio::awaitable<net::Response> show_registry_entry(Visit& visit) {
    Result<HolderName> holder = holder_of(visit);
    if (!holder) co_return failed(holder.error(), visit);
    const auto record =
        co_await clearance::find_registry_entry(holder->programme, holder->kind, std::move(holder->id), visit.caller, visit.counter.clearance);
    if (!record) co_return failed(record.error(), visit);
    JsonText json;
    write_record(json, *record);
    co_return json_response(200, json.take());
}

asio::awaitable<net::Response> put_registry_entry(Visit& visit) {
    const Result<HolderName> holder = holder_of(visit);
    if (!holder) co_return failed(holder.error(), visit);
    Result<store::RegistryEntry> entry = entry_of(*holder, visit.request.body);
    if (!entry) co_return failed(entry.error(), visit);
    const auto put = co_await clearance::put_registry_entry(holder->programme, std::move(*entry), visit.caller, visit.counter.clearance);
    if (!put) co_return failed(put.error(), visit);
    JsonText json;
    write_record(json, put->record);
    co_return json_response(put->fresh ? 201 : 200, json.take());
}

asio::awaitable<net::Response> end_registry_entry(Visit& visit) {
    Result<HolderName> holder = holder_of(visit);
    if (!holder) co_return failed(holder.error(), visit);
    const IdKind kind = holder->kind;
    const std::string id = holder->id;
    const auto ended = co_await clearance::end_registry_entry(holder->programme, kind, id, visit.caller, visit.counter.clearance);
    if (!ended) co_return failed(ended.error(), visit);
    JsonText json;
    json.open_object().member("programme", to_text(holder->programme)).member("kind", to_text(kind)).member("id", id).member("ended", true);
    co_return json_response(200, json.close_object().take());
}

}  // namespace puente::api
