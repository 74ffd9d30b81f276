// CEL text from outside: whatever it is, it compiles or gives a fault, and runs to a value or an error within its steps.
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "puente/cel/lines.hpp"
#include "puente/cel/program.hpp"
#include "puente/v1/manifest.pb.h"

namespace {

using namespace puente;

cel::Value echo(std::span<const cel::Value> arguments, cel::Arena&) {
    return arguments[0];
}

/// What the expressions may name, and its values.
struct World {
    World() {
        manifest.mutable_trip()->set_trip_number("ABCD1234");
        manifest.add_shipments()->add_goods()->set_item(1);
        environment.add_variable("m", cel::message_type(*v1::Manifest::descriptor()));
        environment.add_variable("x", cel::dyn_type());
        environment.add_variable("s", cel::string_type());
        environment.add_function("f.g", {cel::string_type()}, cel::string_type(), echo);
        activation = {cel::Value::message(&manifest), cel::Value::message(&manifest), cel::Value::string("áb")};
    }
    v1::Manifest manifest;
    cel::Environment environment;
    std::vector<cel::Value> activation;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const World world;
    static cel::Arena arena;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (const bool check : {true, false}) {
        cel::CompileOptions options;
        options.check = check;
        options.cost_max = 5'000;
        const cel::Compiled compiled = cel::compile(text, world.environment, options);
        if (!compiled.ok()) continue;
        arena.reset();
        const cel::Value value = compiled.program.run(world.activation, arena);
        const std::string shown = cel::to_text(value);
        std::vector<cel::Step> steps;
        const cel::Value explained = compiled.program.explain(world.activation, arena, steps);
        // Tracing counts its own steps: only the outcome of programs far from the limit must be the same.
        if (!value.is_error() && !explained.is_error()) assert(cel::to_text(explained) == shown);
    }
    return 0;
}
