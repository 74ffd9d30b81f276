#pragma once

#include <boost/asio/awaitable.hpp>
#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/registry.hpp"

namespace puente::clearance {

/// An entry of a register as somebody wrote it.
struct EntryText {
    std::string kind;  ///< RFC, IRS, SCAC, CAAT, FAST
    std::string id;
    std::string name;
    std::string tier;         ///< empty: the programme has none
    std::string status;       ///< empty: active
    std::string valid_from;   ///< 2026-03-02
    std::string valid_until;  ///< the last day; empty: until further notice
};

/// What is wrong with one field of an entry.
struct EntryFault {
    std::string field;  ///< kind, id, name, tier, status, validFrom, validUntil
    std::string text;
};

/// The entry that a text stands for, identifiers in their canonical form, or the first thing wrong with it.
std::variant<store::RegistryEntry, EntryFault> read_entry(selection::Programme programme, const EntryText& text);

/// The registers; officers only. Errors: forbidden.
boost::asio::awaitable<Result<std::vector<store::RegistrySummary>>> list_registries(const access::Caller& officer, Clearance& clearance);
/// A page of one, in the order of store::list_registry_entries. Errors: malformed (`after`).
boost::asio::awaitable<Result<std::vector<store::RegistryRecord>>> list_registry_entries(selection::Programme programme, std::string after,
                                                                                         std::size_t limit, const access::Caller& officer,
                                                                                         Clearance& clearance);
/// Errors: not_found.
boost::asio::awaitable<Result<store::RegistryRecord>> find_registry_entry(selection::Programme programme, selection::IdKind kind, std::string id,
                                                                          const access::Caller& officer, Clearance& clearance);

/// An entry as it is now.
struct StandingPut {
    store::RegistryRecord record;
    bool fresh = false;  ///< the holder was not in the register before
};
/// Enters a holder, or replaces what the register says of it. Errors: forbidden (the register of another agency).
boost::asio::awaitable<Result<StandingPut>> put_registry_entry(selection::Programme programme, store::RegistryEntry entry,
                                                               const access::Caller& officer, Clearance& clearance);
/// Ends an entry; it stays on record. Errors: forbidden, not_found.
boost::asio::awaitable<Result<std::monostate>> end_registry_entry(selection::Programme programme, selection::IdKind kind, std::string id,
                                                                  const access::Caller& officer, Clearance& clearance);

/// How the entries of a file are written.
enum class RegistryForm : std::uint8_t { csv, json };

/// A file that takes the place of a whole register.
struct RegistryImport {
    selection::Programme programme;
    RegistryForm form = RegistryForm::csv;
    std::string source;     ///< what the file is called
    std::string by;         ///< who imports it
    bool dry_run = false;   ///< say what would change; change nothing
    bool end_many = false;  ///< also when more than half of the register would end
};

/// What an import did, or what is wrong with its file: then nothing was changed.
struct RegistryReport {
    store::RegistryTally tally;
    std::size_t entries = 0;
    std::vector<std::string> faults;  ///< "file:line:column: what is wrong"
    std::size_t faults_left_out = 0;
    bool written = false;
};

/// Reads a file from its beginning and puts it in place of the register, all or nothing, in bounded memory; blocks. Entries that the file does not
/// have are ended. `database` is a login that may take the role of the programme's agency. Errors: conflict (too many would end), forbidden,
/// overloaded.
Result<RegistryReport> import_registry(std::istream& file, const RegistryImport& import, const std::string& database);

}  // namespace puente::clearance
