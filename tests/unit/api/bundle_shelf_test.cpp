#include "api/bundle_shelf.hpp"

#include <gtest/gtest.h>

namespace puente::api {
namespace {

std::shared_ptr<const Bundle> bundle(const std::string& text) {
    return std::make_shared<Bundle>(Bundle{text, "\"" + text + "\""});
}

TEST(BundleShelf, gives_back_what_was_put) {
    BundleShelf shelf;
    EXPECT_EQ(shelf.find("cbp"), nullptr);
    shelf.put("cbp", bundle("one"));
    shelf.put("sat", bundle("two"));
    ASSERT_NE(shelf.find("cbp"), nullptr);
    EXPECT_EQ(shelf.find("cbp")->text, "one");
    EXPECT_EQ(shelf.find("sat")->etag, "\"two\"");
}

TEST(BundleShelf, keeps_what_is_asked_for_and_loses_the_rest) {
    BundleShelf shelf;
    shelf.put("asked", bundle("asked"));
    shelf.put("forgotten", bundle("forgotten"));
    for (int i = 0; i < 100; ++i) {
        ASSERT_NE(shelf.find("asked"), nullptr) << i;
        shelf.put("day " + std::to_string(i), bundle("day"));
    }
    EXPECT_EQ(shelf.find("forgotten"), nullptr);
    EXPECT_NE(shelf.find("day 99"), nullptr);
}

}  // namespace
}  // namespace puente::api
