// Judges every sample and every vector with the bundles in @bufbuild/cel and compares each verdict with the gateway's.
// Arguments: the puente program, the folder of the repository, perhaps a file of vectors.
import { equals, fromJson } from "@bufbuild/protobuf";
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { factsOf } from "./facts.mjs";
import { identifiers } from "./identifiers.mjs";
import { isInForce, RuleSet } from "./rulebook.mjs";

const [program, root, vectors] = process.argv.slice(2);
const shownDifferences = 50;
const counts = { documents: 0, notTheFormat: 0, verdicts: 0, failing: 0, differ: 0, facts: 0, identifiers: 0, faults: 0 };

/** The lines that a call of `puente rules-bundle` prints. */
async function* linesOf(...options) {
  const child = spawn(program, ["rules-bundle", ...options], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) yield JSON.parse(line);
  const code = await ended;
  if (code !== 0) complain(`puente rules-bundle ${options[0]}`, `exit code ${code}`);
}

/** Anything but a differing verdict. */
function complain(where, text) {
  if (++counts.faults <= shownDifferences) console.error(`${where}: ${text}`);
}

/** The text of a bundle. */
const bundleText = (...options) => execFileSync(program, ["rules-bundle", ...options], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 30 });

/** Same bytes again; a sender's bundle keeps targeting to itself; a day's bundle holds what is in force on that day. */
function checkBundle(text, bundle) {
  const day = "2027-02-11";
  const inForce = ({ from, until }) => isInForce({ from: from || undefined, until: until || undefined }, day);
  const expected = {
    [`${bundle.set} --targeting`]: [text, bundleText(bundle.set, "--targeting")],
    [bundle.set]: [ids(bundle.rules.filter(({ agencyOnly }) => !agencyOnly)), ids(JSON.parse(bundleText(bundle.set)).rules)],
  };
  const ofDay = JSON.parse(bundleText(bundle.set, "--targeting", "--day", day));
  expected[`${bundle.set} --day ${day}`] = [ids(bundle.rules.filter(({ effective }) => inForce(effective))), ids(ofDay.rules)];
  for (const [name, { rows }] of Object.entries(ofDay.lists)) {
    expected[`list ${name} on ${day}`] = [bundle.lists[name].rows.filter(inForce).length, rows.length];
  }
  for (const [what, [wanted, found]] of Object.entries(expected)) if (wanted !== found) complain(what, "is not what it should be");
}

const ids = (rules) => rules.map(({ id }) => id).join(" ");

