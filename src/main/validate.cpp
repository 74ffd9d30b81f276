#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "main/commands.hpp"
#include "puente/clearance/rules_in_force.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/rules/assess.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::main {

namespace {

/// What the person asked for.
struct Wishes {
    std::vector<std::string> files;
    std::string rules = shipped_folder("rules");
    std::string received;
    std::string language = "en";
    bool json = false;
};

/// The judgement of one file; its exit code is 0 acceptable, 1 rejected or not the format, 2 unreadable.
struct Judged {
    int exit_code;
    nlohmann::ordered_json document;
};

nlohmann::ordered_json described(const manifest::Fault& fault, bool spanish) {
    return {{"pointer", fault.pointer}, {"code", fault.code}, {"message", spanish ? fault.es : fault.en}};
}

nlohmann::ordered_json described(const rules::Finding& finding, rules::Language language) {
    const rules::Rule& rule = *finding.rule;
    return {{"ruleSet", to_text(rule.set)}, {"rule", rule.id}, {"severity", to_text(rule.severity)}, {"pointer", finding.pointer}, {"value", finding.value},
            {"message", rule.message.in(language).fill(finding)}, {"fix", rule.fix.in(language).fill(finding)}, {"citation", rule.citation}};
}

Judged judge(const std::string& file, const Wishes& wishes, const std::shared_ptr<const rules::Rulebook>& rulebook) {
    std::ifstream in{file, std::ios::binary};
    nlohmann::ordered_json document{{"file", file}};
    if (!in) {
        document["verdict"] = "UNREADABLE";
        return {2, document};
    }
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const bool binary = file.ends_with(".pb") || file.ends_with(".binpb");
    const manifest::Decoded decoded = binary ? manifest::decode_protobuf(std::move(bytes)) : manifest::decode_json(std::move(bytes));
    if (!decoded.manifest) {
        document["verdict"] = "NOT_THE_FORMAT";
        document["errors"] = nlohmann::ordered_json::array();
        for (const manifest::Fault& fault : decoded.faults) document["errors"].push_back(described(fault, wishes.language == "es"));
        return {1, document};
    }
    Instant received = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    if (const std::optional<LocalInstant> stated = parse_date_time(wishes.received)) received = stated->at;
    v1::Facts facts;
    manifest::derive_facts(*decoded.manifest, received, *rulebook->lists, facts);
    const rules::Assessment assessment = rules::assess(*decoded.manifest, facts, rulebook);
    document["verdict"] = assessment.rejects() ? "REJECTED" : "ACCEPTABLE";
    document["findings"] = nlohmann::ordered_json::array();
    for (const rules::Finding& finding : assessment.findings()) {
        document["findings"].push_back(described(finding, wishes.language == "es" ? rules::Language::es : rules::Language::en));
    }
    return {assessment.rejects() ? 1 : 0, document};
}

void print(const nlohmann::ordered_json& document) {
    std::cout << document["file"].get<std::string>() << ": " << document["verdict"].get<std::string>() << "\n";
    for (const auto& error : document.value("errors", nlohmann::ordered_json::array())) {
        std::cout << "  " << error["pointer"].get<std::string>() << ": " << error["message"].get<std::string>() << "\n";
    }
    for (const auto& finding : document.value("findings", nlohmann::ordered_json::array())) {
        std::cout << fmt::format("  {:<7} {:<12} {}\n          {}\n          {} [{}]\n", finding["severity"].get<std::string>(), finding["rule"].get<std::string>(),
                                 finding["pointer"].get<std::string>(), finding["message"].get<std::string>(), finding["fix"].get<std::string>(),
                                 finding["citation"].get<std::string>());
    }
}

}  // namespace

int validate(int argc, const char* const* argv) {
    CLI::App app{"Judges manifest files offline, with the gateway's own engine and rules. Files named .pb or .binpb are protobuf, all others JSON.\n"
                 "Whoever has the rule files sees every finding, those that the gateway shows to their agency only (targeting) included.\n"
                 "Exit code: 0 all acceptable, 1 something rejected or not in the format, 2 wrong use or unreadable.",
                 "puente validate"};
    Wishes wishes;
    app.add_option("file", wishes.files, "manifest files")->required();
    app.add_option("--rules", wishes.rules, "folder of rules")->envname("PUENTE_RULES")->capture_default_str();
    app.add_option("--received", wishes.received, "when the manifest is taken to reach the gateway (RFC 3339); by default now")->check([](const std::string& text) {
        return parse_date_time(text) ? std::string{} : std::string{"an RFC 3339 date-time such as 2026-03-02T08:10:00-07:00"};
    });
    app.add_option("--language", wishes.language, "en or es")->check(CLI::IsMember({"en", "es"}))->capture_default_str();
    app.add_flag("--json", wishes.json, "one JSON object a line instead of text");
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    const auto snapshot = clearance::load_rules(wishes.rules);
    if (!snapshot) {
        std::cerr << snapshot.error().detail() << "\n";
        return 2;
    }
    for (const std::string& file : wishes.files) {
        const Judged judged = judge(file, wishes, (*snapshot)->rulebook);
        if (wishes.json) std::cout << judged.document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
        if (!wishes.json) print(judged.document);
        exit_code = std::max(exit_code, judged.exit_code);
    }
    return exit_code;
}

}  // namespace puente::main
