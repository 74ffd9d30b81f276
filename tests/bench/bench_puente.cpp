// What one manifest costs inside the gateway, without network and database: decode, facts, rules, encode. A benchmark reports; it judges nothing.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/representation.hpp"
#include "puente/clearance/rules_in_force.hpp"
#include "puente/clearance/submit.hpp"
#include "puente/inspection/open.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/rules/assess.hpp"
#include "puente/v1/facts.pb.h"

namespace {

using namespace puente;

std::string file(const std::string& name) {
    std::ifstream in{PUENTE_SOURCE_DIR "/" + name, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    return nlohmann::ordered_json::parse(text).dump();  // compact, as software sends it
}

const std::shared_ptr<const clearance::RulesSnapshot>& snapshot() {
    static const auto loaded = clearance::load_rules(PUENTE_SOURCE_DIR "/rules");
    if (!loaded) {
        std::cerr << loaded.error().detail() << "\n";
        std::exit(1);
    }
    static const std::shared_ptr<const clearance::RulesSnapshot> kept = *loaded;
    return kept;
}

/// A decoded manifest with its facts.
struct Prepared {
    explicit Prepared(const std::string& json) : manifest{manifest::decode_json(json, {64 * 1024 * 1024, 32, 10}).manifest} {
        manifest::derive_facts(*manifest, manifest->arrival().at - std::chrono::hours{3}, *snapshot()->rulebook->lists, facts);
    }
    std::unique_ptr<manifest::Manifest> manifest;
    v1::Facts facts;
};

void report_bytes(benchmark::State& state, const std::string& json) {
    state.counters["document_bytes"] = static_cast<double>(json.size());
}

void decode(benchmark::State& state, const char* sample) {
    const std::string json = file(sample);
    for (auto _ : state) benchmark::DoNotOptimize(manifest::decode_json(json));
    report_bytes(state, json);
}

/// What a SAX pass of nlohmann/json costs that keeps nothing: the floor of the alternative (docs/adr/0004).
void nlohmann_sax(benchmark::State& state, const char* sample) {
    const std::string json = file(sample);
    for (auto _ : state) benchmark::DoNotOptimize(nlohmann::json::accept(json));
    report_bytes(state, json);
}

void facts(benchmark::State& state, const char* sample) {
    Prepared prepared{file(sample)};
    const Instant received = prepared.manifest->arrival().at - std::chrono::hours{3};
    for (auto _ : state) {
        prepared.facts.Clear();
        manifest::derive_facts(*prepared.manifest, received, *snapshot()->rulebook->lists, prepared.facts);
    }
}

/// The rules folder: read from disk, parsed, type-checked, bound and planned.
void load_rules(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(rules::load(rules::read_folder(PUENTE_SOURCE_DIR "/rules")));
}

void rules_all(benchmark::State& state, const char* sample) {
    const Prepared prepared{file(sample)};
    for (auto _ : state) benchmark::DoNotOptimize(rules::assess(*prepared.manifest, prepared.facts, snapshot()->rulebook));
    state.counters["rules"] = static_cast<double>(snapshot()->rulebook->rule_count());
}

void decode_and_rules(benchmark::State& state, const char* sample) {
    const std::string json = file(sample);
    v1::Facts derived;
    for (auto _ : state) {
        const manifest::Decoded decoded = manifest::decode_json(json);
        derived.Clear();
        manifest::derive_facts(*decoded.manifest, decoded.manifest->arrival().at - std::chrono::hours{3}, *snapshot()->rulebook->lists, derived);
        benchmark::DoNotOptimize(rules::assess(*decoded.manifest, derived, snapshot()->rulebook));
    }
    report_bytes(state, json);
}

void encode(benchmark::State& state, const char* sample) {
    const Prepared prepared{file(sample)};
    const clearance::Memory nothing_known;
    const clearance::Judgement judgement{*prepared.manifest, nothing_known, rules::assess(*prepared.manifest, prepared.facts, snapshot()->rulebook), {}, inspection::open_legs({}), "CLEARED", snapshot(), {}, "2026-01-01", false, {}};
    const Uuid id;
    for (auto _ : state) benchmark::DoNotOptimize(api::on_file_document(judgement, id, rules::Language::en));
}

/// One shipment repeated: how the cost of all rules grows.
void rules_by_shipments(benchmark::State& state) {
    nlohmann::ordered_json document = nlohmann::ordered_json::parse(file("tests/samples/ltl-northbound.json"));
    const nlohmann::ordered_json one = document["shipments"][0];
    document["shipments"] = nlohmann::ordered_json::array();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        document["shipments"].push_back(one);
        document["shipments"].back()["controlNumber"] = "TSTA" + std::to_string(10000000 + i);
    }
    const Prepared prepared{document.dump()};
    for (auto _ : state) benchmark::DoNotOptimize(rules::assess(*prepared.manifest, prepared.facts, snapshot()->rulebook));
    state.counters["ns_per_shipment"] = benchmark::Counter(static_cast<double>(state.range(0)) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

constexpr const char* reference = "tests/bench/reference.json";
constexpr const char* produce = "tests/samples/produce-northbound.json";
constexpr const char* ltl = "tests/samples/ltl-northbound.json";

BENCHMARK_CAPTURE(decode, reference, reference);
BENCHMARK_CAPTURE(nlohmann_sax, reference, reference);
BENCHMARK_CAPTURE(facts, reference, reference);
BENCHMARK(load_rules)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(rules_all, reference, reference);
BENCHMARK_CAPTURE(encode, reference, reference);
BENCHMARK_CAPTURE(decode_and_rules, reference, reference);
BENCHMARK_CAPTURE(decode_and_rules, produce, produce);
BENCHMARK_CAPTURE(rules_all, produce, produce);
BENCHMARK_CAPTURE(rules_all, shipments_40, ltl)->Unit(benchmark::kMicrosecond);
BENCHMARK(rules_by_shipments)->RangeMultiplier(10)->Range(1, 1000)->Arg(9999)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
