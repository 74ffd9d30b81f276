#include "puente/inspection/found.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace puente::inspection {
namespace {

const Instant now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

Verdict released() {
    return {};
}

Verdict held() {
    Verdict verdict;
    verdict.decision = Decision::hold;
    verdict.hold = Hold{"a sample is at the laboratory", "laboratory", now + std::chrono::hours{4}};
    return verdict;
}

Verdict refused() {
    Verdict verdict;
    verdict.decision = Decision::refuse;
    verdict.note = "undeclared goods behind the pallets";
    verdict.found.push_back({found_kind("UNDECLARED_GOODS"), "/shipments/0/goods/1", "12.5", "behind pallet 4"});
    return verdict;
}

TEST(Verdict, is_whole_as_an_officer_writes_it) {
    EXPECT_TRUE(check(released(), now));
    EXPECT_TRUE(check(held(), now));
    EXPECT_TRUE(check(refused(), now));
}

struct Fault {
    const char* name;
    Verdict (*good)();
    std::function<void(Verdict&)> spoil;
    const char* place;
};

const Fault faults[] = {
    {"hold_without_everything",    held,                                                                    [](Verdict& v) { v.hold.reset(); },                                                                                               "/reason"},
    {"hold_without_reason",        held,                                                                    [](Verdict& v) { v.hold->reason = ""; },                                                                                          "/reason"},
    {"hold_with_blank_reason",     held,                                                                    [](Verdict& v) { v.hold->reason = " \n"; },                                                                                       "/reason"},
    {"hold_with_long_reason",      held,                                                                    [](Verdict& v) { v.hold->reason.assign(2001, 'x'); },                                                                             "/reason"},
    {"hold_without_owner",         held,                                                                    [](Verdict& v) { v.hold->owner = ""; },                                                                                           "/owner"},
    {"hold_with_long_owner",       held,                                                                    [](Verdict& v) { v.hold->owner.assign(201, 'x'); },                                                                               "/owner"},
    {"hold_due_now",               held,                                                                    [](Verdict& v) { v.hold->due = now; },                                                                                            "/dueAt"},
    {"hold_due_too_late",          held,                                                                    [](Verdict& v) { v.hold->due = now + due_max + std::chrono::microseconds{1}; },                                                   "/dueAt"},
    {"release_that_holds",         held,                                                                    [](Verdict& v) { v.decision = Decision::release; },                                                                               "/reason"},
    {"refusal_without_note",       refused,                                                                 [](Verdict& v) { v.note = ""; },                                                                                                  "/note"},
    {"refusal_that_found_nothing", refused,                                                                 [](Verdict& v) { v.found.clear(); },                                                                                              "/findings"},
    {"refusal_for_nothing",        refused,
     [](Verdict& v) {
         v.found = {
             {                                                                                               found_kind("NOTHING_FOUND"),                                                                                                     "",                                     "",            ""}};
     },                                                                                                                                                                                                                                             "/findings"},
    {"nothing_and_something",                             refused,
     [](Verdict& v) {
         v.found.push_back({found_kind("NOTHING_FOUND"), "", "", ""});
     },"/findings/1"},
    {"unknown_kind",refused,                 [](Verdict& v) { v.found[0].kind = found_kind("seal_broken"); },                                                                                                                                                                                                                                                 "/findings/0/kind"                                                                                                                                                                                                                                                                      },
    {"pointer_without_slash",                             refused,                                                    [](Verdict& v) { v.found[0].pointer = "shipments"; },"/findings/0/pointer"},
    {"pointer_with_bad_escape",refused,                  [](Verdict& v) { v.found[0].pointer = "/a~2"; },                                                                                                                                                                                  "/findings/0/pointer"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     },
    {"pointer_with_control",                             refused,                                                      [](Verdict& v) { v.found[0].pointer = "/a\n"; },"/findings/0/pointer"},
    {"quantity_in_words",refused, [](Verdict& v) { v.found[0].quantity = "many"; },                                                                                                          "/findings/0/quantity"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 },
    {"quantity_negative",                             refused,                                                  [](Verdict& v) { v.found[0].quantity = "-1"; },                                                     "/findings/0/quantity"},
    {"quantity_half",refused,            [](Verdict& v) { v.found[0].quantity = "1."; },                       "/findings/0/quantity"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   },
    {"quantity_endless",                             refused,                                                                                                           [](Verdict& v) { v.found[0].quantity = "1234567890123456789"; },                                                                                                                               "/findings/0/quantity"},
    {"too_many",refused,                                                             [](Verdict& v) { v.found.resize(51, v.found[0]); },"/findings"                                                                                                                                                                                                                                                                                                                                                                                                                       },
    {"note_with_nul",                             released,                                                                                                           [](Verdict& v) { v.note = std::string("a\0b", 3); },                                                                                                                                                                                                                                         "/note"},
};

class BadVerdict : public testing::TestWithParam<Fault> {};

TEST_P(BadVerdict, is_refused_naming_the_place) {
    Verdict verdict = GetParam().good();
    GetParam().spoil(verdict);
    const Result<void> checked = check(verdict, now);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().kind(), ErrorKind::malformed);
    EXPECT_EQ(checked.error().detail().substr(0, checked.error().detail().find(':')), GetParam().place);
}

INSTANTIATE_TEST_SUITE_P(Faults, BadVerdict, testing::ValuesIn(faults), [](const auto& each) { return std::string{each.param.name}; });

TEST(FoundKinds, have_codes_of_their_own_and_both_languages) {
    std::set<std::string_view> codes;
    for (const FoundKind& kind : found_kinds()) {
        EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
        EXPECT_FALSE(kind.en.empty() || kind.es.empty()) << kind.code;
        EXPECT_EQ(found_kind(kind.code), &kind);
    }
    EXPECT_EQ(found_kind("SOMETHING"), nullptr);
}

}  // namespace
}  // namespace puente::inspection
