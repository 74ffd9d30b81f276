#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "puente/rules/rule.hpp"

namespace puente::rules {

/// A field of the manifest by the JSON names on the way to it; "*" stands for any item of a list: shipments * us entryNumber.
using FieldPath = std::vector<std::string>;

/// The pseudo field for the moment of receipt, which is no part of the document.
inline const FieldPath receipt_path{"(received)"};

/// A field that a rule reads, and what the rule holds against it.
struct FieldRead {
    FieldPath path;
    std::vector<std::string> texts;     ///< text constants compared with it, each once
    std::vector<std::int64_t> numbers;  ///< number constants compared with it
    std::vector<std::string> lists;     ///< code lists it is looked up in
    std::vector<FieldPath> fellows;     ///< fields compared with it
};

/// Every field that the rule's `each`, `when` and `assert` read, those of `assert` first. Derived facts count as the fields they are
/// derived from (proto/puente/v1/facts.proto).
std::vector<FieldRead> fields_read(const Rule& rule);

}  // namespace puente::rules
