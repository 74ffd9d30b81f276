#include "main/rule_workshop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "puente/clearance/rules_in_force.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/rules/explain.hpp"
#include "puente/rules/mutants.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::main {

namespace {

constexpr std::size_t vectors_min = 40;

/// The rules looked at and what they are looked at with.
struct Workshop {
    std::shared_ptr<const rules::Rulebook> rulebook;
    std::vector<const rules::Rule*> rules;
    std::unique_ptr<rules::VectorMaker> maker;
};

std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

std::vector<rules::NamedSample> read_samples(const std::string& folder) {
    std::vector<rules::NamedSample> samples;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator{folder, missing}) {
        const std::filesystem::path& path = entry.path();
        if (path.extension() != ".json") continue;
        if (std::optional<std::string> text = read_file(path)) samples.push_back({path.stem().string(), std::move(*text)});
    }
    std::sort(samples.begin(), samples.end(), [](const auto& left, const auto& right) { return left.name < right.name; });
    return samples;
}

/// Reads rules, samples and known equivalents; says on standard error what is wrong.
std::optional<Workshop> opened(const WorkshopWishes& wishes) {
    const auto snapshot = clearance::load_rules(wishes.folder);
    if (!snapshot) {
        std::cerr << snapshot.error().detail() << "\n";
        return std::nullopt;
    }
    Workshop shop{(*snapshot)->rulebook, {}, nullptr};
    for (const rules::RuleSet& set : shop.rulebook->sets) {
        for (const rules::Rule& rule : set.rules) {
            if (wishes.rule.empty() || rule.id == wishes.rule) shop.rules.push_back(&rule);
        }
    }
    if (shop.rules.empty()) {
        std::cerr << fmt::format("there is no rule '{}'\n", wishes.rule);
        return std::nullopt;
    }
    std::vector<rules::EquivalentMutant> equivalents;
    const std::filesystem::path known = std::filesystem::path{wishes.folder} / "equivalent-mutants.yaml";
    if (const auto text = read_file(known)) {
        auto parsed = rules::parse_equivalents(*text);
        if (!parsed) {
            std::cerr << known.string() << ": " << parsed.error().detail() << "\n";
            return std::nullopt;
        }
        equivalents = std::move(*parsed);
    }
    shop.maker = std::make_unique<rules::VectorMaker>(shop.rulebook, read_samples(wishes.samples), std::move(equivalents));
    return shop;
}

/// Makes and checks the vectors of all rules, on every core; the answers stand in the order of the rules.
std::vector<rules::MutationReport> examined(const Workshop& shop) {
    std::vector<rules::MutationReport> reports(shop.rules.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < reports.size(); i = next++) {
            reports[i] = rules::check_mutants(*shop.rules[i], *shop.maker);
            if (i % 20 == 0) std::cerr << fmt::format("{} of {} rules\r", i, reports.size()) << std::flush;
        }
    };
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) helpers.emplace_back(work);
    work();
    helpers.clear();
    return reports;
}

std::string line_of(const rules::Rule& rule, const rules::Vector& vector) {
    nlohmann::ordered_json line{
        {"rule",     rule.id                                    },
        {"sample",   vector.sample                              },
        {"patch",    nlohmann::ordered_json::parse(vector.patch)},
        {"received", vector.received                            }
    };
    line["passes"] = vector.passes;
    return line.dump() + "\n";
}

nlohmann::ordered_json described(const std::vector<cel::Step>& steps) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const cel::Step& step : steps) {
        list.push_back({
            {"line",       step.line      },
            {"column",     step.column    },
            {"expression", step.expression},
            {"value",      step.value     }
        });
    }
    return list;
}

nlohmann::ordered_json described(const rules::Rule& rule, const rules::Explanation& place) {
    nlohmann::ordered_json positions = nlohmann::ordered_json::object();
    for (const rules::LoopPosition& each : place.positions) positions[each.variable] = each.position;
    return {
        {"rule",      rule.id                                             },
        {"positions", positions                                           },
        {"applies",   place.applies                                       },
        {"holds",     place.holds                                         },
        {"pointer",   place.pointer                                       },
        {"value",     place.value                                         },
        {"message",   {{"en", place.message.en}, {"es", place.message.es}}},
        {"when",      described(place.when)                               },
        {"assert",    described(place.assertion)                          }
    };
}

void print_steps(const char* part, const std::vector<cel::Step>& steps) {
    for (const cel::Step& step : steps) {
        if (step.value.ends_with("{...}")) continue;  // a whole block of the document tells nothing
        std::cout << fmt::format("    {:<6} {} = {}\n", part, step.expression, step.value);
    }
}

void print(const rules::Explanation& place) {
    std::string positions;
    for (const rules::LoopPosition& each : place.positions)
        positions += fmt::format("{}{} = {}", positions.empty() ? "" : ", ", each.variable, each.position);
    const char* const verdict = !place.applies ? "does not apply" : place.holds ? "holds" : "does not hold";
    std::cout << fmt::format("  {}: {}\n", positions.empty() ? "once" : positions, verdict);
    print_steps("when", place.when);
    print_steps("assert", place.assertion);
    if (!place.holds)
        std::cout << fmt::format("    at {}: '{}'\n    en: {}\n    es: {}\n", place.pointer, place.value, place.message.en, place.message.es);
}

}  // namespace

