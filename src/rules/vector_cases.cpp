#include "rules/vector_cases.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "puente/manifest/facts.hpp"
#include "puente/rules/assess.hpp"
#include "puente/rules/examples.hpp"
#include "rules/document_edit.hpp"
#include "rules/neighbours.hpp"

namespace puente::rules {

namespace {

using nlohmann::json;
using namespace std::chrono;

constexpr std::size_t open_at_once = 4;       ///< documents that are changed in turn
constexpr std::size_t places_of_one_field = 2;
constexpr std::size_t samples_changed_max = 4;
constexpr std::size_t samples_shown_max = 10;
constexpr std::size_t sample_bytes_max = 40'000;  ///< larger ones are looked at, never changed

/// A document with the moment it is received.
struct Draft {
    const ReadSample* sample;
    json document;
    std::optional<Instant> received;   ///< absent: `lead` before the arrival it states
    minutes lead{180};
};

/// One change of a draft.
struct Edit {
    Place place;  ///< empty: the moment of receipt
    json value;
    minutes lead{};
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

/// Collects the vectors of one rule.
class CaseMaker {
public:
    CaseMaker(const VectorMaker::Inside& house, const Rule& rule, const std::vector<Mutant>& mutants) : house_{house}, rule_{rule}, reads_{fields_read(rule)} {
        for (const Mutant& mutant : mutants) {
            if (house.equivalent(rule.id, mutant.name) == nullptr) live_.push_back(&mutant);
        }
        add_loop_lists();
    }

