import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { formatProblem } from "../../../src/company/file.ts";
import { problemsOf } from "../../../src/company/sentence.ts";
import { readYaml } from "../../../src/company/yaml-text.ts";
import { formatPath, type LocatedProblem, type Problem } from "../../../src/model/problem.ts";
import { type ScenarioDescription, scenarioSchema } from "./description.ts";
import { readTrace, type Trace, writeTrace } from "./trace.ts";

const root = path.resolve(import.meta.dirname, "..");

/** What the companies of all scenarios have in common. */
const COMMON = parse(readFileSync(path.join(root, "company.yaml"), "utf8")) as Document;

/** A scenario in its folder: `company.yaml`, `scenario.yaml`, `expected.yaml`. */
export interface ScenarioFolder {
  /** `nominal/answered`. */
  readonly name: string;
  readonly title: string;
  readonly description: ScenarioDescription;
  /** The whole company, and the scenario, with the addresses that they have where they are played. */
  at(place: (address: string) => string): {
    readonly company: string;
    readonly scenario: ScenarioDescription;
  };
  /** Undefined: it was never played. */
  readonly expected: Trace | undefined;
  expect(trace: Trace): void;
}

/** Every scenario that is data. Throws with all problems, each with its place. */
export function scenarioFolders(): readonly ScenarioFolder[] {
  return globSync("{nominal,off-nominal}/*/scenario.yaml", { cwd: root }).toSorted().map(readFolder);
}

function readFolder(file: string): ScenarioFolder {
  const name = path.dirname(file);
  const folder = path.join(root, name);
  const text = readFileSync(path.join(root, file), "utf8");
  const company = wholeCompany(path.join(folder, "company.yaml"));
  const expectedFile = path.join(folder, "expected.yaml");
  const description = readScenario(text, file, JSON.parse(company) as Named);
  return {
    name,
    title: description.title,
    description,
    at(place) {
      const placed = (one: string): string => one.replace(ADDRESS, place);
      return { company: placed(company), scenario: readScenario(placed(text), file) };
    },
    get expected() {
      return existsSync(expectedFile) ? readTrace(readFileSync(expectedFile, "utf8")) : undefined;
    },
    expect: (trace) => writeFileSync(expectedFile, writeTrace(trace)),
  };
}

/** Addresses of the scenarios' world, without lengths of prefixes but /32. */
const ADDRESS = /\b(?:10|203)(?:\.\d{1,3}){3}\b/g;

/** What a scenario may name of its company. */
interface Named {
  readonly phones: readonly { readonly extension: string }[];
  readonly webhooks: readonly { readonly name: string }[];
}

/**
 * Reads a scenario, and checks what it names where its company is given. Throws with all problems, each with its place:
 * `nominal/x/scenario.yaml:4:9: parties.215[0].when: …`.
 */
export function readScenario(text: string, file: string, company?: Named): ScenarioDescription {
  const yaml = readYaml(text);
  if (!yaml.ok)
    throw refusal(yaml.error.map((one) => ({ file, path: "", severity: "error", code: "badYaml", ...one })));
  const read = scenarioSchema.safeParse(yaml.value.data);
  const problems = read.success
    ? problemsOfNames(read.data, company)
    : problemsOf(read.error.issues, yaml.value.data);
  if (read.success && problems.length === 0) return read.data;
  throw refusal(
    problems.map((problem) => ({
      file,
      ...yaml.value.locate(problem.path, problem.atKey),
      path: formatPath(problem.path),
      severity: problem.severity,
      code: problem.code,
      message: problem.message,
    })),
  );
}

function refusal(problems: readonly LocatedProblem[]): Error {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return new Error(sorted.map(formatProblem).join("\n"));
}

/** Phones, webhooks and parties that are not there: such a scenario would wait in vain. */
function problemsOfNames(scenario: ScenarioDescription, company: Named | undefined): readonly Problem[] {
  if (company === undefined) return [];
  const problems: Problem[] = [];
  const tell = (path: Problem["path"], message: string): void =>
    void problems.push({ path, severity: "error", code: "unknownReference", message });
  const isPhone = (name: string): boolean =>
    company.phones.some(({ extension }) => extension === name.split("/")[0]);
  const isWebhook = (name: string): boolean => company.webhooks.some((webhook) => webhook.name === name);
  for (const [at, name] of scenario.phones.entries())
    if (!isPhone(name)) tell(["phones", at], `The company has no phone "${name}".`);
  for (const name of Object.keys(scenario.receivers))
    if (!isWebhook(name)) tell(["receivers", name], `The company has no webhook "${name}".`);
  for (const [name, acts] of Object.entries(scenario.parties)) {
    if (!isPhone(name) && name !== "carrier" && name !== "stranger")
      tell(["parties", name], `Nobody is called "${name}": parties are phones, carrier and stranger.`);
    for (const [at, { when }] of acts.entries()) {
      const webhook = /^(?:asked|replied) (.*)/.exec(when)?.[1];
      if (webhook !== undefined && !isWebhook(webhook))
        tell(["parties", name, at, "when"], `The company has no webhook "${webhook}".`);
    }
  }
  return problems;
}

type Document = Readonly<Record<string, unknown>>;

/** The scenario's own part of the company laid over what all have in common. */
function wholeCompany(file: string): string {
  const own = existsSync(file) ? (parse(readFileSync(file, "utf8")) as Document) : {};
  return JSON.stringify(overlaid(COMMON, own), null, 1);
}

/** Lists of things with a name get those of the other, which replace those of the same name; all else is replaced. */
function overlaid(below: Document, above: Document): Document {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = below[key];
    if (isList(value) && isList(before)) {
      const named = new Map([...before, ...value].map((one) => [nameOf(one), one]));
      merged[key] = [...named.values()];
    } else if (isGroup(value) && isGroup(before)) merged[key] = overlaid(before, value);
    else merged[key] = value;
  }
  return merged;
}

function nameOf(thing: Document): unknown {
  return thing["extension"] ?? thing["number"] ?? thing["name"];
}

function isList(value: unknown): value is readonly Document[] {
  return Array.isArray(value);
}

function isGroup(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