int write_vectors(const WorkshopWishes& wishes) {
    const auto shop = opened(wishes);
    if (!shop) return 2;
    std::ofstream file;
    if (!wishes.out.empty()) file.open(wishes.out, std::ios::binary);
    std::ostream& out = wishes.out.empty() ? std::cout : file;
    std::size_t count = 0;
    std::size_t passing = 0;
    std::string lacking;
    const std::vector<rules::MutationReport> reports = examined(*shop);
    for (std::size_t i = 0; i < reports.size(); ++i) {
        for (const rules::Vector& vector : reports[i].vectors) out << line_of(*shop->rules[i], vector);
        const std::size_t size = reports[i].vectors.size();
        const std::size_t good = reports[i].passing();
        count += size;
        passing += good;
        if (size < vectors_min || good == 0 || good == size) lacking += fmt::format("  {:<12} {} vectors, {} pass\n", shop->rules[i]->id, size, good);
    }
    out.flush();
    if (!out) {
        std::cerr << wishes.out << ": cannot be written\n";
        return 2;
    }
    std::cerr << fmt::format("{} rules, {} vectors: {} pass, {} fail\n", reports.size(), count, passing, count - passing);
    if (!lacking.empty()) std::cerr << fmt::format("fewer than {}, or of one kind only:\n{}", vectors_min, lacking);
    return lacking.empty() ? 0 : 1;
}

int list_mutants(const WorkshopWishes& wishes) {
    const auto shop = opened(wishes);
    if (!shop) return 2;
    std::size_t total = 0;
    std::size_t killed = 0;
    std::size_t equivalent = 0;
    std::size_t stale = 0;
    const std::vector<rules::MutationReport> reports = examined(*shop);
    for (std::size_t i = 0; i < reports.size(); ++i) {
        const rules::Rule& rule = *shop->rules[i];
        total += reports[i].mutants.size();
        killed += reports[i].count(rules::Fate::killed);
        equivalent += reports[i].count(rules::Fate::equivalent);
        for (const rules::MutantFate& each : reports[i].mutants) {
            if (each.fate == rules::Fate::killed && !wishes.all) continue;
            if (each.fate == rules::Fate::equivalent && !wishes.all) continue;
            const char* const fate = each.fate == rules::Fate::killed ? "killed" : each.fate == rules::Fate::equivalent ? "equivalent" : "survives";
            std::cout << fmt::format("{}:{}: {} {}: {}{}\n", rule.file, rule.line, rule.id, fate, each.mutant, each.coarse ? " (coarse)" : "");
        }
        stale += reports[i].stale.size();
        for (const std::string& each : reports[i].stale)
            std::cout << fmt::format("equivalent-mutants.yaml: {} '{}' is killed or no longer made\n", rule.id, each);
    }
    const double rate = total == equivalent ? 100.0 : 100.0 * static_cast<double>(killed) / static_cast<double>(total - equivalent);
    const std::size_t survive = total - killed - equivalent;
    std::cerr << fmt::format("{} rules, {} mutants: {} killed, {} equivalent, {} survive ({:.1f} % killed)\n", reports.size(), total, killed, equivalent,
                             survive, rate);
    return survive + stale == 0 ? 0 : 1;
}

int explain_rule(const WorkshopWishes& wishes) {
    const auto snapshot = clearance::load_rules(wishes.folder);
    if (!snapshot) {
        std::cerr << snapshot.error().detail() << "\n";
        return 2;
    }
    const auto& rulebook = (*snapshot)->rulebook;
    const rules::Rule* const rule = rulebook->find(wishes.rule);
    std::optional<std::string> bytes = read_file(wishes.file);
    if (rule == nullptr || !bytes) {
        std::cerr << (rule == nullptr ? fmt::format("there is no rule '{}'\n", wishes.rule) : fmt::format("{}: cannot be read\n", wishes.file));
        return 2;
    }
    const manifest::Decoded decoded = manifest::decode_json(std::move(*bytes));
    for (const manifest::Fault& fault : decoded.faults) std::cerr << fmt::format("{}: {}: {}\n", wishes.file, fault.pointer, fault.en);
    if (!decoded.manifest) return 2;
    Instant received = decoded.manifest->arrival().at - std::chrono::hours{3};
    if (const std::optional<LocalInstant> stated = parse_date_time(wishes.received)) received = stated->at;
    v1::Facts facts;
    manifest::derive_facts(*decoded.manifest, received, *rulebook->lists, facts);
    const std::vector<rules::Explanation> places = rules::explain(*rule, rulebook, *decoded.manifest, facts);
    if (!wishes.json) {
        const bool in_force = rule->effective.holds(decoded.manifest->arrival_day());
        std::cout << fmt::format("{} {}{}, {} place{}\n", rule->id, rule->title.en, in_force ? "" : " (not in force on the day of arrival)",
                                 places.size(), places.size() == 1 ? "" : "s");
    }
    for (const rules::Explanation& place : places) {
        if (wishes.json) std::cout << described(*rule, place).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
        if (!wishes.json) print(place);
    }
    return std::all_of(places.begin(), places.end(), [](const rules::Explanation& place) { return place.holds; }) ? 0 : 1;
}

}  // namespace puente::main
