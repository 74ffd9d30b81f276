#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/result.hpp"

namespace puente::store {

/// One numbered file of migrations/.
struct Migration {
    int number;
    std::string name;  ///< "0002_manifest.sql"
    std::string text;
};

/// Reads the folder; errors name what is missing or out of sequence.
Result<std::vector<Migration>> read_migrations(const std::string& folder);

/// Applies what has not been applied, each in its own transaction, under an advisory lock, and remembers its SHA-256. An already applied file that has changed is an error.
/// `told` hears each name before it is applied. Gives the number applied.
Result<int> migrate(const std::string& url, const std::vector<Migration>& migrations, const std::function<void(const std::string&)>& told);

/// Whether a database is at exactly these migrations; the error says what is missing and how to mend it.
Result<void> check_schema(const std::string& url, const std::vector<Migration>& migrations);

}  // namespace puente::store
