#include "store/desk.hpp"

#include <array>
#include <chrono>

namespace puente::test {

namespace {

Uuid numbered_uuid(int number, std::uint8_t kind) {
    std::array<std::uint8_t, 10> random{};
    random[0] = kind;
    for (std::size_t i = 0; i < 4; ++i) random[9 - i] = static_cast<std::uint8_t>(static_cast<unsigned>(number) >> (8 * i));
    return Uuid::version7(Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}} + std::chrono::milliseconds{number}, random);
}

}  // namespace

store::Filing cleared_filing(int number) {
    const std::string text = std::to_string(number);
    store::Filing filing;
    filing.client_id = "client-1";
    filing.idempotency_key = "key-0000000000000" + text;
    filing.fingerprint = std::string(31, 'f') + static_cast<char>(number);
    filing.answer_body = "{\"answer\":" + text + "}";
    filing.answer_headers = "Location: /v1/manifests/" + text + "\n";
    filing.manifest_id = numbered_uuid(number, 1);
    filing.company = "company-1";
    filing.carrier_key = "ABCD";
    filing.trip_number = "TRIP" + text;
    filing.document_id = "document-" + text;
    filing.direction = "northbound";
    filing.mode = "TRUCK";
    filing.us_port = "2304";
    filing.mx_office = "240";
    filing.received_at = Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}} + std::chrono::microseconds{std::int64_t{number} * 1000 + 7};
    filing.estimated_arrival = filing.received_at + std::chrono::hours{2};
    filing.status = "CLEARED";
    filing.document = std::string{"{\"document\": \"\0\xff "} + std::string(1, '\0') + text + "\"}";
    filing.media_type = "application/json";
    filing.sha256 = std::string(32, static_cast<char>(number));
    filing.rule_sets = R"({"cbp":"2026.1"})";
    filing.draw_day = "2026-03-02";
    return filing;
}

store::Filing selected_filing(int number) {
    using identifiers::Agency;
    store::Filing filing = cleared_filing(number);
    filing.status = "INSPECTION_REQUIRED";
    filing.findings = {
        {"SHARED", "SHARED-1", "advise",  "/trip", "x", "look",          "mire", "somewhere", false},
        {"CBP",    "CBP-1",    "inspect", "/trip", "",  "secret of CBP", "",     "",          true },
        {"SAT",    "SAT-1",    "inspect", "/trip", "",  "secret of SAT", "",     "",          true },
    };
    store::InspectionRow inspection;
    inspection.inspection_id = numbered_uuid(number, 2);
    inspection.essential = {"agribusiness", "medical"};
    inspection.legs = {
        {Agency::cbp, inspection::LegState::pending, inspection::LegKind::inspect},
        {Agency::sat, inspection::LegState::pending, inspection::LegKind::review }
    };
    inspection.factors = {
        {Agency::cbp, "draw",       "0.01 < 0.02", 0 },
        {Agency::sat, "risk:value", "weight 25",   25}
    };
    filing.inspection = inspection;
    return filing;
}

Desk::Desk() {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
}

Desk::~Desk() {
    if (writer_) writer_->stop();
    if (pool_) pool_->stop();
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    writer_.reset();
    pool_.reset();
    cluster_.drop_database(database_);
}

store::DatabaseSettings Desk::settings() const {
    store::DatabaseSettings settings;
    settings.url = cluster_.url(database_);
    return settings;
}

store::FilingWriter& Desk::writer() {
    if (!writer_) writer_ = std::make_unique<store::FilingWriter>(settings(), metrics_);
    return *writer_;
}

store::Pool& Desk::pool() {
    if (!pool_) pool_ = std::make_unique<store::Pool>(settings(), metrics_);
    return *pool_;
}

std::future<store::FilingOutcome> Desk::begin_filing(const store::Filing& filing) {
    auto waiting = writer().file(std::make_shared<const store::Filing>(filing));
    return boost::asio::co_spawn(io_, std::move(waiting), boost::asio::use_future);
}

std::vector<store::FilingOutcome> Desk::file_together(const std::vector<store::Filing>& filings) {
    std::vector<std::future<store::FilingOutcome>> waiting;
    for (const store::Filing& filing : filings) waiting.push_back(begin_filing(filing));
    std::vector<store::FilingOutcome> outcomes;
    for (auto& each : waiting) outcomes.push_back(each.get());
    return outcomes;
}

store::As Desk::officer(const std::string& agency) {
    return {store::As::Kind::officer, "", "", agency};
}

store::As Desk::broker(const std::string& company) {
    return {store::As::Kind::party, company, "", ""};
}

store::As Desk::carrier(const std::string& scac) {
    return {store::As::Kind::party, "", scac, ""};
}

bool soon(const std::function<bool()>& is_so, std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
        if (is_so()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return is_so();
}

}  // namespace puente::test
