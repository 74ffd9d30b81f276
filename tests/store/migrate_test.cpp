#include "puente/store/migrate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/cluster.hpp"

namespace puente::test {

namespace {

class MigrateTest : public testing::Test {
protected:
    ~MigrateTest() override { cluster_.drop_database(database_); }
    Cluster& cluster_ = Cluster::shared();
    const std::string database_ = cluster_.empty_database();
    const std::string url_ = cluster_.url(database_, "puente_owner");
    std::vector<store::Migration> migrations_ = *store::read_migrations(PUENTE_SOURCE_DIR "/migrations");
};

TEST_F(MigrateTest, applies_everything_once) {
    std::vector<std::string> told;
    const auto tell = [&](const std::string& name) { told.push_back(name); };
    EXPECT_FALSE(store::check_schema(url_, migrations_));
    EXPECT_EQ(*store::migrate(url_, migrations_, tell), static_cast<int>(migrations_.size()));
    EXPECT_EQ(told.size(), migrations_.size());
    EXPECT_EQ(*store::migrate(url_, migrations_, tell), 0);
    const Result<void> checked = store::check_schema(url_, migrations_);
    EXPECT_TRUE(checked) << (checked ? "" : checked.error().detail());
    EXPECT_TRUE(store::check_schema(cluster_.url(database_, "puente_app"), migrations_)) << "the gateway's own login can check";
}

TEST_F(MigrateTest, refuses_a_file_that_has_changed_since) {
    ASSERT_TRUE(store::migrate(url_, migrations_, {}));
    migrations_[2].text += "\n-- changed";
    const Result<int> again = store::migrate(url_, migrations_, {});
    ASSERT_FALSE(again);
    EXPECT_NE(again.error().detail().find(migrations_[2].name), std::string::npos) << again.error().detail();
    EXPECT_FALSE(store::check_schema(url_, migrations_));
}

TEST_F(MigrateTest, says_which_one_is_missing_and_when_the_database_is_newer) {
    const std::vector<store::Migration> fewer(migrations_.begin(), migrations_.end() - 1);
    ASSERT_TRUE(store::migrate(url_, fewer, {}));
    const Result<void> missing = store::check_schema(url_, migrations_);
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().detail().find(migrations_.back().name), std::string::npos);
    ASSERT_TRUE(store::migrate(url_, migrations_, {}));
    EXPECT_FALSE(store::check_schema(url_, fewer));
}

TEST_F(MigrateTest, leaves_nothing_of_a_migration_that_fails) {
    migrations_.push_back({static_cast<int>(migrations_.size()) + 1, "9999_broken.sql", "CREATE TABLE puente.half (); SELECT 1 / 0;"});
    const Result<int> done = store::migrate(url_, migrations_, {});
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().detail().find("9999_broken.sql"), std::string::npos);
    EXPECT_EQ(cluster_.sql(database_, "SELECT to_regclass('puente.half') IS NULL"), "t");
    EXPECT_EQ(cluster_.sql(database_, "SELECT count(*) FROM puente.migration"), std::to_string(migrations_.size() - 1));
}

TEST_F(MigrateTest, two_runners_at_once_do_it_once) {
    Result<int> first = 0;
    Result<int> second = 0;
    std::thread one{[&] { first = store::migrate(url_, migrations_, {}); }};
    std::thread two{[&] { second = store::migrate(url_, migrations_, {}); }};
    one.join();
    two.join();
    ASSERT_TRUE(first) << first.error().detail();
    ASSERT_TRUE(second) << second.error().detail();
    EXPECT_EQ(*first + *second, static_cast<int>(migrations_.size()));
}

