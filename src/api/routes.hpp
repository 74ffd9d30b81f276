#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <span>

#include "puente/access/caller.hpp"
#include "puente/api/api.hpp"
#include "puente/net/message.hpp"
#include "puente/rules/finding.hpp"

namespace puente::telemetry {
class Metrics;
}

namespace puente::api {

class BundleShelf;

/// What every handler can reach.
struct Counter {
    ApiSettings settings;
    clearance::Clearance& clearance;
    const clearance::AccessDesk& desk;
    HouseView house;
    std::string openapi_text;
    std::string openapi_etag;
    std::string schema_etag;
    std::shared_ptr<BundleShelf> bundles;  ///< the desk may be at work on one when the counter closes
};

/// One request on its way through a handler.
struct Visit {
    Counter& counter;
    net::Request& request;
    access::Caller caller;  ///< known when the route asks for a scope
    rules::Language language = rules::Language::en;
};

/// A row of the table of routes. The table is all there is: the router, the guard, the OpenAPI description and the tests read it.
struct Route {
    net::Method method;
    const char* pattern;
    std::optional<access::Scope> scope;  ///< nothing: open to all
    boost::asio::awaitable<net::Response> (*handler)(Visit&);
    const char* operation;               ///< OpenAPI operationId
    const char* tag;
    const char* summary;
};

std::span<const Route> routes();
/// Open to all, and more than a glance at something at hand: held to a rate by the address that asks.
bool reads_rules(const Route& route);

boost::asio::awaitable<net::Response> give_token(Visit& visit);
boost::asio::awaitable<net::Response> show_metadata(Visit& visit);
boost::asio::awaitable<net::Response> show_keys(Visit& visit);
boost::asio::awaitable<net::Response> submit_manifest(Visit& visit);
boost::asio::awaitable<net::Response> validate_manifest(Visit& visit);
boost::asio::awaitable<net::Response> list_manifests(Visit& visit);
boost::asio::awaitable<net::Response> show_manifest(Visit& visit);
boost::asio::awaitable<net::Response> show_status(Visit& visit);
boost::asio::awaitable<net::Response> show_history(Visit& visit);
boost::asio::awaitable<net::Response> amend_manifest(Visit& visit);
boost::asio::awaitable<net::Response> cancel_manifest(Visit& visit);
boost::asio::awaitable<net::Response> note_arrival(Visit& visit);
boost::asio::awaitable<net::Response> note_crossing(Visit& visit);
boost::asio::awaitable<net::Response> show_events(Visit& visit);
boost::asio::awaitable<net::Response> list_inspections(Visit& visit);
boost::asio::awaitable<net::Response> claim_inspection(Visit& visit);
boost::asio::awaitable<net::Response> keep_claim(Visit& visit);
boost::asio::awaitable<net::Response> show_board(Visit& visit);
boost::asio::awaitable<net::Response> list_bays(Visit& visit);
boost::asio::awaitable<net::Response> furnish_bay(Visit& visit);
boost::asio::awaitable<net::Response> schedule_inspection(Visit& visit);
boost::asio::awaitable<net::Response> list_contingencies(Visit& visit);
boost::asio::awaitable<net::Response> declare_contingency(Visit& visit);
boost::asio::awaitable<net::Response> confirm_contingency(Visit& visit);
boost::asio::awaitable<net::Response> end_contingency(Visit& visit);
boost::asio::awaitable<net::Response> start_leg(Visit& visit);
boost::asio::awaitable<net::Response> decide_leg(Visit& visit);
boost::asio::awaitable<net::Response> release_claim(Visit& visit);
boost::asio::awaitable<net::Response> join_leg(Visit& visit);
boost::asio::awaitable<net::Response> decline_leg(Visit& visit);
boost::asio::awaitable<net::Response> rehold_leg(Visit& visit);
boost::asio::awaitable<net::Response> refer_manifest(Visit& visit);
boost::asio::awaitable<net::Response> show_inspection(Visit& visit);
boost::asio::awaitable<net::Response> list_annotations(Visit& visit);
boost::asio::awaitable<net::Response> add_annotation(Visit& visit);
boost::asio::awaitable<net::Response> put_attachment(Visit& visit);
boost::asio::awaitable<net::Response> show_attachment(Visit& visit);
boost::asio::awaitable<net::Response> list_agencies(Visit& visit);
boost::asio::awaitable<net::Response> place_legal_hold(Visit& visit);
boost::asio::awaitable<net::Response> list_holds_of_manifest(Visit& visit);
boost::asio::awaitable<net::Response> show_legal_hold(Visit& visit);
boost::asio::awaitable<net::Response> lift_legal_hold(Visit& visit);
boost::asio::awaitable<net::Response> list_legal_holds(Visit& visit);
boost::asio::awaitable<net::Response> add_webhook(Visit& visit);
boost::asio::awaitable<net::Response> list_webhooks(Visit& visit);
boost::asio::awaitable<net::Response> show_webhook(Visit& visit);
boost::asio::awaitable<net::Response> remove_webhook(Visit& visit);
boost::asio::awaitable<net::Response> rotate_webhook_secret(Visit& visit);
boost::asio::awaitable<net::Response> pause_webhook(Visit& visit);
boost::asio::awaitable<net::Response> resume_webhook(Visit& visit);
boost::asio::awaitable<net::Response> verify_webhook(Visit& visit);
boost::asio::awaitable<net::Response> replay_webhook(Visit& visit);
boost::asio::awaitable<net::Response> list_deliveries(Visit& visit);
boost::asio::awaitable<net::Response> list_rule_sets(Visit& visit);
boost::asio::awaitable<net::Response> show_rule_set(Visit& visit);
boost::asio::awaitable<net::Response> show_rule_bundle(Visit& visit);
boost::asio::awaitable<net::Response> list_rule_versions(Visit& visit);
boost::asio::awaitable<net::Response> publish_rules(Visit& visit);
boost::asio::awaitable<net::Response> show_rule_version(Visit& visit);
boost::asio::awaitable<net::Response> show_rule_difference(Visit& visit);
boost::asio::awaitable<net::Response> activate_rules(Visit& visit);
boost::asio::awaitable<net::Response> show_rule(Visit& visit);
boost::asio::awaitable<net::Response> list_registries(Visit& visit);
boost::asio::awaitable<net::Response> list_registry_entries(Visit& visit);
boost::asio::awaitable<net::Response> show_registry_entry(Visit& visit);
boost::asio::awaitable<net::Response> put_registry_entry(Visit& visit);
boost::asio::awaitable<net::Response> end_registry_entry(Visit& visit);
boost::asio::awaitable<net::Response> show_alive(Visit& visit);
boost::asio::awaitable<net::Response> show_ready(Visit& visit);
boost::asio::awaitable<net::Response> show_metrics(Visit& visit);
boost::asio::awaitable<net::Response> show_openapi(Visit& visit);
boost::asio::awaitable<net::Response> show_schema(Visit& visit);
boost::asio::awaitable<net::Response> show_problem(Visit& visit);

}  // namespace puente::api
