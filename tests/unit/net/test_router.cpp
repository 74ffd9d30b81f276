#include <gtest/gtest.h>

#include "puente/net/router.hpp"

using namespace puente::net;

namespace {

Router make_router() {
    return Router{
        {
         {Method::post, "/v1/manifests", 0},
         {Method::get, "/v1/manifests", 1},
         {Method::get, "/v1/manifests/{id}", 2},
         {Method::put, "/v1/manifests/{manifest}", 3},
         {Method::post, "/v1/manifests:validate", 4},
         {Method::post, "/v1/ports/{port}/inspections:claim", 5},
         {Method::post, "/v1/inspections/{id}/legs/{agency}:start", 6},
         {Method::post, "/v1/inspections/{id}/legs/{agency}:restart", 7},
         {Method::get, "/v1/inspections/{id}/legs/{agency}", 8},
         {Method::get, "/v1/manifests/recent", 9},
         {Method::get, "/", 10},
         {Method::delete_, "/v1/manifests/{id}:draft", 11},
         }
    };
}

struct RouteCase {
    const char* name;
    Method method;
    const char* path;
    int index;  ///< -1: no route
    const char* values;
    const char* allow;
};

constexpr RouteCase route_cases[] = {
    {"literal",                  Method::post,    "/v1/manifests",                      0,  "",                 ""               },
    {"other_method",             Method::get,     "/v1/manifests",                      1,  "",                 ""               },
    {"name",                     Method::get,     "/v1/manifests/7",                    2,  "id=7 ",            ""               },
    {"own_name_for_each_method", Method::put,     "/v1/manifests/7",                    3,  "manifest=7 ",      ""               },
    {"verb_on_literal",          Method::post,    "/v1/manifests:validate",             4,  "",                 ""               },
    {"verb_after_name",          Method::post,    "/v1/ports/2304/inspections:claim",   5,  "port=2304 ",       ""               },
    {"verb_on_name",             Method::post,    "/v1/inspections/i/legs/CBP:start",   6,  "id=i agency=CBP ", ""               },
    {"longer_verb",              Method::post,    "/v1/inspections/i/legs/CBP:restart", 7,  "id=i agency=CBP ", ""               },
    {"bare_name_beside_verbs",   Method::get,     "/v1/inspections/i/legs/CBP",         8,  "id=i agency=CBP ", ""               },
    {"value_with_colon",         Method::get,     "/v1/manifests/did:web:a",            2,  "id=did:web:a ",    ""               },
    {"literal_before_name",      Method::get,     "/v1/manifests/recent",               9,  "",                 ""               },
    {"root",                     Method::get,     "/",                                  10, "",                 ""               },
    {"head_finds_get",           Method::head,    "/v1/manifests/7",                    2,  "id=7 ",            ""               },
    {"delete_with_verb",         Method::delete_, "/v1/manifests/7:draft",              11, "id=7 ",            ""               },
    {"not_this_method",          Method::delete_, "/v1/manifests",                      -1, "",                 "POST, GET, HEAD"},
    {"verb_takes_the_path",      Method::get,     "/v1/inspections/i/legs/CBP:start",   -1, "",                 "POST"           },
    {"literal_takes_the_path",   Method::put,     "/v1/manifests/recent",               -1, "",                 "GET, HEAD"      },
    {"unknown_verb",             Method::post,    "/v1/manifests:burn",                 -1, "",                 ""               },
    {"verb_without_value",       Method::post,    "/v1/inspections/i/legs/:start",      -1, "",                 "GET, HEAD"      },
    {"empty_value",              Method::get,     "/v1/manifests/",                     -1, "",                 ""               },
    {"double_slash",             Method::get,     "//v1/manifests",                     -1, "",                 ""               },
    {"too_long",                 Method::get,     "/v1/manifests/7/x",                  -1, "",                 ""               },
    {"too_short",                Method::get,     "/v1",                                -1, "",                 ""               },
    {"no_slash",                 Method::get,     "v1/manifests",                       -1, "",                 ""               },
    {"empty",                    Method::get,     "",                                   -1, "",                 ""               },
    {"seventeen_segments",       Method::get,     "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h", -1, "",                 ""               },
    {"case_counts",              Method::get,     "/V1/manifests",                      -1, "",                 ""               },
};

}  // namespace

class Routes : public testing::TestWithParam<RouteCase> {};

TEST_P(Routes, lead_to_the_handler) {
    const Router router = make_router();
    const Router::Match match = router.match(GetParam().method, GetParam().path);
    EXPECT_EQ(match.found ? static_cast<int>(match.index) : -1, GetParam().index);
    std::string values;
    for (const auto& [name, value] : match.values) values += name + "=" + value + " ";
    EXPECT_EQ(values, GetParam().values);
    EXPECT_EQ(match.allow, GetParam().allow);
}

INSTANTIATE_TEST_SUITE_P(Paths, Routes, testing::ValuesIn(route_cases), [](const auto& i) { return std::string{i.param.name}; });
