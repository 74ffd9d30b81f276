#include "puente/store/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <pqxx/binarystring>
#include <pqxx/except>
#include <system_error>

#include "store/connection.hpp"

namespace puente::store {

namespace {

constexpr const char* lock_text = "SELECT pg_advisory_xact_lock(hashtext('puente.migration'))";
constexpr const char* memory_text =
    "CREATE SCHEMA IF NOT EXISTS puente;"
    "CREATE TABLE IF NOT EXISTS puente.migration (number integer PRIMARY KEY, name text NOT NULL, sha256 bytea NOT NULL, applied_at timestamptz NOT "
    "NULL DEFAULT now());";
/// A login of the gateway may inherit nothing; the owner is no member of it and need not be.
constexpr const char* become_gateway_text =
    "SELECT CASE WHEN NOT has_schema_privilege('puente', 'USAGE') THEN set_config('role', 'puente_gateway', true) END";
constexpr const char* applied_text = "SELECT number, name, sha256 = sha256($2) FROM puente.migration WHERE number = $1";
constexpr const char* remember_text = "INSERT INTO puente.migration (number, name, sha256) VALUES ($1, $2, sha256($3))";

std::unique_ptr<Connection> connect(const std::string& url) {
    const Session session{url, "", std::chrono::milliseconds{0}, std::chrono::milliseconds{0}, nullptr};
    return std::make_unique<Connection>(session, nullptr);
}

/// Whether a migration has been applied; an error when it was another text.
Result<bool> is_applied(pqxx::work& work, const Migration& migration) {
    const pqxx::result rows = work.exec_params(applied_text, migration.number, pqxx::binarystring{migration.text});
    if (rows.empty()) return false;
    if (!rows[0][2].as<bool>()) {
        return Error{ErrorKind::conflict,
                     fmt::format("{} has changed since it was applied as {}: put the applied text back and write a new migration", migration.name,
                                 rows[0][1].as<std::string>())};
    }
    return true;
}

/// Under the lock, so that of two runners one waits and then finds it done.
Result<bool> apply(Connection& connection, const Migration& migration, const std::function<void(const std::string&)>& told) {
    pqxx::work work{connection.raw()};
    work.exec(lock_text);
    const Result<bool> applied = is_applied(work, migration);
    if (!applied) return applied.error();
    if (*applied) return false;
    if (told) told(migration.name);
    work.exec(migration.text);
    work.exec_params(remember_text, migration.number, migration.name, pqxx::binarystring{migration.text});
    work.commit();
    return true;
}

Error database_error(const std::string& doing, const std::exception& error) {
    std::string said = error.what();
    std::replace(said.begin(), said.end(), '\n', ' ');
    return Error{ErrorKind::overloaded, fmt::format("{}: {}", doing, said)};
}

/// The number of "0002_manifest.sql"; 0 when it is not such a name.
int number_of(const std::string& name) {
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + std::min<std::size_t>(name.size(), 4), number);
    const bool fits = error == std::errc{} && end == name.data() + 4 && name.size() > 9 && name[4] == '_' && name.substr(name.size() - 4) == ".sql";
    return fits ? number : 0;
}

}  // namespace

Result<std::vector<Migration>> read_migrations(const std::string& folder) {
    std::map<int, Migration> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
        if (entry.path().extension() != ".sql") continue;
        const std::string name = entry.path().filename().string();
        const int number = number_of(name);
        if (number == 0) return Error{ErrorKind::malformed, fmt::format("{}: a migration is named like 0002_manifest.sql", name)};
        std::ifstream file{entry.path(), std::ios::binary};
        Migration migration{
            number, name, std::string{std::istreambuf_iterator<char>{file}, {}}
        };
        if (!file || migration.text.empty()) return Error{ErrorKind::malformed, fmt::format("{}: empty or unreadable", name)};
        const auto [other, is_new] = found.emplace(number, migration);
        if (!is_new) return Error{ErrorKind::malformed, fmt::format("{} and {} have the same number", other->second.name, name)};
    }
    if (error) return Error{ErrorKind::not_found, fmt::format("{}: {}", folder, error.message())};
    std::vector<Migration> migrations;
    for (auto& [number, migration] : found) {
        if (number != static_cast<int>(migrations.size()) + 1) {
            return Error{ErrorKind::malformed, fmt::format("{}: migration {:04} is missing before it", migration.name, migrations.size() + 1)};
        }
        migrations.push_back(std::move(migration));
    }
    if (migrations.empty()) return Error{ErrorKind::not_found, fmt::format("{}: no migrations", folder)};
    return migrations;
}

Result<int> migrate(const std::string& url, const std::vector<Migration>& migrations, const std::function<void(const std::string&)>& told) {
    std::string doing = "connecting";
    try {
        const std::unique_ptr<Connection> connection = connect(url);
        doing = "preparing the schema";
        {
            pqxx::work work{connection->raw()};
            work.exec(lock_text);
            work.exec(memory_text);
            work.commit();
        }
        int count = 0;
        for (const Migration& migration : migrations) {
            doing = migration.name;
            const Result<bool> applied = apply(*connection, migration, told);
            if (!applied) return applied.error();
            count += *applied ? 1 : 0;
        }
        return count;
    } catch (const std::exception& error) {
        return database_error(doing, error);
    }
}

Result<void> check_schema(const std::string& url, const std::vector<Migration>& migrations) {
    try {
        const std::unique_ptr<Connection> connection = connect(url);
        pqxx::work work{connection->raw()};
        const bool is_there = work.exec1("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'puente')")[0].as<bool>();
        if (!is_there) return Error{ErrorKind::conflict, "the database has no schema yet: run `puente migrate` first"};
        work.exec(become_gateway_text);
        for (const Migration& migration : migrations) {
            const Result<bool> applied = is_applied(work, migration);
            if (!applied) return applied.error();
            if (!*applied) return Error{ErrorKind::conflict, fmt::format("{} has not been applied: run `puente migrate` first", migration.name)};
        }
        const int last = work.exec1("SELECT COALESCE(max(number), 0) FROM puente.migration")[0].as<int>();
        if (last > static_cast<int>(migrations.size())) {
            return Error{
                ErrorKind::conflict,
                fmt::format("the database is at migration {:04}, this program knows {:04}: it is newer than the program", last, migrations.size())};
        }
        return {};
    } catch (const std::exception& error) {
        return database_error("checking the schema", error);
    }
}

}  // namespace puente::store
