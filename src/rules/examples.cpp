#include "puente/rules/examples.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "puente/manifest/facts.hpp"
#include "puente/rules/assess.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::rules {

namespace {

using nlohmann::json;

bool names_items(const json& patch) {
    if (!patch.is_object() || patch.empty()) return false;
    for (const auto& [key, value] : patch.items()) {
        if (key != "+" && key.find_first_not_of("0123456789") != std::string::npos) return false;
    }
    return true;
}

void merge(json& target, const json& patch);

/// Patches the items of a list. Removals come last, from the end, so that positions mean what they say.
void merge_items(json& list, const json& patch) {
    std::vector<std::size_t> removed;
    for (const auto& [key, value] : patch.items()) {
        if (key == "+") {
            list.push_back(value);
            continue;
        }
        const std::size_t position = std::stoul(key);
        if (position >= list.size()) throw std::out_of_range{fmt::format("the sample has no item {}", position)};
        if (value.is_null()) removed.push_back(position);
        if (!value.is_null()) merge(list[position], value);
    }
    std::sort(removed.rbegin(), removed.rend());
    for (const std::size_t position : removed) list.erase(position);
}

void merge(json& target, const json& patch) {
    if (target.is_array() && names_items(patch)) return merge_items(target, patch);
    if (!patch.is_object()) {
        target = patch;
        return;
    }
    if (!target.is_object()) target = json::object();
    for (const auto& [key, value] : patch.items()) {
        if (value.is_null()) {
            target.erase(key);
        } else {
            merge(target[key], value);
        }
    }
}

/// What is wrong with an example, or nothing.
std::string judge(const Rule& rule, const Example& example, const std::shared_ptr<const Rulebook>& rulebook, const Samples& samples) {
    const std::optional<std::string> sample = samples(example.sample);
    if (!sample) return fmt::format("there is no sample '{}'", example.sample);
    const Result<Posed> question = posed(*sample, example.patch);
    if (!question) return question.error().detail();
    const manifest::Decoded decoded = manifest::decode_json(question->document);
    if (!decoded.manifest) return fmt::format("the patched sample is not in the format: {} {}", decoded.faults[0].pointer, decoded.faults[0].en);

    Instant received = decoded.manifest->arrival().at - std::chrono::hours{3};
    if (!example.received.empty()) {
        const std::optional<LocalInstant> stated = parse_date_time(example.received);
        if (!stated) return "'received' is an RFC 3339 date-time";
        received = stated->at;
    }
    v1::Facts facts;
    manifest::derive_facts(*decoded.manifest, received, *rulebook->lists, facts);
    if (const Result<void> added = add_memory(question->memory, facts); !added) return added.error().detail();
    if (!rule.effective.holds(decoded.manifest->arrival_day())) return example.passes ? "" : "should fail, but is not in force on the day of arrival";
    const std::vector<Finding> findings = apply(rule, rulebook, *decoded.manifest, facts);
    if (example.passes && !findings.empty()) return fmt::format("should pass, but fails at {}: {}", findings[0].pointer, rule.message.en.fill(findings[0]));
    if (!example.passes && findings.empty()) return "should fail, but passes";
    return {};
}

}  // namespace

Result<std::string> patched(const std::string& sample, const std::string& patch) {
    try {
        json document = json::parse(sample);
        const json change = json::parse(patch);
        if (!change.is_null()) merge(document, change);
        return document.dump();
    } catch (const std::exception& error) {
        return Error{ErrorKind::malformed, error.what()};
    }
}

Result<Posed> posed(const std::string& sample, const std::string& patch) {
    const Result<std::string> text = patched(sample, patch);
    if (!text) return text.error();
    json document = json::parse(*text);
    json memory = json::object();
    for (const char* const remembered : {"earlierUses", "amendment"}) {
        const auto stated = document.find(remembered);
        if (stated == document.end()) continue;
        memory[remembered] = std::move(*stated);
        document.erase(stated);
    }
    if (memory.empty()) return Posed{*text, {}};
    return Posed{document.dump(), memory.dump()};
}

Result<void> add_memory(const std::string& memory, v1::Facts& facts) {
    if (memory.empty()) return {};
    v1::Facts stated;
    const auto status = google::protobuf::util::JsonStringToMessage(memory, &stated);
    if (!status.ok()) return Error{ErrorKind::malformed, fmt::format("what the gateway remembers: {}", std::string{status.message()})};
    facts.MergeFrom(stated);
    return {};
}

std::vector<ExampleFault> run_examples(const std::shared_ptr<const Rulebook>& rulebook, const Samples& samples) {
    std::vector<ExampleFault> faults;
    for (const RuleSet& set : rulebook->sets) {
        for (const Rule& rule : set.rules) {
            for (const Example& example : rule.examples) {
                std::string text = judge(rule, example, rulebook, samples);
                if (!text.empty()) faults.push_back({&rule, &example, std::move(text)});
            }
        }
    }
    return faults;
}

}  // namespace puente::rules
