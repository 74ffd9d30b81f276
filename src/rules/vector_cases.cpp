#include "rules/vector_cases.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "puente/manifest/facts.hpp"
#include "puente/rules/assess.hpp"
#include "puente/rules/examples.hpp"
#include "rules/document_edit.hpp"
#include "rules/edits.hpp"

namespace puente::rules {

namespace {

using nlohmann::json;
using namespace std::chrono;

constexpr std::size_t open_at_once = 4;  ///< documents that are changed in turn
constexpr std::size_t pairings_max = 4;  ///< drafts whose changes are also made two at a time
constexpr std::size_t heads_max = 3;
constexpr std::size_t pairs_max = 250;
constexpr std::size_t samples_changed_max = 4;
constexpr std::size_t samples_shown_max = 10;
constexpr std::size_t sample_bytes_max = 40'000;  ///< larger ones are looked at only in examples, last, and never changed

/// A document with the moment it is received.
struct Draft {
    const ReadSample* sample;
    json document;
    std::optional<Instant> received;  ///< absent: `lead` before the arrival it states
    minutes lead{180};
};

/// A draft with the changes still to be tried, taken in turn from each field it has.
struct Bench {
    Draft draft;
    std::vector<std::deque<Edit>> fields;
    std::size_t turn = 0;

    std::optional<Edit> next() {
        for (std::size_t tried = 0; tried < fields.size(); ++tried) {
            std::deque<Edit>& edits = fields[turn++ % fields.size()];
            if (edits.empty()) continue;
            Edit edit = std::move(edits.front());
            edits.pop_front();
            return edit;
        }
        return std::nullopt;
    }
};

/// A draft with the most telling changes of each field, to be made two at a time.
struct Pairing {
    Draft draft;
    std::vector<std::vector<Edit>> heads;
};

/// Collects the vectors of one rule.
class CaseMaker {
public:
    CaseMaker(const VectorMaker::Inside& house, const Rule& rule, const std::vector<Mutant>& mutants)
        : house_{house}, rule_{rule}, edits_{house, rule} {
        for (const Mutant& mutant : mutants) {
            if (house.equivalent(rule.id, mutant.name) == nullptr) live_.push_back(&mutant);
        }
    }

    std::vector<VectorCase> make() {
        take_examples();
        take_samples();
        while (!done()) {
            while (benches_.size() < open_at_once && !waiting_.empty()) open_next();
            if (benches_.empty()) {
                if (!open_pairs() && !reuse_kept()) break;
                continue;
            }
            Bench& bench = benches_[turn_ % benches_.size()];
            if (const std::optional<Edit> edit = bench.next()) {
                attempt(bench.draft, *edit);
                ++turn_;
            } else {
                benches_.erase(benches_.begin() + static_cast<std::ptrdiff_t>(turn_ % benches_.size()));
            }
        }
        for (const Draft& draft : large_) judge(draft, true);
        fill_up();
        return std::move(cases_);
    }

private:
    bool done() const {
        if (attempts_ >= house_.limits.attempts || cases_.size() >= house_.limits.most) return true;
        return live_.empty() && cases_.size() + spare_.size() >= house_.limits.wanted && passing_ != 0 && failing_ != 0;
    }

    void take_examples() {
        std::vector<Draft> failing;
        std::vector<Draft> passing;
        for (const Example& example : rule_.examples) {
            const ReadSample* const sample = house_.find(example.sample);
            if (sample == nullptr) continue;
            const Result<std::string> text = patched(sample->document.dump(), example.patch);
            if (!text) continue;
            Draft draft{sample, json::parse(*text), std::nullopt};
            if (const auto stated = parse_date_time(example.received)) draft.received = stated->at;
            if (sample->bytes > sample_bytes_max) {
                large_.push_back(draft);
                draft = cut_down(draft, example);
                if (judge(draft, true) == example.passes) {
                    (example.passes ? passing : failing).push_back(std::move(draft));
                } else if (large_.size() == 1) {
                    waiting_.push_back(large_.back());  // it takes the whole of it
                }
                continue;
            }
            judge(draft, true);
            (example.passes ? passing : failing).push_back(std::move(draft));
        }
        for (std::size_t i = 0; i < std::max(failing.size(), passing.size()); ++i) {
            if (i < failing.size()) waiting_.push_back(std::move(failing[i]));
            if (i < passing.size()) waiting_.push_back(std::move(passing[i]));
        }
    }

