#include "store/cluster.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "puente/store/migrate.hpp"

namespace puente::test {

namespace {

const std::string programs = "/usr/lib/postgresql/15/bin/";

struct Output {
    int status;
    std::string text;
};

/// Runs a command line; gives what it wrote to both outputs.
Output run(const std::string& line) {
    std::FILE* pipe = ::popen((line + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error{"cannot run " + line};
    std::string text;
    std::array<char, 4096> buffer;
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), got);
    return {::pclose(pipe), text};
}

void must(const std::string& line) {
    const Output output = run(line);
    if (output.status != 0) throw std::runtime_error{line + ": " + output.text};
}

std::string quoted(const std::string& text) {
    std::string safe = "'";
    for (const char letter : text) safe += letter == '\'' ? std::string{"'\\''"} : std::string(1, letter);
    return safe + "'";
}

}  // namespace

Cluster& Cluster::shared() {
    static Cluster cluster{PUENTE_SOURCE_DIR "/migrations"};
    return cluster;
}

Cluster::Cluster(const std::string& migrations) {
    if (::geteuid() == 0 && ::getpwnam("postgres") == nullptr) must("useradd --system --no-create-home postgres");
    std::string pattern = (std::filesystem::temp_directory_path() / "puente-pg-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"cannot make a temporary folder"};
    folder_ = pattern;
    if (const passwd* user = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr) {
        if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error{"cannot give away " + folder_};
    }
    ::chmod(folder_.c_str(), 0755);
    must(command("initdb") + " -D " + folder_ + "/data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync");
    // The feed of events is held back by whoever writes anywhere in the cluster: autovacuum, in another test's database, would be such a one.
    std::ofstream{folder_ + "/data/postgresql.conf", std::ios::app}
        << "listen_addresses = ''\nunix_socket_directories = '" << folder_
        << "'\nfsync = on\nmax_connections = 200\nshared_buffers = 128MB\nmax_wal_size = 2GB\nautovacuum = off\nrecovery_init_sync_method = syncfs\n";
    watch();
    start();
    make_template(migrations);
}

Cluster::~Cluster() {
    if (server_ > 0) {
        ::kill(server_, SIGQUIT);
        ::waitpid(server_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    ::close(watched_);
}

/// A process that outlives a crash of the tests, and then ends the server and removes its folder: it notices by the pipe that closes.
void Cluster::watch() {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"cannot make a pipe"};
    if (::fork() == 0) {
        ::setsid();
        ::dup2(ends[0], 0);
        for (int descriptor = 1; descriptor < 1024; ++descriptor) ::close(descriptor);
        const std::string line = "read gone; kill -QUIT $(head -n 1 " + folder_ + "/data/postmaster.pid) 2>/dev/null && sleep 1; rm -rf " + folder_;
        ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[0]);
    watched_ = ends[1];
}

/// PostgreSQL refuses to run as root.
std::string Cluster::command(const std::string& program) const {
    const std::string path = programs + program;
    return ::geteuid() == 0 ? "cd / && setpriv --reuid=postgres --regid=postgres --clear-groups " + path : path;
}

void Cluster::start() {
    const std::string data = folder_ + "/data";
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (std::chrono::steady_clock::now() < deadline) {
        const std::string line = "cd / && exec " + command("postgres").substr(::geteuid() == 0 ? 8 : 0) + " -D " + data;
        const std::string log = folder_ + "/log";
        server_ = ::fork();
        if (server_ == 0) {
            const int to = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
            ::dup2(to, 1);
            ::dup2(to, 2);
            for (int descriptor = 3; descriptor < 1024; ++descriptor) ::close(descriptor);
            ::setpgid(0, 0);  // a signal to the tests is none to the server
            ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
            ::_exit(127);
        }
        // Until it answers, or ends: after kill -9 the old sessions may hold the shared memory a moment longer.
        while (::waitpid(server_, nullptr, WNOHANG) == 0 && std::chrono::steady_clock::now() < deadline) {
            if (run(programs + "pg_isready -q -h " + folder_).status == 0) return;
            std::this_thread::sleep_for(std::chrono::milliseconds{30});
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    std::ifstream log{folder_ + "/log"};
    throw std::runtime_error{
        "PostgreSQL does not start: " + std::string{std::istreambuf_iterator<char>{log}, {}}
    };
}

void Cluster::kill() {
    ::kill(server_, SIGKILL);
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
}

void Cluster::preload(const std::string& libraries) {
    const std::string said =
        sql("postgres", libraries.empty() ? "ALTER SYSTEM RESET ALL" : "ALTER SYSTEM SET shared_preload_libraries = '" + libraries + "'");
    if (!said.empty()) throw std::runtime_error{said};
    ::kill(server_, SIGINT);  // sessions are ended, what is committed is written
    ::waitpid(server_, nullptr, 0);
    start();
}

void Cluster::make_template(const std::string& migrations) {
    sql("postgres", "CREATE ROLE puente_owner LOGIN CREATEROLE");
    sql("postgres", "CREATE DATABASE puente_template OWNER puente_owner");
    const auto read = store::read_migrations(migrations);
    if (!read) throw std::runtime_error{read.error().detail()};
    const auto done = store::migrate(url("puente_template", "puente_owner"), *read, {});
    if (!done) throw std::runtime_error{done.error().detail()};
    sql("postgres", "CREATE ROLE puente_app LOGIN IN ROLE puente_gateway");
}

std::string Cluster::new_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    const std::string said = sql("postgres", "CREATE DATABASE " + name + " TEMPLATE puente_template OWNER puente_owner");
    if (!said.empty()) throw std::runtime_error{said};
    return name;
}

std::string Cluster::empty_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    const std::string said = sql("postgres", "CREATE DATABASE " + name + " OWNER puente_owner");
    if (!said.empty()) throw std::runtime_error{said};
    return name;
}

void Cluster::drop_database(const std::string& name) {
    sql("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

std::string Cluster::url(const std::string& database, const std::string& user) const {
    return "host=" + folder_ + " user=" + user + " dbname=" + database;
}

std::string Cluster::sql(const std::string& database, const std::string& text, const std::string& user) const {
    const Output output = run("PGOPTIONS='-c client_min_messages=error' " + programs + "psql -X -q -A -t -v ON_ERROR_STOP=1 -h " + folder_ + " -U " +
                              user + " -d " + database + " -c " + quoted(text));
    std::string said = output.text;
    while (!said.empty() && said.back() == '\n') said.pop_back();
    if (output.status == 0) return said;
    const std::size_t error = said.find("ERROR:");
    return error == std::string::npos ? "ERROR: " + said : said.substr(error, said.find('\n', error) - error);
}

void Cluster::terminate_sessions(const std::string& database) const {
    sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'puente_app' AND datname = '" + database + "'");
}

}  // namespace puente::test