TEST_F(MigrateTest, moves_the_holders_of_a_filled_database_to_where_their_agency_alone_reads_them) {
    const auto moving = std::find_if(migrations_.begin(), migrations_.end(),
                                     [](const store::Migration& each) { return each.name.find("leg_holder") != std::string::npos; });
    ASSERT_NE(moving, migrations_.end());
    ASSERT_TRUE(store::migrate(url_, {migrations_.begin(), moving}, {}));
    ASSERT_EQ(
        cluster_.sql(
            database_,
            "BEGIN; WITH filed AS (INSERT INTO puente.manifest (manifest_id, company, carrier_key, trip_number, document_id, direction, mode, "
            "us_port, "
            "mx_office, estimated_arrival, received_at, changed_at, status) SELECT gen_random_uuid(), 'c', 'ABCD', g::text, 'd', 'northbound', "
            "'road', '2304', "
            "'240', now(), now(), now(), 'UNDER_REVIEW' FROM generate_series(1, 3) AS g RETURNING manifest_id) INSERT INTO puente.inspection "
            "(inspection_id, "
            "manifest_id, us_port, mx_office, perishable, essential, estimated_arrival, opened_at, is_open) SELECT gen_random_uuid(), manifest_id, "
            "'2304', "
            "'240', false, '{}', now(), now(), true FROM filed; INSERT INTO puente.inspection_leg (inspection_id, manifest_id, agency, state, kind, "
            "fence, "
            "holder, lease_until) SELECT inspection_id, manifest_id, agency, 'PENDING', 'REVIEW', 4, 'of ' || agency, now() + interval '1 hour' FROM "
            "puente.inspection, (VALUES ('CBP'), ('SAT')) AS v (agency); UPDATE puente.inspection_leg SET holder = NULL, lease_until = NULL WHERE "
            "(inspection_id, agency) = (SELECT inspection_id, 'SAT' FROM puente.inspection LIMIT 1); COMMIT"),
        "");
    const Result<int> moved = store::migrate(url_, migrations_, {});
    ASSERT_TRUE(moved) << moved.error().detail();
    const std::string all = "SELECT agency, fence, holder, count(*) FROM puente.leg_holder GROUP BY 1, 2, 3 ORDER BY 1";
    EXPECT_EQ(cluster_.sql(database_, all), "CBP|4|of CBP|3\nSAT|4|of SAT|2");
    EXPECT_EQ(cluster_.sql(database_, "SET ROLE puente_sat; " + all, "puente_app"), "SAT|4|of SAT|2");
    EXPECT_EQ(cluster_.sql(database_, all, "puente_owner"), "") << "bound again";
    EXPECT_EQ(
        cluster_.sql(database_,
                     "SELECT count(*) FROM pg_class WHERE relnamespace = 'puente'::regnamespace AND relname IN ('inspection_leg', 'leg_holder') AND "
                     "relforcerowsecurity"),
        "2");
    EXPECT_EQ(cluster_.sql(database_, "SELECT count(*) FROM puente.inspection_leg WHERE lease_until IS NOT NULL"), "5");
}

TEST_F(MigrateTest, reports_a_database_that_is_not_there) {
    EXPECT_FALSE(store::migrate("host=/nowhere dbname=x", migrations_, {}));
    EXPECT_FALSE(store::check_schema("host=/nowhere dbname=x", migrations_));
}

TEST(ReadMigrations, wants_a_numbered_sequence) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("puente-migrations-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto write = [&](const char* name) { std::ofstream{folder / name} << "SELECT 1;"; };
    EXPECT_FALSE(store::read_migrations(folder.string())) << "none";
    write("0001_one.sql");
    write("README.md");
    EXPECT_TRUE(store::read_migrations(folder.string()));
    write("0003_three.sql");
    EXPECT_FALSE(store::read_migrations(folder.string())) << "0002 is missing";
    write("0002_two.sql");
    EXPECT_EQ(store::read_migrations(folder.string())->size(), 3u);
    write("0002_too.sql");
    EXPECT_FALSE(store::read_migrations(folder.string())) << "twice the same number";
    std::filesystem::remove(folder / "0002_too.sql");
    write("four.sql");
    EXPECT_FALSE(store::read_migrations(folder.string())) << "no number";
    std::filesystem::remove_all(folder);
    EXPECT_FALSE(store::read_migrations(folder.string())) << "no folder";
}

}  // namespace

}  // namespace puente::test
