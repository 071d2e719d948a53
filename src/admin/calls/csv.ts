import type { CallSummary } from "../../model/repositories.ts";

const COLUMNS = [
  "id",
  "started",
  "answered",
  "ended",
  "caller",
  "callerName",
  "called",
  "plan",
  "result",
  "missed",
  "answeredBy",
  "origin",
  "kind",
  "attempts",
  "reason",
] as const;

/** RFC 4180, with the names of the columns. */
export const CSV_HEAD = `${COLUMNS.join(",")}\r\n`;

/** One call as a line; times in UTC. */
export function csvLine(call: CallSummary): string {
  const time = (at: number | undefined): string => (at === undefined ? "" : new Date(at).toISOString());
  const cells: Record<(typeof COLUMNS)[number], string> = {
    ...call,
    started: time(call.startedAt),
    answered: time(call.answeredAt),
    ended: time(call.endedAt),
    plan: call.plan ?? "",
    missed: String(call.missed),
    answeredBy: call.answeredBy ?? "",
    attempts: String(call.attempts),
  };
  return `${COLUMNS.map((name) => cell(cells[name])).join(",")}\r\n`;
}

/** What a caller chose must not be a formula in somebody's spreadsheet; a number may begin with its plus. */
function cell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^\+\d+$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