    std::vector<VectorCase> make() {
        take_examples();
        take_samples();
        while (!done()) {
            while (benches_.size() < open_at_once && !waiting_.empty()) open_next();
            if (benches_.empty()) {
                if (!reuse_kept()) break;
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
        return std::move(cases_);
    }

private:
    bool done() const {
        if (attempts_ >= house_.limits.attempts || cases_.size() >= house_.limits.most) return true;
        return cases_.size() >= house_.limits.wanted && live_.empty();
    }

    /// The lists that the rule walks over are read too, as lists.
    void add_loop_lists() {
        std::vector<FieldPath> lists;
        for (const FieldRead& read : reads_) {
            for (std::size_t i = 1; i < read.path.size(); ++i) {
                FieldPath list{read.path.begin(), read.path.begin() + static_cast<std::ptrdiff_t>(i)};
                const bool known = std::any_of(reads_.begin(), reads_.end(), [&](const FieldRead& each) { return each.path == list; });
                if (list.back() != "*" && !known && std::find(lists.begin(), lists.end(), list) == lists.end()) lists.push_back(std::move(list));
            }
        }
        for (FieldPath& list : lists) reads_.push_back({std::move(list), {}, {}, {}, {}});
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
            if (shown >= samples_shown_max || !applies_somewhere(rule_, house_.rulebook, *sample.manifest, sample.facts)) continue;
            ++shown;
            Draft draft{&sample, sample.document, std::nullopt};
            judge(draft, false);
            if (sample.bytes <= sample_bytes_max && changed++ < samples_changed_max) waiting_.push_back(std::move(draft));
        }
    }

    /// Changes of changes: the vectors kept so far become drafts themselves, failing and passing ones in turn.
    bool reuse_kept() {
        for (; reused_ < cases_.size(); ++reused_) {
            const VectorCase& kept = cases_[reused_];
            const ReadSample* const sample = house_.find(kept.vector.sample);
            if (kept.vector.patch == "null" || sample->bytes > sample_bytes_max) continue;
            Draft draft{sample, json::parse(kept.manifest->bytes()), parse_date_time(kept.vector.received)->at};
            ++reused_;
            waiting_.push_back(std::move(draft));
            return true;
        }
        return false;
    }

    void open_next() {
        Bench bench{std::move(waiting_.front()), {}};
        waiting_.pop_front();
        const manifest::Decoded decoded = manifest::decode_json(bench.draft.document.dump());
        if (!decoded.manifest) return;
        const LocalInstant arrival = decoded.manifest->arrival();
        std::vector<std::string> favoured;
        v1::Facts facts;
        manifest::derive_facts(*decoded.manifest, received_of(bench.draft, arrival.at), *house_.rulebook->lists, facts);
        for (const Finding& finding : apply(rule_, house_.rulebook, *decoded.manifest, facts)) favoured.push_back(finding.pointer);
        for (const FieldRead& read : reads_) {
            if (read.path == receipt_path) {
                bench.fields.push_back(receipts(read));
                continue;
            }
            for (const Place& place : places_of(read.path, bench.draft.document, favoured, places_of_one_field)) {
                bench.fields.push_back(edits(bench.draft.document, read, place, favoured, arrival));
            }
        }
        bench.fields.push_back(arrivals(arrival));
        benches_.push_back(std::move(bench));
    }

    std::deque<Edit> edits(const json& document, const FieldRead& read, const Place& place, const std::vector<std::string>& favoured, LocalInstant arrival) const {
        static const std::vector<json> nothing;
        std::vector<const json*> fellows;
        for (const FieldPath& fellow : read.fellows) {
            for (const Place& other : places_of(fellow, document, favoured, places_of_one_field)) {
                if (const json* const value = value_at(document, other)) fellows.push_back(value);
            }
        }
        const auto known = house_.known_values.find(read.path);
        const Neighbourhood around{value_at(document, place), read, std::move(fellows), known == house_.known_values.end() ? nothing : known->second,
                                   *house_.rulebook->lists, arrival};
        std::deque<Edit> made;
        for (json& value : neighbours(around)) made.push_back({place, std::move(value)});
        return made;
    }

    /// Receipt at the leads that the rule names and one minute beside them.
    static std::deque<Edit> receipts(const FieldRead& read) {
        std::deque<Edit> made;
        for (const std::int64_t number : read.numbers) {
            for (const std::int64_t off : {0, -1, 1}) made.push_back({{}, nullptr, minutes{number + off}});
        }
        for (const int lead : {0, -1, 1, 29, 30, 59, 60, 119, 120, 1440, 100'000}) made.push_back({{}, nullptr, minutes{lead}});
        return made;
    }

    /// Arrival on the days around the first and the last on which the rule is in force, at the same hour.
    std::deque<Edit> arrivals(LocalInstant arrival) const {
        std::deque<Edit> made;
        const sys_days today = floor<days>(arrival.at + arrival.offset);
        for (const std::optional<sys_days>& bound : {rule_.effective.from, rule_.effective.until}) {
            if (!bound) continue;
            for (const int off : {0, -1, 1}) {
                made.push_back({{"trip", "estimatedArrival"}, local_text({arrival.at + (*bound + days{off} - today), arrival.offset})});
            }
        }
        return made;
    }

    static Instant received_of(const Draft& draft, Instant arrival) { return draft.received.value_or(arrival - draft.lead); }

    void attempt(const Draft& draft, const Edit& edit) {
        Draft changed = draft;
        if (edit.place.empty()) {
            changed.received.reset();
            changed.lead = edit.lead;
        } else {
            put(changed.document, edit.place, edit.value);
        }
        // A day far away is reached with the same lead, not with a receipt years before.
        if (!edit.place.empty() && edit.place.back() == "estimatedArrival") changed.received.reset();
        judge(changed, false);
    }

    void judge(const Draft& draft, bool always) {
        std::string text = draft.document.dump(-1, ' ', false, json::error_handler_t::replace);
        const std::string key = text + (draft.received ? puente::to_text(*draft.received) : std::to_string(draft.lead.count()));
        if (!seen_.insert(key).second) return;
        ++attempts_;
        manifest::Decoded decoded = manifest::decode_json(std::move(text));
        if (!decoded.manifest) return;
        VectorCase made{{}, std::move(decoded.manifest), {}};
        const Instant received = floor<milliseconds>(received_of(draft, made.manifest->arrival().at));
        manifest::derive_facts(*made.manifest, received, *house_.rulebook->lists, made.facts);
        made.vector.passes = passes(as_written(rule_), house_.rulebook, *made.manifest, made.facts);
        const std::size_t killed = std::erase_if(live_, [&](const Mutant* mutant) {
            return passes(mutant->of(rule_), house_.rulebook, *made.manifest, made.facts) != made.vector.passes;
        });
        std::size_t& count = made.vector.passes ? passing_ : failing_;
        const bool fits = cases_.size() < house_.limits.wanted && count * 3 < house_.limits.wanted * 2;
        if (!always && killed == 0 && !fits) return;
        const json patch = difference(draft.sample->document, draft.document);
        made.vector.sample = draft.sample->name;
        made.vector.patch = patch.empty() ? "null" : patch.dump();
        made.vector.received = puente::to_text(received);
        const std::string vector_key = made.vector.sample + made.vector.patch + made.vector.received;
        if (!kept_.insert(vector_key).second) return;
        ++count;
        cases_.push_back(std::move(made));
    }

    const VectorMaker::Inside& house_;
    const Rule& rule_;
    std::vector<FieldRead> reads_;
    std::vector<const Mutant*> live_;
    std::deque<Draft> waiting_;
    std::vector<Bench> benches_;
    std::size_t turn_ = 0;
    std::size_t attempts_ = 0;
    std::size_t reused_ = 0;
    std::size_t passing_ = 0;
    std::size_t failing_ = 0;
    std::set<std::string> seen_;
    std::set<std::string> kept_;
    std::vector<VectorCase> cases_;
};

}  // namespace

std::vector<VectorCase> VectorMaker::Inside::cases(const Rule& rule, const std::vector<Mutant>& mutants) const { return CaseMaker{*this, rule, mutants}.make(); }

}  // namespace puente::rules
