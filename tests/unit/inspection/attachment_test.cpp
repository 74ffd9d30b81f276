#include "puente/inspection/attachment.hpp"

#include <gtest/gtest.h>

#include <string>

namespace puente::inspection {
namespace {

using namespace std::string_view_literals;

TEST(AttachmentType, is_what_the_bytes_begin_like) {
    EXPECT_EQ(attachment_type("\xff\xd8\xff\xe0 jpeg"sv), "image/jpeg");
    EXPECT_EQ(attachment_type("\x89PNG\r\n\x1a\n more"sv), "image/png");
    EXPECT_EQ(attachment_type("RIFF\x10\0\0\0WEBPVP8 "sv), "image/webp");
    EXPECT_EQ(attachment_type("%PDF-1.7\n"sv), "application/pdf");
    EXPECT_EQ(attachment_ending("image/jpeg"), ".jpg");
}

TEST(AttachmentType, is_nothing_for_anything_else) {
    for (const std::string_view bytes : {""sv, "\xff\xd8"sv, "\x89PNG"sv, "RIFF"sv, "RIFF\x10\0\0\0WAVE"sv, "RIFF\x10\0\0\0"sv, " %PDF-1.7"sv,
                                         "<svg onload=x>"sv, "<html>"sv, "MZ"sv, "PK\x03\x04"sv, "GIF89a"sv}) {
        EXPECT_FALSE(attachment_type(bytes)) << bytes;
    }
    EXPECT_EQ(attachment_ending("text/html"), "");
}

}  // namespace
}  // namespace puente::inspection
