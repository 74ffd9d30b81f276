#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/routes.hpp"
#include "puente/api/api.hpp"
#include "puente/manifest/manifest.hpp"

namespace puente::house {

namespace {

using nlohmann::json;

json description() {
    return json::parse(api::openapi("https://gateway.test"));
}

json operation_of(const json& openapi, const api::Route& route) {
    std::string method{net::to_text(route.method)};
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    return openapi["paths"].value(route.pattern, json::object()).value(method, json::object());
}

void expect_references_resolve(const json& node, const json& openapi) {
    if (node.is_object() && node.contains("$ref")) {
        const std::string place = node["$ref"].get<std::string>().substr(1);
        EXPECT_TRUE(openapi.contains(json::json_pointer{place})) << place;
    }
    for (const json& child : node) {
        if (child.is_structured()) expect_references_resolve(child, openapi);
    }
}

}  // namespace

TEST(Routes, are_all_described) {
    const json openapi = description();
    for (const api::Route& route : api::routes()) EXPECT_EQ(operation_of(openapi, route).value("operationId", ""), route.operation) << route.pattern;
}

TEST(Routes, are_all_that_is_described) {
    const json openapi = description();
    std::size_t count = 0;
    for (const auto& [path, item] : openapi["paths"].items()) count += item.size();
    EXPECT_EQ(count, api::routes().size());
}

TEST(Routes, are_described_with_their_scope) {
    const json openapi = description();
    for (const api::Route& route : api::routes()) {
        json expected = json::array();
        if (route.scope)
            expected.push_back({
                {"oauth2", json::array({std::string{access::to_text(*route.scope)}})}
            });
        EXPECT_EQ(operation_of(openapi, route)["security"], expected) << route.pattern;
    }
}

TEST(Routes, below_v1_ask_for_a_scope_except_to_read_the_law) {
    for (const api::Route& route : api::routes()) {
        const bool reads_the_law = std::string_view{route.tag} == "rules" && route.method == net::Method::get;
        EXPECT_EQ(route.scope.has_value(), std::string_view{route.pattern}.starts_with("/v1/") && !reads_the_law) << route.pattern;
    }
}

TEST(Routes, have_a_parameter_for_each_place_in_their_path) {
    const json openapi = description();
    for (const api::Route& route : api::routes()) {
        std::string path = route.pattern;
        const json operation = operation_of(openapi, route);
        for (json parameter : operation["parameters"]) {
            if (parameter.contains("$ref")) parameter = openapi[json::json_pointer{parameter["$ref"].get<std::string>().substr(1)}];
            if (parameter["in"] != "path") continue;
            const std::string place = "{" + parameter["name"].get<std::string>() + "}";
            ASSERT_NE(path.find(place), std::string::npos) << route.pattern;
            path.erase(path.find(place), place.size());
        }
        EXPECT_EQ(path.find('{'), std::string::npos) << route.pattern;
    }
}

TEST(Openapi, refers_only_to_what_is_there) {
    const json openapi = description();
    expect_references_resolve(openapi, openapi);
}

TEST(Openapi, shows_a_manifest_that_is_in_the_format) {
    const json openapi = description();
    const json example = openapi["paths"]["/v1/manifests"]["post"]["requestBody"]["content"]["application/json"]["examples"]["emptyTruck"]["value"];
    const manifest::Decoded decoded = manifest::decode_json(example.dump());
    EXPECT_NE(decoded.manifest, nullptr);
}

TEST(Openapi, is_told_the_address_of_the_gateway) {
    const json openapi = description();
    EXPECT_EQ(openapi["servers"][0]["url"], "https://gateway.test");
    EXPECT_EQ(openapi["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["tokenUrl"], "https://gateway.test/oauth2/token");
}

}  // namespace puente::house
