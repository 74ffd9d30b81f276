// Evaluates a bundle of rules in @bufbuild/cel. What a broker's own program would have, plus the counting of evaluation errors.
import { celEnv, celFunc, CelScalar, isCelError, isCelList, isCelMap, listType, parse, plan } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { createFileRegistry, fromBinary, fromJson } from "@bufbuild/protobuf";
import { isReflectMessage } from "@bufbuild/protobuf/reflect";
import { FileDescriptorSetSchema, TimestampSchema, timestampDate } from "@bufbuild/protobuf/wkt";
import { identifiers } from "./identifiers.mjs";
import { day, distinct, scaled, sum, timestamp } from "./measures.mjs";

const { BOOL, DYN, INT, STRING } = CelScalar;
const types = { bool: BOOL, int: INT, string: STRING, timestamp, list: listType(DYN), "list(int)": listType(DYN) };

const measures = { cents: (text) => scaled(text, 2), grams: (text) => scaled(text, 3), micros: (text) => scaled(text, 6), day, distinct, sum };

const implementation = (name) => {
  const [family, question] = name.split(".");
  return question === undefined ? measures[name] : identifiers[family]?.[question];
};

/** The functions that a bundle lists, for the CEL environment. Fails when one of them is not implemented here. */
function functionsOf(bundle) {
  return bundle.functions.map(({ name, arguments: given, result }) => {
    const body = implementation(name);
    if (body === undefined) throw new Error(`function ${name} of the bundle is not implemented`);
    return celFunc(name, given.map((each) => types[each]), types[result], (...values) => body(...values));
  });
}

/** A rule set that judges manifests. */
export class RuleSet {
  constructor(bundle) {
    this.name = bundle.set;
    this.lists = bundle.lists;
    const files = fromBinary(FileDescriptorSetSchema, Buffer.from(bundle.descriptors, "base64url"));
    this.registry = createFileRegistry(files);
    this.environment = celEnv({ registry: this.registry, funcs: [...strings, ...functionsOf(bundle)] });
    this.rules = bundle.rules.map((rule) => this.#compiled(rule));
    this.errors = [];
    this.listsByDay = new Map();
  }

  /** What expressions may name, for one manifest: both arguments are plain JSON. */
  bindings(manifest, facts) {
    return {
      manifest: fromJson(this.registry.getMessage("puente.v1.Manifest"), manifest),
      facts: fromJson(this.registry.getMessage("puente.v1.Facts"), facts),
      ...this.#listsOn(facts.arrivalDay),
    };
  }

  /** Every place where the rule does not hold. */
  judge(rule, bindings) {
    const findings = [];
    this.#walk(rule, 0, bindings, [], findings);
    return findings;
  }

  #compiled(rule) {
    const program = (text) => plan(this.environment, parse(text));
    return {
      id: rule.id,
      effective: rule.effective,
      pointer: rule.pointer,
      loops: rule.each.map(({ variable, list }) => ({ variable, list: program(list) })),
      when: rule.when === undefined ? undefined : program(rule.when),
      assert: program(rule.assert),
      value: rule.value === undefined ? undefined : program(rule.value),
      placeholders: new Map(rule.placeholders.map((text) => [text, program(text)])),
      texts: { en: [rule.message.en, rule.fix.en].join(" | "), es: [rule.message.es, rule.fix.es].join(" | ") },
    };
  }

  #listsOn(arrivalDay) {
    if (!this.listsByDay.has(arrivalDay)) {
      const inForce = ({ from, until }) => (from === "" || from <= arrivalDay) && (until === "" || arrivalDay <= until);
      const lists = {};
      for (const [name, { rows }] of Object.entries(this.lists)) {
        lists[`list.${name}`] = new Map(rows.filter(inForce).map((row) => [row.code, new Map(Object.entries(row))]));
      }
      this.listsByDay.set(arrivalDay, lists);
    }
    return this.listsByDay.get(arrivalDay);
  }

  #walk(rule, depth, bindings, positions, findings) {
    if (depth === rule.loops.length) {
      if (this.#fails(rule, bindings)) findings.push(this.#finding(rule, bindings, positions));
      return;
    }
    const { variable, list } = rule.loops[depth];
    const items = list(bindings);
    if (!isCelList(items)) return this.#note(rule, items);
    let position = 0;
    for (const item of items) this.#walk(rule, depth + 1, { ...bindings, [variable]: item }, [...positions, position++], findings);
  }

  /** An error in `when` does not excuse the manifest, and an error in `assert` is no proof. */
  #fails(rule, bindings) {
    const applies = rule.when === undefined ? true : rule.when(bindings);
    this.#note(rule, applies);
    if (applies !== true && !isCelError(applies)) return false;
    const holds = rule.assert(bindings);
    this.#note(rule, holds);
    return holds !== true;
  }

  #note(rule, value) {
    if (isCelError(value)) this.errors.push({ rule: rule.id, text: value.message });
  }

  #finding(rule, bindings, positions) {
    const positionOf = (name) => positions[rule.loops.findIndex(({ variable }) => variable === name)];
    const value = rule.value === undefined ? "" : shown(rule.value(bindings));
    const filled = (text) => text.replace(/\{([^}]*)\}/g, (_, hole) => (hole === "value" ? value : shown(rule.placeholders.get(hole)(bindings))));
    const pointer = rule.pointer.replace(/\{([^}]*)\}/g, (_, name) => positionOf(name));
    return { pointer, value, en: filled(rule.texts.en), es: filled(rule.texts.es) };
  }
}

export const isInForce = ({ from, until }, arrivalDay) => (from === undefined || from <= arrivalDay) && (until === undefined || arrivalDay <= until);

const charactersMax = 80;

const isBlock = (value) => isReflectMessage(value) && !isReflectMessage(value, TimestampSchema);

/** A value inside a message: at most 80 octets of text, or 80 characters of anything else as CEL writes it; nothing for blocks, null and errors. */
function shown(value) {
  if (typeof value === "string") return shortened(value);
  if (value === null || isCelError(value) || isBlock(value) || (isCelList(value) && isBlock([...value][0]))) return "";
  const characters = [...written(value)];
  return characters.length <= charactersMax ? characters.join("") : `${characters.slice(0, charactersMax - 3).join("")}...`;
}

function shortened(text) {
  if (Buffer.byteLength(text) <= charactersMax) return text;
  let kept = "";
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > charactersMax) break;
    kept += character;
  }
  return `${kept}…`;
}

function written(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (isCelList(value)) return `[${[...value].map(written).join(", ")}]`;
  if (isCelMap(value)) return `{${[...value].map(([key, item]) => `${written(key)}: ${written(item)}`).join(", ")}}`;
  if (isReflectMessage(value, TimestampSchema)) return `timestamp("${timestampDate(value.message).toISOString().replace(".000Z", "Z")}")`;
  if (isReflectMessage(value)) return `${value.desc.typeName}{...}`;
  return String(value);
}
