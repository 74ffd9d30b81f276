#pragma once

#include <array>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include "puente/clearance/registry.hpp"

namespace puente::clearance {

/// Where something stands in a file; both count from 1, columns in bytes.
struct FilePlace {
    std::int32_t line = 1;
    std::int32_t column = 1;
};

/// The fields of an entry, in the order of EntryText.
inline constexpr std::array<std::string_view, 7> entry_fields{"kind", "id", "name", "tier", "status", "validFrom", "validUntil"};

/// An entry of a file that has not been looked at yet, or what keeps it from being one.
struct FileEntry {
    FilePlace begin;
    EntryText text;
    std::array<FilePlace, entry_fields.size()> places;  ///< of the fields
    std::string fault;                                  ///< empty: none
    FilePlace fault_place;
    bool last = false;  ///< nothing can be read after this fault
};

/// The text of the field at this place of entry_fields.
std::string& field_of(EntryText& text, std::size_t field);

/// The entries of a file, one after the other; never more than one of them is held.
class RegistryFile {
public:
    virtual ~RegistryFile() = default;
    /// False at the end of the file.
    virtual bool next(FileEntry& entry) = 0;
};

/// CSV (RFC 4180) whose first record names the fields; lines that begin with # are passed over. Or JSON: a list of objects, or one object after the
/// other.
std::unique_ptr<RegistryFile> open_registry_file(std::istream& file, RegistryForm form);

}  // namespace puente::clearance