/** The functions registered with the gateway are those that the bundle tells of. */
function checkFunctions(bundle) {
  const source = readFileSync(join(root, "src/rules/domain_functions.cpp"), "utf8");
  const registered = [...source.matchAll(/(?:TextFunction\{|add_function\()"([^"]+)"/g)].map(([, name]) => name);
  const told = new Set(bundle.functions.map(({ name }) => name));
  for (const name of registered) if (!told.has(name)) complain(name, "registered with the gateway, but not in the bundle");
  for (const { field, meaning } of bundle.facts) if (meaning === "") complain(`facts.${field}`, "without a meaning");
}

/** The check digits written here agree with published identifiers (tests/vectors/identifiers/SOURCES.md). */
function checkIdentifiers() {
  const published = { vin: ["check_digit", "match"], rfc: ["check_digit", "match"], curp: ["expected", "valid"], iso6346: ["expected", "valid"] };
  for (const [family, [column, good]] of Object.entries(published)) {
    const file = join(root, `tests/vectors/identifiers/${family}.csv`);
    const [head, ...lines] = readFileSync(file, "utf8").trim().split("\n").map((line) => line.split(","));
    for (const cells of lines) {
      ++counts.identifiers;
      if (identifiers[family].isValid(cells[0]) !== (cells[head.indexOf(column)] === good)) complain(file, cells[0]);
    }
  }
}

/** Both engines work from the same facts, and a sender can work them out. */
function checkFacts(where, line, manifest, bundle, set) {
  const own = fromJson(set.registry.getMessage("puente.v1.Facts"), factsOf(manifest, line.facts.receivedAt, bundle.lists, line.facts));
  const given = fromJson(set.registry.getMessage("puente.v1.Facts"), line.facts);
  ++counts.facts;
  if (!equals(set.registry.getMessage("puente.v1.Facts"), own, given)) {
    complain(where, `facts: gateway ${JSON.stringify(line.facts)}, here ${JSON.stringify(factsOf(manifest, line.facts.receivedAt, bundle.lists, line.facts))}`);
  }
}

function compareRule(where, set, rule, bindings, line) {
  const ours = set.judge(rule, bindings);
  const theirs = line.verdicts[rule.id];
  ++counts.verdicts;
  if (ours.length > 0) ++counts.failing;
  if (JSON.stringify(ours) !== JSON.stringify(theirs) && ++counts.differ <= shownDifferences) {
    console.error(`${where}: ${rule.id}: gateway ${JSON.stringify(theirs)}, @bufbuild/cel ${JSON.stringify(ours)} ${lastError(set, rule)}`);
  }
  const passes = ours.length === 0 || !isInForce(rule.effective, line.facts.arrivalDay);
  if (line.passes !== undefined && line.passes !== passes) complain(where, `${rule.id}: should ${line.passes ? "pass" : "fail"}`);
}

const lastError = (set, rule) => {
  const error = set.errors.findLast?.((each) => each.rule === rule.id);
  return error === undefined ? "" : `(${error.text})`;
};

/** Every verdict of one line, and that no verdict of the gateway was left out. */
function compare(line, sets, bundles) {
  const where = line.file ?? line.vector;
  if (line.notTheFormat) return void ++counts.notTheFormat;
  ++counts.documents;
  const manifest = line.manifest ?? JSON.parse(readFileSync(join(root, line.file), "utf8"));
  checkFacts(where, line, manifest, bundles[0], sets[0]);
  let judged = 0;
  for (const set of sets) {
    const rules = set.rules.filter(({ id }) => line.verdicts[id] !== undefined);
    if (rules.length === 0) continue;
    const bindings = set.bindings(manifest, line.facts);
    for (const rule of rules) {
      compareRule(where, set, rule, bindings, line);
      const applies = isInForce(rule.effective, line.facts.arrivalDay);
      if (line.outOfForce && line.outOfForce.includes(rule.id) === applies) complain(where, `${rule.id}: in force or not?`);
    }
    judged += rules.length;
  }
  if (judged !== Object.keys(line.verdicts).length) complain(where, `${Object.keys(line.verdicts).length} verdicts of the gateway, ${judged} here`);
}

const texts = ["shared", "cbp", "sat"].map((set) => bundleText(set, "--targeting"));
const bundles = texts.map((text) => JSON.parse(text));
bundles.forEach((bundle, i) => checkBundle(texts[i], bundle));
const sets = bundles.map((bundle) => new RuleSet(bundle));
checkFunctions(bundles[0]);
checkIdentifiers();
const samples = readdirSync(join(root, "tests/samples")).filter((name) => name.endsWith(".json")).sort();
const sources = [["--verdicts", ...samples.map((name) => join("tests/samples", name))], ["--examples"], ...(vectors ? [["--vectors", vectors]] : [])];
for (const source of sources) {
  for await (const line of linesOf(...source)) compare(line, sets, bundles);
}

const errors = sets.flatMap((set) => set.errors);
for (const { rule, text } of errors.filter((error) => /unbound|overload/.test(error.text))) complain(rule, text);
const ruleCount = sets.reduce((sum, set) => sum + set.rules.length, 0);
const { documents, notTheFormat, facts, identifiers: published, verdicts, failing, differ, faults } = counts;
console.log(`${ruleCount} rules, ${documents} documents (${notTheFormat} samples are not in the format), ${facts} times the facts, ${published} published identifiers`);
console.log(`${failing} verdicts say no; ${errors.length} evaluation errors; ${faults} other faults`);
console.log(`${verdicts - differ} verdicts agree, ${differ} differ`);
process.exitCode = differ + faults === 0 && verdicts > 0 ? 0 : 1;
