// Programs at work: protobuf fields by reflection and by accessor, extension functions, steps, arenas, explanations.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "puente/cel/program.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::cel {
namespace {

using google::protobuf::Message;

template <class T>
const T& as(const Message& message) {
    return static_cast<const T&>(message);
}

FieldAccess access(const char* message, const char* name, const char* json_name, const char* held, int number, FieldShape shape, bool repeated) {
    return {message, name, json_name, held, number, shape, repeated, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
}

const std::vector<FieldAccess>& some_access() {
    static const std::vector<FieldAccess> table = [] {
        FieldAccess trip = access("puente.v1.Manifest", "trip", "trip", "puente.v1.Trip", v1::Manifest::kTripFieldNumber, FieldShape::message, false);
        trip.has = [](const Message& m) { return as<v1::Manifest>(m).has_trip(); };
        trip.held = [](const Message& m, int) -> const Message& { return as<v1::Manifest>(m).trip(); };
        FieldAccess crossing =
            access("puente.v1.Trip", "crossing", "crossing", "puente.v1.Crossing", v1::Trip::kCrossingFieldNumber, FieldShape::message, false);
        crossing.has = [](const Message& m) { return as<v1::Trip>(m).has_crossing(); };
        crossing.held = [](const Message& m, int) -> const Message& { return as<v1::Trip>(m).crossing(); };
        FieldAccess port = access("puente.v1.Crossing", "us_port", "usPort", nullptr, v1::Crossing::kUsPortFieldNumber, FieldShape::text, false);
        port.has = [](const Message& m) { return !as<v1::Crossing>(m).us_port().empty(); };
        port.text = [](const Message& m, int) -> std::string_view { return as<v1::Crossing>(m).us_port(); };
        FieldAccess shipments = access("puente.v1.Manifest", "shipments", "shipments", "puente.v1.Shipment", v1::Manifest::kShipmentsFieldNumber,
                                       FieldShape::message, true);
        shipments.has = [](const Message& m) { return as<v1::Manifest>(m).shipments_size() > 0; };
        shipments.size = [](const Message& m) { return as<v1::Manifest>(m).shipments_size(); };
        shipments.held = [](const Message& m, int i) -> const Message& { return as<v1::Manifest>(m).shipments(i); };
        FieldAccess item = access("puente.v1.GoodsItem", "item", "item", nullptr, v1::GoodsItem::kItemFieldNumber, FieldShape::integer, false);
        item.has = [](const Message& m) { return as<v1::GoodsItem>(m).item() != 0; };
        item.integer = [](const Message& m, int) -> std::int64_t { return as<v1::GoodsItem>(m).item(); };
        FieldAccess chapters = access("puente.v1.Facts", "chapters", "chapters", nullptr, v1::Facts::kChaptersFieldNumber, FieldShape::text, true);
        chapters.has = [](const Message& m) { return as<v1::Facts>(m).chapters_size() > 0; };
        chapters.size = [](const Message& m) { return as<v1::Facts>(m).chapters_size(); };
        chapters.text = [](const Message& m, int i) -> std::string_view { return as<v1::Facts>(m).chapters(i); };
        FieldAccess arrival =
            access("puente.v1.Facts", "arrival", "arrival", "google.protobuf.Timestamp", v1::Facts::kArrivalFieldNumber, FieldShape::message, false);
        arrival.has = [](const Message& m) { return as<v1::Facts>(m).has_arrival(); };
        arrival.held = [](const Message& m, int) -> const Message& { return as<v1::Facts>(m).arrival(); };
        FieldAccess hazmat = access("puente.v1.Facts", "hazmat", "hazmat", nullptr, v1::Facts::kHazmatFieldNumber, FieldShape::boolean, false);
        hazmat.has = [](const Message& m) { return as<v1::Facts>(m).hazmat(); };
        hazmat.boolean = [](const Message& m, int) { return as<v1::Facts>(m).hazmat(); };
        return std::vector<FieldAccess>{trip, crossing, port, shipments, item, chapters, arrival, hazmat};
    }();
    return table;
}

/// Columns of a code list, found without any hashing: there is one code.
class OnePort final : public Map {
public:
    std::size_t size() const override { return 1; }
    bool find(const Value& key, Value& found) const override {
        if (key.kind() != Kind::string || key.as_text() != "2304") return false;
        found = Value::map(&columns_);
        return true;
    }
    Value key_at(std::size_t) const override { return Value::string("2304"); }
    Value value_at(std::size_t) const override { return Value::map(&columns_); }

private:
    class Columns final : public Map {
    public:
        std::size_t size() const override { return 1; }
        bool find(const Value& key, Value& found) const override {
            found = Value::string("Laredo");
            return key.kind() == Kind::string && key.as_text() == "name";
        }
        Value key_at(std::size_t) const override { return Value::string("name"); }
        Value value_at(std::size_t) const override { return Value::string("Laredo"); }
    };
    Columns columns_;
};

v1::Manifest manifest_with_two_shipments() {
    v1::Manifest manifest;
    manifest.mutable_trip()->set_trip_number("ABCD1234");
    manifest.mutable_trip()->mutable_crossing()->set_us_port("2304");
    manifest.mutable_trip()->mutable_conveyance()->set_model_year(2020);
    for (int i = 1; i <= 2; ++i) {
        auto* const goods = manifest.add_shipments()->add_goods();
        goods->set_item(i);
        goods->set_description("tornillos");
    }
    auto& fields = *manifest.add_credentials()->mutable_credential()->mutable_fields();
    fields["name"].set_string_value("CTPAT");
    fields["level"].set_number_value(3);
    fields["tags"].mutable_list_value()->add_values()->set_bool_value(true);
    return manifest;
}

v1::Facts some_facts() {
    v1::Facts facts;
    facts.add_chapters("73");
    facts.add_chapters("84");
    facts.mutable_arrival()->set_seconds(1'700'000'000);
    facts.set_hazmat(true);
    facts.set_gross_grams(5'000'000'000);
    return facts;
}

Value holds_x(std::span<const Value> arguments, Arena&) {
    return Value::boolean(arguments[0].as_text().find('X') != std::string_view::npos);
}
Value same_trip(std::span<const Value> arguments, Arena& arena) {
    return Value::string(arena.keep(as<v1::Trip>(arguments[0].as_message()).trip_number()));
}

struct World {
    explicit World(bool direct) {
        environment.add_variable("manifest", message_type(*v1::Manifest::descriptor()));
        environment.add_variable("facts", message_type(*v1::Facts::descriptor()));
        environment.add_variable("list.usPorts", map_type(string_type(), map_type(string_type(), dyn_type())));
        environment.add_variable("anything", dyn_type());
        environment.add_function("text.holdsX", {string_type()}, boolean_type(), holds_x);
        environment.add_function("trip.number", {message_type(*v1::Trip::descriptor())}, string_type(), same_trip, 3);
        if (direct) environment.use_field_access(some_access());
        activation = {Value::message(&manifest), Value::message(&facts), Value::map(&ports), Value::message(&manifest)};
    }
    Value run(const char* text, Arena& arena, const CompileOptions& options = {}) {
        Compiled compiled = compile(text, environment, options);
        EXPECT_TRUE(compiled.ok()) << text << ": " << compiled.faults[0].text;
        return compiled.ok() ? run(kept.emplace_back(std::move(compiled.program)), arena) : Value::null();
    }
    Value run(const Program& program, Arena& arena) { return program.run(activation, arena); }

    v1::Manifest manifest = manifest_with_two_shipments();
    v1::Facts facts = some_facts();
    OnePort ports;
    Environment environment;
    std::vector<Value> activation;
    std::vector<Program> kept;
};

constexpr const char* true_of_the_manifest[] = {
    "manifest.trip.crossing.usPort == '2304'",
    "manifest.trip.crossing.us_port in ['2301', '2304', '2305']",
    "'2304' == manifest.trip.crossing.usPort",
    "manifest.trip.crossing.usPort != manifest.trip.tripNumber",
    "manifest.trip.crossing.usPort.matches('^[0-9]{4}$')",
    "manifest.trip.crossing.unlocode == ''",
    "manifest.submitter.name == ''",
    "!has(manifest.submitter)",
    "has(manifest.trip) && has(manifest.trip.crossing.usPort) && !has(manifest.trip.crossing.unlocode)",
    "has(manifest.shipments) && !has(manifest.shipments[0].invoices)",
    "size(manifest.shipments) == 2 && manifest.shipments.size() > 1",
    "manifest.trip.conveyance.modelYear >= 2020 && 2021 > manifest.trip.conveyance.modelYear",
    "manifest.shipments.all(s, s.goods.all(g, g.item > 0 && g.description != ''))",
    "manifest.shipments.exists_one(s, s.goods[0].item == 2)",
    "manifest.shipments.map(s, s.goods[0].item) == [1, 2]",
    "manifest.shipments.filter(s, s.goods[0].item == 2)[0].goods[0].item == 2",
    "manifest.shipments.all(i, s, s.goods[0].item == i + 1)",
    "distinct(manifest.shipments.map(s, s.goods[0].item))",
    "!distinct(manifest.shipments.map(s, s.goods[0].description))",
    "sum(manifest.shipments.map(s, s.goods[0].item)) == 3",
    "manifest.shipments[1] == manifest.shipments[1] && manifest.shipments[0] != manifest.shipments[1]",
    "manifest.shipments[0] in manifest.shipments",
    "manifest.credentials[0].credential.name == 'CTPAT'",
    "manifest.credentials[0].credential.level == 3",
    "manifest.credentials[0].credential.tags[0]",
    "has(manifest.credentials[0].credential.name) && !has(manifest.credentials[0].credential.nothing)",
    "manifest.trip.crossing.usPort in list.usPorts",
    "list.usPorts[manifest.trip.crossing.usPort].name == 'Laredo'",
    "!('9999' in list.usPorts)",
    "'73' in facts.chapters && facts.chapters.exists(c, c == '84') && facts.chapters[1] == '84'",
    "facts.chapters.join('/') == '73/84'",
    "facts.hazmat && has(facts.hazmat) && !facts.fast",
    "facts.grossGrams > 4999999999",
    "facts.arrival == timestamp('2023-11-14T22:13:20Z') && has(facts.arrival)",
    "facts.receivedAt == timestamp(0) && !has(facts.receivedAt)",
    "facts.arrival.getHours('America/Monterrey') == 16",
    "facts.arrival - duration('1h') < facts.arrival",
    "anything.trip.crossing.usPort == '2304' && anything.shipments.size() == 2",
    "has(anything.trip) && !has(anything.submitter)",
    "type(manifest) == puente.v1.Manifest",
    "!text.holdsX(manifest.trip.tripNumber) && text.holdsX('aXb')",
    "trip.number(manifest.trip) == 'ABCD1234'",
    "trip.number(anything.trip) == 'ABCD1234'",
};

TEST(Run, reads_the_same_by_reflection_and_by_accessor) {
    for (const bool direct : {false, true}) {
        World world{direct};
        Arena arena;
        for (const char* text : true_of_the_manifest) {
            const Value value = world.run(text, arena);
            EXPECT_TRUE(value.is_true()) << (direct ? "accessor: " : "reflection: ") << text << " gave " << to_text(value);
        }
    }
}

TEST(Run, gives_errors_and_never_throws) {
    World world{true};
    Arena arena;
    for (const char* text :
         {"manifest.shipments[2].goods.size() == 0", "manifest.shipments[-1] == manifest.shipments[0]", "list.usPorts['1'].name == ''",
          "anything.nothing == 1", "anything.trip.tripNumber.nothing", "trip.number(dyn('text')) == ''", "text.holdsX(dyn(1))",
          "1 / (size(manifest.shipments) - 2) == 1", "manifest.shipments.map(s, 1 / (s.goods[0].item - 2))[0] == 0"}) {
        EXPECT_TRUE(world.run(text, arena).is_error()) << text;
    }
    EXPECT_TRUE(Program{}.run({}, arena).is_error());
    const Compiled compiled = compile("manifest.trip.mode", world.environment);
    EXPECT_TRUE(compiled.program.run({}, arena).is_error()) << "too few values";
}

TEST(Run, ends_in_an_error_past_the_limit_of_steps) {
    World world{true};
    Arena arena;
    CompileOptions options;
    options.cost_max = 2'000;
    const std::string ten = "[1,2,3,4,5,6,7,8,9,10]";
    const std::string hundred = ten + ".all(a, " + ten + ".all(b, a + b > 0))";
    EXPECT_TRUE(world.run(hundred.c_str(), arena, options).is_true());
    const std::string thousand = ten + ".all(c, " + hundred + ")";
    EXPECT_TRUE(world.run(thousand.c_str(), arena, options).is_error());
    const std::string hidden = thousand + " || true";
    EXPECT_TRUE(world.run(hidden.c_str(), arena, options).is_error()) << "|| must not hide that the steps ran out";
    EXPECT_TRUE(world.run(hidden.c_str(), arena).is_true());
}

TEST(Run, counts_the_steps_of_growing_text_and_lists) {
    World world{true};
    std::string text = "manifest.trip.tripNumber";
    std::string list = "[manifest]";
    std::string nested = "manifest.trip.tripNumber";
    for (int i = 0; i < 15; ++i) {
        text = "[" + text + "].map(t, t + t + t + t)[0]";
        list = "[" + list + "].map(t, t + t + t + t)[0]";
        nested = "[" + nested + "].map(t, [t, t, t, t])[0]";
    }
    CompileOptions options;
    options.cost_max = 100'000;
    for (const std::string& each :
         {"size(" + text + ") > 0", "size(" + list + ") > 0", "'%s'.format([" + nested + "]) == ''", nested + " == " + nested}) {
        Arena arena;
        EXPECT_TRUE(world.run(each.c_str(), arena, options).is_error()) << each;
        EXPECT_LT(arena.used(), 4'000'000U);
    }
}

TEST(Run, needs_no_more_memory_once_warm) {
    World world{true};
    Arena arena;
    std::vector<Program> programs;
    for (const char* text : true_of_the_manifest) programs.push_back(compile(text, world.environment).program);
    std::size_t first = 0;
    for (int round = 0; round < 3; ++round) {
        arena.reset();
        EXPECT_EQ(arena.used(), 0U);
        for (const Program& program : programs) world.run(program, arena);
        if (round == 0) first = arena.used();
        EXPECT_EQ(arena.used(), first);
    }
    const void* const before = arena.allocate(1);
    arena.reset();
    for (const Program& program : programs) world.run(program, arena);
    EXPECT_EQ(arena.allocate(1), before) << "the same blocks are used again";
}

TEST(Run, explains_every_step_innermost_first) {
    World world{true};
    Arena arena;
    const Compiled compiled = compile("size(manifest.shipments) > 2 ||\n manifest.shipments.all(s, s.goods[0].item < 2)", world.environment);
    std::vector<Step> steps;
    EXPECT_FALSE(compiled.program.explain(world.activation, arena, steps).is_true());
    ASSERT_GE(steps.size(), 5U);
    EXPECT_EQ(steps[0].expression, "manifest");
    EXPECT_EQ(steps[0].value, "puente.v1.Manifest{...}");
    EXPECT_EQ(steps.back().expression, compiled.program.text());
    EXPECT_EQ(steps.back().value, "false");
    bool found = false;
    for (const Step& step : steps) {
        if (step.expression != "s.goods[0].item") continue;
        found = true;
        EXPECT_EQ(step.line, 2U);
        EXPECT_EQ(step.column, 28U);
        EXPECT_EQ(step.value, "2") << "the item that decided";
    }
    EXPECT_TRUE(found);
}

TEST(Run, writes_values_as_source_and_shortens_them) {
    World world{true};
    Arena arena;
    EXPECT_EQ(to_text(world.run("{'a': [1, 2u, -0.5, true, null, b'x\\xff', 'q\"\\n'], 'b': duration('90s')}", arena)),
              R"({"a": [1, 2u, -0.5, true, null, b"x\xff", "q\"\n"], "b": duration("90s")})");
    EXPECT_EQ(to_text(Value::string("ñññññññññññññññ"), 10),
              "\"ñññññ"
              "ñ...");
}

}  // namespace
}  // namespace puente::cel
