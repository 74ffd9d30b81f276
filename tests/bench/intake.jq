# The reference manifest with words in place of the identifiers that no two manifests share; tests/bench/intake.lua fills them in.
.trip.tripNumber as $old | walk(if . == $old then "TRIPTRIPTRIPTRIP" else . end)
| .trip.conveyance.vin = "VINVINVINVINVINVI" | .trip.conveyance.plates[0].number = "PLATEP" | .trip.crew[0].fastId = "FASTFASTFASTFA"
| .trip.equipment[0].seals[0].number = "SEALSEALS" | .shipments[0].controlNumber = "CTRLCTRLCTRL" | .shipments[0].us.entryNumber = "ENTRYENTRYENT"
| .shipments[0].mx.customsDocuments[0].pedimento = "PEDIMENTOPEDIME"
