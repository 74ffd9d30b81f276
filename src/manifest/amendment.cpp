#include "puente/manifest/amendment.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "manifest/timestamp.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest {

namespace {

using google::protobuf::util::MessageDifferencer;

bool same_cargo(const v1::Manifest& before, const v1::Manifest& now) {
    return std::equal(before.shipments().begin(), before.shipments().end(), now.shipments().begin(), now.shipments().end(),
                      [](const v1::Shipment& left, const v1::Shipment& right) { return MessageDifferencer::Equals(left, right); });
}

}  // namespace

Difference difference(const Manifest& before, const Manifest& now) {
    MessageDifferencer whole;
    whole.IgnoreField(v1::Manifest::descriptor()->FindFieldByNumber(v1::Manifest::kDocumentIdFieldNumber));
    return {!whole.Compare(before.message(), now.message()), !same_cargo(before.message(), now.message())};
}

void add_amendment(const std::vector<Use>& uses, const Accepted& accepted, v1::Facts& facts) {
    v1::Amendment& told = *facts.mutable_amendment();
    write_timestamp(accepted.at, *told.mutable_accepted_at());
    told.set_cargo_changed(!accepted.same_cargo);
    for (const Use& was : accepted.uses) {
        if (was.kind->name != "seal") continue;
        const bool stays = std::any_of(uses.begin(), uses.end(), [&](const Use& is) { return is.key == was.key && is.detail == was.detail; });
        if (!stays) told.add_seals_gone(was.value);
    }
}

}  // namespace puente::manifest
