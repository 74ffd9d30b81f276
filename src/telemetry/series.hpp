#pragma once

#include <prometheus/family.h>

#include <functional>
#include <initializer_list>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace puente::telemetry {

/// The time series of one metric, found quickly by the values of its labels: prometheus-cpp itself would copy and hash the whole map of labels each
/// time.
template <class Metric>
class Series {
public:
    using Make = std::function<Metric&(const prometheus::Labels&)>;
    static constexpr std::size_t series_max = 2000;

    Series(std::vector<std::string> labels, Make make) : labels_{std::move(labels)}, make_{std::move(make)} {}

    /// The series with these values, one for each label; made when it is new.
    Metric& of(std::initializer_list<std::string_view> values) {
        thread_local std::string key;
        key.clear();
        for (const std::string_view value : values) {
            key += value;
            key += '\0';
        }
        {
            const std::shared_lock lock{mutex_};
            const auto found = known_.find(key);
            if (found != known_.end()) return *found->second;
        }
        return add(key, values);
    }

private:
    Metric& add(const std::string& key, std::initializer_list<std::string_view> values) {
        const std::unique_lock lock{mutex_};
        const auto found = known_.find(key);
        if (found != known_.end()) return *found->second;
        const bool full = known_.size() >= series_max;
        prometheus::Labels labels;
        auto value = values.begin();
        for (const std::string& label : labels_) labels.emplace(label, full ? "other" : std::string{*value++});
        Metric& made = make_(labels);
        if (!full) known_.emplace(key, &made);
        return made;
    }

    std::vector<std::string> labels_;
    Make make_;
    std::shared_mutex mutex_;
    std::unordered_map<std::string, Metric*> known_;
};

}  // namespace puente::telemetry