    void take_samples() {
        std::size_t shown = 0;
        std::size_t changed = 0;
        for (const ReadSample& sample : house_.samples) {
            if (shown >= samples_shown_max || sample.bytes > sample_bytes_max ||
                !applies_somewhere(rule_, house_.rulebook, *sample.manifest, sample.facts))
                continue;
            ++shown;
            Draft draft{&sample, sample.document, std::nullopt};
            judge(draft, false);
            if (changed++ < samples_changed_max) waiting_.push_back(std::move(draft));
        }
    }

    /// Two changes at once: what tells an operand from its neighbour when both excuse the document.
    bool open_pairs() {
        if (pairings_.empty()) return false;
        Pairing pairing = std::move(pairings_.front());
        pairings_.pop_front();
        Bench bench{std::move(pairing.draft), {{}}};
        const std::size_t fields = pairing.heads.size();
        for (std::size_t sum = 1; sum + 1 < 2 * fields; ++sum) {
            for (std::size_t i = sum < fields ? 0 : sum - fields + 1; i < sum - i; ++i) {
                for (const Edit& first : pairing.heads[i]) {
                    for (const Edit& second : pairing.heads[sum - i]) {
                        Edit both = first;
                        both.insert(both.end(), second.begin(), second.end());
                        bench.fields[0].push_back(std::move(both));
                    }
                }
            }
        }
        if (bench.fields[0].size() > pairs_max) bench.fields[0].resize(pairs_max);
        benches_.push_back(std::move(bench));
        return true;
    }

    /// Changes of changes: the vectors kept so far become drafts themselves, first those that fail where few of them do.
    bool reuse_kept() {
        std::size_t chosen = cases_.size();
        for (std::size_t i = 0; i < cases_.size(); ++i) {
            const Vector& kept = cases_[i].vector;
            if (kept.patch == "null" || reused_.contains(i) || cases_[i].manifest->bytes().size() > sample_bytes_max) continue;
            if (chosen == cases_.size() || (!kept.passes && cases_[chosen].vector.passes)) chosen = i;
        }
        if (chosen == cases_.size()) return false;
        reused_.insert(chosen);
        const VectorCase& kept = cases_[chosen];
        const ReadSample* const sample = house_.find(kept.vector.sample);
        waiting_.push_back({sample, json::parse(*patched(sample->document.dump(), kept.vector.patch)), parse_date_time(kept.vector.received)->at});
        return true;
    }

    /// A large document cut down to the shipments that the example changes, or to its first.
    static Draft cut_down(const Draft& draft, const Example& example) {
        json kept = json::array();
        const json patch = json::parse(example.patch);
        const json& all = draft.document["shipments"];
        const json& changed = patch.is_object() && patch.contains("shipments") ? patch["shipments"] : patch;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (changed.is_object() && changed.contains(std::to_string(i))) kept.push_back(all[i]);
        }
        if (kept.empty() && !all.empty()) kept.push_back(all[0]);
        Draft smaller = draft;
        smaller.document["shipments"] = std::move(kept);
        return smaller;
    }

    void open_next() {
        Bench bench{std::move(waiting_.front()), {}};
        waiting_.pop_front();
        const Result<Posed> question = posed(bench.draft.document.dump(), "null");
        const manifest::Decoded decoded = manifest::decode_json(question->document);
        if (!decoded.manifest) return;
        const LocalInstant arrival = decoded.manifest->arrival();
        std::vector<std::string> favoured;
        v1::Facts facts;
        manifest::derive_facts(*decoded.manifest, received_of(bench.draft, arrival.at), *house_.rulebook->lists, facts);
        if (!add_memory(question->memory, facts)) return;
        for (const Finding& finding : apply(rule_, house_.rulebook, *decoded.manifest, facts)) favoured.push_back(finding.pointer);
        bench.fields = edits_.of(bench.draft.document, favoured, arrival);
        if (pairings_seen_ < pairings_max) {
            ++pairings_seen_;
            Pairing pairing{bench.draft, {}};
            for (const std::deque<Edit>& edits : bench.fields) {
                if (edits.empty()) continue;
                pairing.heads.emplace_back(edits.begin(), edits.begin() + static_cast<std::ptrdiff_t>(std::min(heads_max, edits.size())));
            }
            pairings_.push_back(std::move(pairing));
        }
        benches_.push_back(std::move(bench));
    }

    static Instant received_of(const Draft& draft, Instant arrival) { return draft.received.value_or(arrival - draft.lead); }

