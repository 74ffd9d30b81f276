// Decimal texts as whole numbers, sums, days: the functions of the rules that are no identifiers.
import { objectType } from "@bufbuild/cel";
import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { isRealDay } from "./identifiers.mjs";

const most = 2n ** 63n - 1n;

/** A decimal text in whole 10^-places units; -1 when it is none, has more places or does not fit 63 bits. */
export function scaled(text, places) {
  const parts = /^(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
  const fraction = parts?.[2] ?? "";
  if (parts === null || fraction.length > places) return -1n;
  const value = BigInt(parts[1] + fraction.padEnd(places, "0"));
  return value > most ? -1n : value;
}

export function sum(list) {
  let total = 0n;
  for (const item of list) {
    if (typeof item !== "bigint") throw new Error("sum() adds whole numbers");
    total += item;
    if (total > most || total < -most - 1n) throw new Error("integer overflow");
  }
  return total;
}

export function distinct(list) {
  const seen = new Set();
  for (const item of list) {
    if (typeof item === "object") throw new Error("distinct() is for plain values here");
    seen.add(item);
  }
  return seen.size === list.size;
}

/** Midnight UTC of a YYYY-MM-DD text. */
export function day(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || !isRealDay(...parts)) throw new Error("day() needs a YYYY-MM-DD text");
  return create(TimestampSchema, { seconds: BigInt(new Date(`${text}T00:00:00Z`).getTime() / 1000) });
}

export const timestamp = objectType(TimestampSchema);
