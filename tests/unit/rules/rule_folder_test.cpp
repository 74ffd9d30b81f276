#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "puente/rules/examples.hpp"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;

TEST(RuleFolder, loads_without_a_fault) {
    ASSERT_NE(rulebook(), nullptr);
    for (const rules::RuleSet& set : rulebook()->sets) {
        EXPECT_GE(set.rules.size(), 30u) << to_text(set.name);
        EXPECT_EQ(set.version.size(), 64u);
    }
}

TEST(RuleFolder, behaves_as_its_examples_say) {
    ASSERT_NE(rulebook(), nullptr);
    for (const rules::ExampleFault& fault : rules::run_examples(rulebook(), sample)) {
        ADD_FAILURE() << "rules/" << fault.rule->file << ":" << fault.example->line << ": " << fault.rule->id << " on " << fault.example->sample << " " << fault.example->patch
                      << ": " << fault.text;
    }
}

TEST(RuleFolder, finds_nothing_on_a_clean_sample) {
    const std::vector<std::string> names = sample_names("");
    EXPECT_GE(names.size(), 12u);
    for (const std::string& name : names) {
        for (const std::string& finding : findings_on(*sample(name))) ADD_FAILURE() << name << ": " << finding;
    }
}

TEST(RuleFolder, finds_something_on_every_broken_twin) {
    const std::vector<std::string> names = sample_names(".broken");
    EXPECT_GE(names.size(), 12u);
    for (const std::string& name : names) EXPECT_GE(findings_on(*sample(name)).size(), 2u) << name;
}

/// What brokers may not have yet: fields beyond the core of the format, by name.
constexpr std::array beyond_the_core{"bondType",  "carrierNumber", "dispatchNumber", "endorsements", "packaging",        "waybill",        "woodPackaging", "eDocuments", "healthSector",
                                     "firms",     "consigneeType", "exportFiledAt",  "spi",          "relatedParties",   "valuationMethod", "processingFee", "brand",      "model",
                                     "condition", "licenseCode",   "eccn",           "mxPreference", "customsQuantity", "userFeeReceipt", "valueDeclaration"};

void strip(nlohmann::json& value) {
    if (value.is_object()) {
        for (const char* name : beyond_the_core) value.erase(name);
    }
    if (value.is_structured()) {
        for (nlohmann::json& each : value) strip(each);
    }
}

TEST(RuleFolder, only_advises_where_nothing_but_the_core_is_given) {
    for (const std::string& name : sample_names("")) {
        nlohmann::json document = nlohmann::json::parse(*sample(name));
        strip(document);
        for (const std::string& finding : findings_on(document.dump())) EXPECT_NE(finding.find(" advise "), std::string::npos) << name << ": " << finding;
    }
}

TEST(RuleFolder, rejects_no_selected_sample_but_wants_it_seen) {
    const std::vector<std::string> names = sample_names(".selected");
    EXPECT_GE(names.size(), 2u);
    for (const std::string& name : names) {
        bool seen = false;
        for (const std::string& finding : findings_on(*sample(name))) {
            EXPECT_EQ(finding.find(" reject "), std::string::npos) << name << ": " << finding;
            seen = seen || finding.find(" review ") != std::string::npos || finding.find(" inspect ") != std::string::npos;
        }
        EXPECT_TRUE(seen) << name;
    }
}

TEST(RuleFolder, speaks_spanish_that_is_not_english) {
    ASSERT_NE(rulebook(), nullptr);
    for (const rules::RuleSet& set : rulebook()->sets) {
        for (const rules::Rule& rule : set.rules) {
            EXPECT_NE(rule.title.en, rule.title.es) << rule.id;
            EXPECT_NE(rule.message.en.texts, rule.message.es.texts) << rule.id;
            EXPECT_NE(rule.fix.en.texts, rule.fix.es.texts) << rule.id;
        }
    }
}
