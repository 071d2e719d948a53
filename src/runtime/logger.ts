import { pino } from "pino";
import type { Masker } from "../lib/masker.ts";
import { noMasker } from "../lib/masker.ts";
import { escapeUnicode } from "../lib/printable.ts";
import { withoutUriPasswords } from "../lib/uri-passwords.ts";
import { lineOutput } from "./line-output.ts";

export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

/** The part of pino that the house uses. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Longer texts are cut (OWASP ASVS 16.4.1 asks that a log cannot be written to at will). */
export const MAX_TEXT = 1024;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 3;

/**
 * JSON lines on standard output; passwords and authorization headers never get through. Whatever a peer put into a
 * value, it stays inside its one line, steers no terminal, and is cut at 1,024 characters. `mask` takes known secrets out
 * of every text, as they are at the time. `isJournal`: the reader is journald, which takes a line's priority from its
 * beginning (sd-daemon(3)) and keeps the rest.
 */
export function createLogger(
  level: LogLevel,
  out: { write(line: string): unknown } = lineOutput(1),
  mask: () => Masker = () => noMasker,
  isJournal = false,
): Logger {
  const log = pino(
    { level, redact: ["password", "authorization", "*.password", "*.authorization"] },
    { write: (line: string) => void out.write(priorityOf(line, isJournal) + escapeUnicode(line)) },
  );
  const writer =
    (name: Exclude<LogLevel, "silent">) =>
    (fields: object, text: string): void => {
      if (!log.isLevelEnabled(name)) return;
      const known = mask();
      // Masked before it is cut: half a secret would not be known.
      const shown = (value: string): string => cut(known(withoutUriPasswords(value)));
      log[name](bounded(fields, 0, shown) as object, shown(text));
    };
  return { debug: writer("debug"), info: writer("info"), warn: writer("warn"), error: writer("error") };
}

const PRIORITIES: Readonly<Record<string, string>> = { 20: "<7>", 30: "<6>", 40: "<4>", 50: "<3>" };

/** pino begins a line with `{"level":30,`. */
function priorityOf(line: string, isJournal: boolean): string {
  return isJournal ? (PRIORITIES[line.slice(9, 11)] ?? "") : "";
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)} … (${text.length} characters)`;
}

type Shown = (text: string) => string;

/** The value with every text, list and depth of it bounded. */
function bounded(value: unknown, depth: number, shown: Shown): unknown {
  if (typeof value === "string") return shown(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return errorFields(value, shown);
  if (depth >= MAX_DEPTH) return "…";
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => bounded(item, depth + 1, shown));
  const entries = Object.entries(value).slice(0, MAX_ENTRIES);
  return Object.fromEntries(entries.map(([key, inner]) => [shown(key), bounded(inner, depth + 1, shown)]));
}

/** Message and frames apart: the stack begins with the message, and a long one would push the frames out. */
function errorFields(error: Error, shown: Shown): object {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return { type: error.name, message: shown(error.message), stack: shown(frames.join("\n")) };
}
