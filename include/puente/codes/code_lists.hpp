#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "puente/codes/code_list.hpp"
#include "puente/result.hpp"

namespace puente::codes {

/// The name of the list that a file holds: "us_ports.csv" (or "us_ports") gives "usPorts". Nothing when the file name is not snake_case.
std::optional<std::string> list_name(std::string_view file_name);

/// All code lists in force together. Immutable; safe to read from any thread.
class CodeLists {
public:
    /// Reads every list, given by name and CSV text, or says everything that is wrong with all of them: kind malformed.
    static Result<CodeLists> parse(std::vector<std::pair<std::string, std::string>> texts_by_name);

    /// The list of that name; null when there is none. No allocation.
    const CodeList* find(std::string_view name) const;
    std::size_t size() const { return lists_.size(); }
    /// Lists in the order of their names.
    std::vector<CodeList>::const_iterator begin() const { return lists_.begin(); }
    std::vector<CodeList>::const_iterator end() const { return lists_.end(); }

    /// All that the lists say, in a fixed order and form, for a digest: equal exactly when names, columns and entries are equal.
    std::string digest_input() const;

private:
    CodeLists() = default;
    std::vector<CodeList> lists_;
};

}  // namespace puente::codes
