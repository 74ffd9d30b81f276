#include "puente/manifest/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace puente::manifest {
namespace {

struct DecimalCase {
    const char* text;
    int places;
    std::optional<std::int64_t> expected;
};

constexpr DecimalCase cases[] = {
    {"18250.5",              3,  18250500                                },
    {"0",                    3,  0                                       },
    {"0.001",                3,  1                                       },
    {"0.0010",               3,  std::nullopt                            },
    {"1.5",                  0,  std::nullopt                            },
    {"15",                   0,  15                                      },
    {"10.00",                2,  1000                                    },
    {"9223372036854775807",  0,  std::numeric_limits<std::int64_t>::max()},
    {"9223372036854775808",  0,  std::nullopt                            },
    {"9223372036854775.807", 3,  std::numeric_limits<std::int64_t>::max()},
    {"9223372036854775.808", 3,  std::nullopt                            },
    {"9223372036854776",     3,  std::nullopt                            },
    {"1",                    18, 1'000'000'000'000'000'000               },
    {"10",                   18, std::nullopt                            },
    {"",                     3,  std::nullopt                            },
    {".",                    3,  std::nullopt                            },
    {".5",                   3,  std::nullopt                            },
    {"5.",                   3,  std::nullopt                            },
    {"01",                   3,  std::nullopt                            },
    {"00",                   3,  std::nullopt                            },
    {"-1",                   3,  std::nullopt                            },
    {"+1",                   3,  std::nullopt                            },
    {"1e3",                  3,  std::nullopt                            },
    {"1.2.3",                3,  std::nullopt                            },
    {" 1",                   3,  std::nullopt                            },
    {"1 ",                   3,  std::nullopt                            },
};

TEST(Scaled, reads_decimals_exactly_or_not_at_all) {
    for (const DecimalCase& each : cases) EXPECT_EQ(scaled(each.text, each.places), each.expected) << each.text << ' ' << each.places;
}

}  // namespace
}  // namespace puente::manifest
