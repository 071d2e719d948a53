import type { z } from "zod";
import { didYouMean, type Suggestion } from "../lib/did-you-mean.ts";
import type { DocumentPath, Problem } from "../model/problem.ts";
import { formatPath } from "../model/problem.ts";
import type { ProblemCode } from "../model/problem-codes.ts";
import { keyMeantIn } from "../model/strict-object.ts";

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
};

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of settings";
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return String(value);
  return "text";
}

/** The value that a path leads to, in plain data. */
export function valueAt(root: unknown, path: DocumentPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

function wrongType(issue: Issue & { code: "invalid_type" }, value: unknown): string {
  const wanted = KINDS[issue.expected] ?? issue.expected;
  if (value === undefined) return `This setting is missing; it is ${wanted}.`;
  if (issue.expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    const isSecret = SECRET_KEYS.includes(String(issue.path.at(-1)));
    return `This must be text: put it in quotes${isSecret ? "" : `, as in "${value}"`}.`;
  }
  if (issue.expected === "int" && typeof value === "number")
    return `This must be a whole number, not ${value}.`;
  return `This must be ${wanted}, not ${kindOf(value)}.`;
}

function oneOf(choices: readonly unknown[], value: unknown): string {
  const list = choices.map(String);
  const known = `One of: ${list.join(", ")}.`;
  if (value === undefined) return `This setting is missing. ${known}`;
  const meant = typeof value === "string" ? didYouMean(value, list) : undefined;
  const shown = typeof value === "string" ? `"${value.slice(0, 60)}"` : kindOf(value);
  return meant === undefined
    ? `${shown} is not possible here. ${known}`
    : `${shown} is not possible here; did you mean "${meant}"? ${known}`;
}

const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ["character", "characters"],
  array: ["entry", "entries"],
};

function amount(limit: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  return unit === undefined ? String(limit) : `${limit} ${Number(limit) === 1 ? unit[0] : unit[1]}`;
}

/** Our own schemas word their errors themselves; these are zod's words, which are for programmers. */
const ZODS_WORDS = /^(Invalid|Too big|Too small|Unrecognized|Expected)/;

function message(issue: Issue, value: unknown): string {
  if (issue.message !== "" && !ZODS_WORDS.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue, value);
    case "invalid_value":
      return oneOf(issue.values, value);
    case "too_big":
      return `At most ${amount(issue.maximum, issue.origin)}.`;
    case "too_small":
      return `At least ${amount(issue.minimum, issue.origin)}.`;
    case "invalid_union":
      return oneOf("options" in issue && Array.isArray(issue.options) ? issue.options : [], value);
    default:
      return issue.message;
  }
}

/** Which problem an issue is, whoever words it. */
function codeOf(issue: Issue, value: unknown): ProblemCode {
  switch (issue.code) {
    case "invalid_type":
      return value === undefined ? "missingSetting" : "wrongType";
    case "invalid_value":
    case "invalid_union":
      return value === undefined ? "missingSetting" : "notOneOf";
    case "too_big":
      return "tooBig";
    case "too_small":
      return "tooSmall";
    default:
      return "badValue";
  }
}

/** Keys beside which a value may be one that was cut by YAML: `password: abc,def` in braces gives a key `def`. */
const SECRET_KEYS = ["password", "urlTemplate"];
const CUT =
  "What stands here is not a setting. A value with a comma, colon or # in it stands in quotes, above all a password.";

/** A key that may be a piece of a secret: without a value beside one, or not written as keys are (`password abc`). */
function mayBeSecret(key: string, parent: unknown): boolean {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)) return /[^\d]/.test(key);
  if (typeof parent !== "object" || parent === null) return false;
  const isEmpty = (parent as Record<string, unknown>)[key] === null;
  return isEmpty && SECRET_KEYS.some((secret) => Object.hasOwn(parent, secret));
}

function suggesting(
  replace: Suggestion["replace"],
  meant: string | undefined,
): { readonly suggestion?: Suggestion } {
  return meant === undefined ? {} : { suggestion: { replace, with: meant } };
}

/** Zod's issues as problems with sentences for a person; an object with three unknown keys has three problems. */
export function problemsOf(issues: readonly Issue[], root: unknown): Problem[] {
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const issue of issues) {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    if (issue.code === "unrecognized_keys") {
      const sentences = issue.message.split("\n");
      const parent = valueAt(root, path);
      for (const [index, key] of issue.keys.entries()) {
        if (mayBeSecret(key, parent)) {
          problems.push({ path, severity: "error", code: "cutValue", message: CUT });
          continue;
        }
        const sentence = sentences.length === issue.keys.length ? sentences[index] : undefined;
        const text =
          sentence === undefined || ZODS_WORDS.test(sentence)
            ? `There is no setting "${key}" here.`
            : sentence;
        problems.push({
          path: [...path, key],
          severity: "error",
          code: "unknownSetting",
          message: text,
          ...suggesting("key", keyMeantIn(text)),
          atKey: true,
        });
      }
      continue;
    }
    // A list where text belongs is also "too short" to zod; the first of them says it.
    const place = formatPath(path);
    if (told.has(place)) continue;
    told.add(place);
    const value = valueAt(root, path);
    const meant =
      issue.code === "invalid_value" && typeof value === "string"
        ? didYouMean(value, issue.values.map(String))
        : undefined;
    problems.push({
      path,
      severity: "error",
      code: codeOf(issue, value),
      message: message(issue, value),
      ...suggesting("value", meant),
    });
  }
  return problems;
}
