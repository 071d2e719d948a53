import type { z } from "zod";
import { didYouMean } from "../lib/did-you-mean.ts";
import { COMPANY_KEYS, companySchema } from "../model/company.ts";
import { checkCompany } from "../model/company-checks.ts";
import { kinds } from "../model/entities/kinds.ts";
import type { DocumentPath, Problem } from "../model/problem.ts";
import { problemsOf, valueAt } from "./sentence.ts";

type Issue = z.core.$ZodIssue;
type Group = Record<string, unknown>;

/** Shapes that come to light only when others are mended are looked for so often. */
const MOST_ROUNDS = 4;

/** A step that can stand anywhere and needs nothing, in the place of one that cannot be read. */
const ANY_STEP = { type: "callerName", mode: "prepend", text: "x" } as const;

/** What the rest is read with where the company's own settings cannot be. */
const ANY_HOME = { country: "NL", timeZone: "UTC" } as const;

/** Problems that do not depend on where the company is, nor on whom it may call. */
const ANYWHERE: ReadonlySet<string> = new Set([
  "givenTwice",
  "unknownReference",
  "unknownPhone",
  "unknownGroup",
  "unknownWebhook",
  "unknownAudioMessage",
  "unknownPlan",
  "stepNotLast",
  "unreachableStep",
  "outsideWebhook",
  "emptyPlan",
  "badTemplate",
]);

/**
 * What else is wrong with a company document whose shape is not right, so that its writer hears of everything at once: what
 * has the wrong shape is taken out, and what is left is checked. Nothing is said that only comes of the taking out.
 */
export function problemsOfRest(data: unknown, issues: readonly Issue[]): readonly Problem[] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [];
  const rest = new Rest(structuredClone(data) as Group);
  const further: Problem[] = [];
  let open = issues;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    for (const issue of open) rest.takeOut(issue);
    rest.close();
    const parsed = companySchema.safeParse(rest.data);
    if (parsed.success) {
      const found = checkCompany(parsed.data).filter((problem) => rest.isTrue(problem));
      return [...further, ...found.map((problem) => rest.placed(problem))];
    }
    open = parsed.error.issues;
    further.push(...problemsOf(open, rest.data).map((problem) => rest.placed(problem)));
  }
  return further;
}

class Rest {
  readonly data: Group;
  /** By list: where its entries stand in the document. */
  readonly #places = new Map<string, number[]>();
  readonly #doomed = new Map<string, Set<number>>();
  /** How a key stands in the document that was read as another one. */
  readonly #written = new Map<string, string>();
  /** Names, extensions and numbers of what was taken out: others may refer to it. */
  readonly #gone = new Set<string>();
  #isAnywhere = false;
  /** Something was taken out whose name nobody knows. */
  #lacksNames = false;

  constructor(data: Group) {
    this.data = data;
  }

  takeOut(issue: Issue): void {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    const holder = valueAt(this.data, path);
    if (issue.code === "unrecognized_keys" && isGroup(holder)) {
      for (const key of issue.keys) {
        if (path.length === 0) this.#rename(key);
        delete holder[key];
      }
      return;
    }
    const [root, index] = path;
    if (root === undefined) return;
    const list = this.data[root];
    if (Array.isArray(list) && typeof index === "number") this.#takeFromList(String(root), list, path);
    else this.#takeWhole(String(root));
  }

  /** Entries go once all issues have been looked at, so that places hold that long. */
  close(): void {
    for (const [root, doomed] of this.#doomed) {
      const list = this.data[root];
      if (!Array.isArray(list)) continue;
      const places = this.#places.get(root) ?? list.map((_, at) => at);
      this.#places.set(
        root,
        places.filter((_, at) => !doomed.has(at)),
      );
      this.data[root] = list.filter((_, at) => !doomed.has(at));
    }
    this.#doomed.clear();
  }

  /** Not only because something was taken out. */
  isTrue({ path, code }: Problem): boolean {
    if (this.#isAnywhere && !ANYWHERE.has(code)) return false;
    if (this.#lacksNames && code.startsWith("unknown")) return false;
    const value = valueAt(this.data, path);
    return typeof value !== "string" || !this.#gone.has(value);
  }

  /** With its place in the document as it was written. */
  placed(problem: Problem): Problem {
    const [root, ...below] = problem.path;
    if (root === undefined) return problem;
    const [index] = below;
    const at = typeof index === "number" ? this.#places.get(String(root))?.[index] : undefined;
    if (at !== undefined) below[0] = at;
    return { ...problem, path: [this.#written.get(String(root)) ?? root, ...below] };
  }

  /** A list with a slip in its key is that list. */
  #rename(key: string): void {
    const meant = didYouMean(key, COMPANY_KEYS);
    if (meant === undefined || meant in this.data) return;
    this.data[meant] = this.data[key];
    this.#written.set(meant, key);
  }

  #takeFromList(root: string, list: readonly unknown[], path: DocumentPath): void {
    const index = Number(path[1]);
    if (root === "plans" && this.#replaceStep(path)) return;
    const entry = list[index];
    const keyField = kinds.find(({ place }) => place.type === "list" && place.key === root)?.keyField;
    const key = isGroup(entry) && keyField !== undefined ? entry[keyField] : undefined;
    if (typeof key === "string" || typeof key === "number") this.#gone.add(String(key));
    else this.#lacksNames = true;
    const doomed = this.#doomed.get(root) ?? new Set();
    this.#doomed.set(root, doomed.add(index));
  }

  /** The innermost step that the issue is about. */
  #replaceStep(path: DocumentPath): boolean {
    const at = path.findLastIndex((part, place) => typeof part === "number" && place >= 3);
    if (at < 0) return false;
    const steps = valueAt(this.data, path.slice(0, at));
    if (!Array.isArray(steps)) return false;
    steps[Number(path[at])] = ANY_STEP;
    return true;
  }

  #takeWhole(root: string): void {
    if (root === "version") this.data["version"] = 1;
    else if (root === "home") this.data["home"] = ANY_HOME;
    else delete this.data[root];
    this.#lacksNames ||= kinds.some(({ place }) => place.type === "list" && place.key === root);
    // Without these nobody knows what a number is, or which may be called.
    if (root === "home" || root === "security" || root === "outbound") this.#isAnywhere = true;
  }
}

function isGroup(value: unknown): value is Group {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
