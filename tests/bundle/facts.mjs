// The facts of a manifest, worked out from the bundle's own description of them: a sender needs them before the gateway has seen anything.
import { scaled } from "./measures.mjs";

const sortedOnce = (texts) => [...new Set(texts.filter((text) => text))].sort();
const repeated = (texts) => sortedOnce(texts.filter((text, i) => texts.indexOf(text) !== i));
const total = (numbers) => numbers.filter((number) => number >= 0n).reduce((sum, number) => sum + number, 0n);

/**
 * In the JSON form of puente.v1.Facts. `lists` are the bundle's, `received` is the moment of sending. Earlier uses and what an amendment
 * changes are what only the gateway remembers: a sender knows neither.
 */
export function factsOf(manifest, received, lists, { earlierUses = [], amendment } = {}) {
  const { trip, shipments = [], credentials = [] } = manifest;
  const equipment = trip.equipment ?? [];
  const goods = shipments.flatMap((shipment) => shipment.goods ?? []);
  const arrival = new Date(trip.estimatedArrival);
  const arrivalDay = trip.estimatedArrival.slice(0, 10);
  const inForce = ({ from, until }) => (from === "" || from <= arrivalDay) && (until === "" || arrivalDay <= until);

  const codes = goods.map(({ hs = "" }) => hs).filter((hs) => /^\d{4}/.test(hs));
  const chapters = sortedOnce(codes.map((hs) => hs.slice(0, 2)));
  const headings = sortedOnce(codes.map((hs) => hs.slice(0, 4)));
  const rowsOnBoard = (list) => lists[list].rows.filter((row) => inForce(row) && [...chapters, ...headings].includes(row.code));

  return {
    receivedAt: received,
    arrival: arrival.toISOString(),
    leadMinutes: String(Math.floor((arrival - new Date(received)) / 60_000)),
    arrivalDay,
    empty: shipments.length === 0,
    loadedEquipment: equipment.some(({ loadStatus }) => loadStatus === "loaded"),
    shipmentCount: String(shipments.length),
    goodsCount: String(goods.length),
    grossGrams: String(total(shipments.map(({ grossMassKg = "" }) => scaled(grossMassKg, 3)))),
    packages: String(total(shipments.map(({ packages }) => BigInt(packages?.count ?? 0)))),
    chapters,
    headings,
    hazmat: goods.some(({ dangerous }) => dangerous !== undefined),
    hazardClasses: sortedOnce(goods.map(({ dangerous }) => dangerous?.class)),
    essential: sortedOnce(rowsOnBoard("essentialGoods").map((row) => row.class)),
    perishable: rowsOnBoard("perishables").length > 0,
    food: rowsOnBoard("foodHeadings").length > 0,
    inBond: shipments.some(({ us }) => us?.inBond !== undefined || ["inBond", "qpInBond"].includes(us?.release)),
    fast: trip.crossing.lane === "fast",
    origins: sortedOnce(goods.map(({ origin }) => origin)),
    repeatedControlNumbers: repeated(shipments.map(({ controlNumber }) => controlNumber)),
    repeatedSeals: repeated(equipment.flatMap(({ seals = [] }) => sortedOnce(seals.map(({ number }) => number)))),
    repeatedEquipmentIds: repeated(equipment.map(({ equipmentId }) => equipmentId)),
    equipmentIds: sortedOnce(equipment.map(({ equipmentId }) => equipmentId)),
    programs: sortedOnce([...credentials, ...shipments.flatMap((shipment) => shipment.credentials ?? [])].map(({ program }) => program)),
    usdCents: String(total(goods.filter(({ value }) => value?.currency === "USD").map(({ value }) => scaled(value.amount, 2)))),
    earlierUses,
    ...(amendment && { amendment }),
  };
}
