#pragma once

#include <string>

#include "puente/store/annotations.hpp"
#include "puente/store/attachments.hpp"
#include "puente/store/claims.hpp"
#include "puente/store/legs.hpp"
#include "store/desk.hpp"

namespace puente::test {

/// A desk at which officers work on the legs of selected_filing().
class LegDesk : public Desk {
protected:
    using Claimed = Result<store::Claim>;
    using Moved = Result<store::LegMove>;
    using Tx = store::Transaction;

    static identifiers::AgencyCode code_of(const store::As& who) { return *identifiers::AgencyCode::parse(who.agency); }

    static std::function<Claimed(Tx&)> claiming(const store::As& who, const std::string& name, std::optional<Uuid> id = {},
                                                const std::string& port = "2304") {
        return [=, agency = code_of(who)](Tx& tx) {
            if (id) return store::claim_named_leg(tx, port, agency, name, *id, std::chrono::seconds{60});
            return store::claim_next_leg(tx, store::Counter{port, agency, {}}, name, std::chrono::seconds{60});
        };
    }
    Claimed claim(const store::As& who, const std::string& name, std::optional<Uuid> id = {}, const std::string& port = "2304") {
        return as<store::Claim>(who, claiming(who, name, id, port));
    }
    Moved run(const store::As& who, std::function<Moved(Tx&)> step) { return as<store::LegMove>(who, std::move(step)); }
    Moved start(const store::As& who, const std::string& name, const store::Claim& held) {
        return run(who, [&](Tx& tx) { return store::start_leg(tx, held.inspection_id, code_of(who), name, held.fence); });
    }
    static inspection::Verdict verdict(inspection::Decision decision) {
        inspection::Verdict made;
        made.decision = decision;
        made.note = "seen";
        if (decision == inspection::Decision::hold) {
            made.hold = inspection::Hold{"at the laboratory", "laboratory desk",
                                         std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + std::chrono::hours{4}};
        }
        if (decision == inspection::Decision::refuse)
            made.found.push_back({inspection::found_kind("UNDECLARED_GOODS"), "/shipments/0", "12.5", "behind pallet 4"});
        return made;
    }
    Moved decide(const store::As& who, const std::string& name, const store::Claim& held, const inspection::Verdict& made) {
        return run(who, [&](Tx& tx) { return store::decide_leg(tx, held.inspection_id, code_of(who), name, held.fence, made); });
    }
    Moved decide(const store::As& who, const std::string& name, const store::Claim& held, inspection::Decision decision) {
        return decide(who, name, held, verdict(decision));
    }
    Moved give_back(const store::As& who, const std::string& name, const store::Claim& held) {
        return run(who, [&](Tx& tx) { return store::release_claim(tx, held.inspection_id, code_of(who), name, held.fence); });
    }
    /// Claims, starts and decides a leg.
    Moved through(const store::As& who, const Uuid& inspection_id, inspection::Decision decision) {
        const Claimed held = claim(who, "ann", inspection_id);
        if (!held) return held.error();
        const Moved started = start(who, "ann", *held);
        if (!started) return started;
        return decide(who, "ann", *held, decision);
    }
    Moved join(const store::As& who, const Uuid& id, inspection::LegKind kind = inspection::LegKind::inspect, const std::string& why = "") {
        return run(who, [=](Tx& tx) { return store::join_leg(tx, id, kind, "ann", why); });
    }
    Moved decline(const store::As& who, const Uuid& id, const std::string& reason) {
        return run(who, [=](Tx& tx) { return store::decline_leg(tx, id, reason); });
    }
    Moved rehold(const store::As& who, const Uuid& id, std::int64_t fence, const std::string& reason = "the photo shows another seal") {
        const inspection::Hold hold{reason, "seal desk", verdict(inspection::Decision::hold).hold->due};
        const store::SignedRehold made{hold, fence, hold.due - std::chrono::hours{4}, "the text", "header.." + std::string(86, 'A'), "a key", "ann"};
        return run(who, [=](Tx& tx) { return store::rehold_leg(tx, id, made); });
    }
    Result<store::Annotation> annotate(const store::As& who, const Uuid& id, inspection::Visibility visibility, const std::string& text) {
        const std::function<Result<store::Annotation>(Tx&)> write = [=](Tx& tx) {
            return store::annotate(tx, id, {visibility, text, "ann-of-" + who.agency});
        };
        return as<store::Annotation>(who, write);
    }
    Result<std::vector<store::Annotation>> annotations(const store::As& who, const Uuid& id) {
        const std::function<Result<std::vector<store::Annotation>>(Tx&)> find = [=](Tx& tx) { return store::find_annotations(tx, id); };
        return as<std::vector<store::Annotation>>(who, find);
    }
    /// One that only SAT selected: CBP's leg is NONE.
    store::Filing filed_for_sat(int number) {
        store::Filing filing = selected_filing(number);
        filing.status = "UNDER_REVIEW";
        filing.inspection->legs[0].state = inspection::LegState::none;
        filing.inspection->legs[0].kind = inspection::LegKind::review;
        EXPECT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
        return filing;
    }
    std::string add_agency(const std::string& code) {
        return sql("SELECT puente.add_agency('" + code + "', 'MX', 'Test agency', 'Agencia de prueba')", "puente_owner");
    }

    const store::As cbp_ = officer("CBP");
    const store::As sat_ = officer("SAT");
};

}  // namespace puente::test
