#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "puente/manifest/facts.hpp"
#include "puente/v1/facts.pb.h"
#include "unit/rules/rule_folder.hpp"

// The sanitizers bring their own malloc.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PUENTE_COUNTS_ALLOCATIONS 1

namespace {
std::atomic<std::size_t> allocations{0};
}

// Every door to the heap, operator new among those that call malloc.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) {
    ++allocations;
    return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
    ++allocations;
    return __libc_calloc(count, bytes);
}
void* realloc(void* from, std::size_t bytes) {
    ++allocations;
    return __libc_realloc(from, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
    ++allocations;
    return __libc_memalign(alignment, bytes);
}
}
#endif

namespace rules = puente::rules;

namespace {

struct Sample {
    explicit Sample(const std::string& name) : manifest{puente::manifest::decode_json(*sample(name)).manifest} {
        if (manifest) puente::manifest::derive_facts(*manifest, manifest->arrival().at - std::chrono::hours{3}, *rulebook()->lists, facts);
    }
    std::unique_ptr<puente::manifest::Manifest> manifest;
    puente::v1::Facts facts;
};

#ifdef PUENTE_COUNTS_ALLOCATIONS
/// What an assessment and its findings took from the heap.
struct Cost {
    rules::Assessment assessment;
    std::size_t allocations;
};

/// Of a manifest that this thread has assessed before.
Cost cost_of(const Sample& sample) {
    for (int i = 0; i < 2; ++i) rules::assess(*sample.manifest, sample.facts, rulebook());
    const std::size_t before = allocations;
    rules::Assessment assessment = rules::assess(*sample.manifest, sample.facts, rulebook());
    return {std::move(assessment), allocations - before};
}

/// The most that a finding may take: a text is made from up to four (a list's items, as shown, shortened, kept).
std::size_t allocations_of(const rules::Finding& finding) {
    constexpr std::size_t of_a_text = 4;
    return 1 + of_a_text + (finding.arguments.empty() ? 0 : 1 + of_a_text * finding.arguments.size());
}
#endif

}  // namespace

TEST(Allocation, happens_for_findings_only) {
#ifndef PUENTE_COUNTS_ALLOCATIONS
    GTEST_SKIP() << "the sanitizers bring their own malloc";
#else
    ASSERT_NE(rulebook(), nullptr);
    std::size_t seen = 0;
    for (const std::string& name : sample_names("")) {
        const Sample clean{name};
        ASSERT_NE(clean.manifest, nullptr) << name;
        const Cost cost = cost_of(clean);
        if (!cost.assessment.findings().empty()) continue;
        EXPECT_EQ(cost.allocations, 0u) << name;
        ++seen;
    }
    EXPECT_GT(seen, 5u);
#endif
}

TEST(Allocation, is_bounded_by_what_findings_say) {
#ifndef PUENTE_COUNTS_ALLOCATIONS
    GTEST_SKIP() << "the sanitizers bring their own malloc";
#else
    ASSERT_NE(rulebook(), nullptr);
    for (const std::string& name : sample_names(".broken")) {
        const Sample broken{name};
        ASSERT_NE(broken.manifest, nullptr) << name;
        const Cost cost = cost_of(broken);
        ASSERT_FALSE(cost.assessment.findings().empty()) << name;
        std::size_t allowed = 1;  // the list of them
        for (const rules::Finding& finding : cost.assessment.findings()) allowed += allocations_of(finding);
        EXPECT_LE(cost.allocations, allowed) << name;
        EXPECT_GT(cost.allocations, 0u) << name << ": nothing was counted";
    }
#endif
}