    void attempt(const Draft& draft, const Edit& edit) {
        Draft changed = draft;
        for (const Step& step : edit) apply_step(changed, step);
        judge(changed, false);
    }

    static void apply_step(Draft& draft, const Step& step) {
        if (step.place.empty()) {
            draft.received.reset();
            draft.lead = step.lead;
            return;
        }
        // Another day is reached with the same lead, not with a receipt years before.
        if (draft.received && step.place.back() == "estimatedArrival") {
            const json* const stated = value_at(draft.document, step.place);
            const auto arrival = stated != nullptr ? parse_date_time(stated->get<std::string>()) : std::nullopt;
            if (arrival) draft.lead = floor<minutes>(arrival->at - *draft.received);
            draft.received.reset();
        }
        put(draft.document, step.place, step.value);
    }

    /// Tries a document and keeps it when it tells something. Gives the verdict; nothing when the document is not in the format or not new.
    std::optional<bool> judge(const Draft& draft, bool always) {
        std::string text = draft.document.dump(-1, ' ', false, json::error_handler_t::replace);
        const std::string key = text + (draft.received ? puente::to_text(*draft.received) : std::to_string(draft.lead.count()));
        if (!seen_.insert(key).second) return std::nullopt;
        ++attempts_;
        const Result<Posed> question = posed(text, "null");
        if (!question) return std::nullopt;
        manifest::Decoded decoded = manifest::decode_json(question->document);
        if (!decoded.manifest) return std::nullopt;
        VectorCase made{{}, std::move(decoded.manifest), {}};
        const Instant received = floor<milliseconds>(received_of(draft, made.manifest->arrival().at));
        manifest::derive_facts(*made.manifest, received, *house_.rulebook->lists, made.facts);
        if (!add_memory(question->memory, made.facts)) return std::nullopt;
        made.vector.passes = passes(as_written(rule_), house_.rulebook, *made.manifest, made.facts);
        const std::size_t killed = std::erase_if(live_, [&](const Mutant* mutant) {
            return passes(mutant->of(rule_), house_.rulebook, *made.manifest, made.facts) != made.vector.passes;
        });
        const std::size_t wanted = live_.empty() ? house_.limits.wanted : house_.limits.wanted / 2;
        const std::size_t count = made.vector.passes ? passing_ : failing_;
        const bool fits = cases_.size() < wanted && count * 3 < wanted * 2;
        const bool telling = always || killed != 0 || fits;
        const bool verdict = made.vector.passes;
        if (!telling && spare_.size() >= house_.limits.wanted) return verdict;
        const json patch = difference(draft.sample->document, draft.document);
        made.vector.sample = draft.sample->name;
        made.vector.patch = patch.empty() ? "null" : patch.dump();
        made.vector.received = puente::to_text(received);
        const std::string vector_key = made.vector.sample + made.vector.patch + made.vector.received;
        if (!kept_.insert(vector_key).second) return verdict;
        if (telling) ++(made.vector.passes ? passing_ : failing_);
        (telling ? cases_ : spare_).push_back(std::move(made));
        return verdict;
    }

    /// What told nothing new fills the rest, both kinds as evenly as there are.
    void fill_up() {
        for (const bool scarce_only : {true, false}) {
            for (VectorCase& each : spare_) {
                if (cases_.size() >= house_.limits.wanted || each.manifest == nullptr) continue;
                std::size_t& count = each.vector.passes ? passing_ : failing_;
                if (scarce_only && count * 3 >= house_.limits.wanted * 2) continue;
                ++count;
                cases_.push_back(std::move(each));
            }
        }
    }

    const VectorMaker::Inside& house_;
    const Rule& rule_;
    EditMaker edits_;
    std::vector<const Mutant*> live_;
    std::deque<Draft> waiting_;
    std::vector<Draft> large_;
    std::vector<Bench> benches_;
    std::deque<Pairing> pairings_;
    std::size_t pairings_seen_ = 0;
    std::size_t turn_ = 0;
    std::size_t attempts_ = 0;
    std::set<std::size_t> reused_;
    std::size_t passing_ = 0;
    std::size_t failing_ = 0;
    std::set<std::string> seen_;
    std::set<std::string> kept_;
    std::vector<VectorCase> cases_;
    std::vector<VectorCase> spare_;
};

}  // namespace

std::vector<VectorCase> VectorMaker::Inside::cases(const Rule& rule, const std::vector<Mutant>& mutants) const {
    return CaseMaker{*this, rule, mutants}.make();
}

}  // namespace puente::rules
