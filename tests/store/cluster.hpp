#pragma once

#include <sys/types.h>

#include <string>

namespace puente::test {

/// A PostgreSQL 15 server of its own in a temporary folder: Unix socket only, fsync on, run by an unprivileged user. It is gone with the object, or
/// when the program crashes. Roles: postgres (superuser), puente_owner (owns the schema, not a superuser), puente_app (the gateway's login, in
/// puente_gateway).
class Cluster {
public:
    /// `migrations` is the folder that every new database is made from. Throws std::runtime_error with the server's log when it does not start.
    explicit Cluster(const std::string& migrations);
    ~Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    /// The one of this program; made on first use.
    static Cluster& shared();

    /// A fresh, migrated database; gives its name.
    std::string new_database();
    /// A database with nothing in it, owned by puente_owner.
    std::string empty_database();
    void drop_database(const std::string& name);
    std::string url(const std::string& database, const std::string& user = "puente_app") const;
    const std::string& socket_folder() const { return folder_; }

    /// Runs SQL with psql, each statement by itself; gives the rows (columns separated by |), or "ERROR: ..." with the first line of what went wrong.
    std::string sql(const std::string& database, const std::string& text, const std::string& user = "postgres") const;

    /// kill -9 of the postmaster: a power cut, as far as a process can have one.
    void kill();
    /// Starts it again; waits until it answers.
    void start();
    /// Starts it again with libraries that are loaded beforehand; with "" as it was at first, every setting made by ALTER SYSTEM taken back.
    void preload(const std::string& libraries);
    /// Ends every session of puente_app in the database.
    void terminate_sessions(const std::string& database) const;

private:
    std::string command(const std::string& program) const;
    void make_template(const std::string& migrations);
    void watch();

    std::string folder_;
    pid_t server_ = -1;
    int databases_ = 0;
    int watched_ = -1;
};

}  // namespace puente::test
