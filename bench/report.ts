import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import path from "node:path";
import type { Measured } from "./goals.ts";
import { describeMachine, type Machine } from "./machine.ts";

const RESULTS = path.join(import.meta.dirname, "RESULTS.md");

/** What a run of the benchmark found. */
export interface Report {
  readonly machine: Machine;
  readonly warning: string | undefined;
  /** The command that was typed. */
  readonly command: string;
  readonly rows: readonly Measured[];
  readonly notes: readonly string[];
  /** What the parser's micro-benchmark printed; empty when it was not asked for. */
  readonly parser: string;
}

/** The last two columns are not of this run. */
const HEADS = ["what", "measured", "goal", "held", "quoted: Asterisk 22", "quoted: Kamailio 5.6"] as const;

/** The table in Markdown, its columns in line, so that a terminal shows it too. */
export function table(rows: readonly Measured[]): string {
  const cells = [
    HEADS,
    ...rows.map((row) => [row.what, row.measured, row.goal, heldText(row), row.asterisk, row.kamailio]),
  ];
  const widths = HEADS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function heldText({ holds }: Measured): string {
  if (holds === undefined) return "–";
  return holds ? "yes" : "NO";
}

/** Appends a dated section to bench/RESULTS.md. */
export function writeResults(report: Report): void {
  const date = new Date().toISOString().slice(0, 10);
  const parts = [
    `\n## ${date}, ${report.machine.cpu}, ${report.machine.cores} cores`,
    `\`${report.command}\` at commit ${commit()}. ${describeMachine(report.machine)}.`,
    ...(report.warning === undefined ? [] : [`**${report.warning}**`]),
    ...(report.rows.length === 0 ? [] : [table(report.rows)]),
    ...(report.notes.length === 0
      ? []
      : [report.notes.map((note) => `* ${note.replaceAll("\n", " ")}`).join("\n")]),
    ...(report.parser === "" ? [] : [`Parser:\n\n\`\`\`text\n${report.parser.trimEnd()}\n\`\`\``]),
  ];
  appendFileSync(RESULTS, `${parts.join("\n\n")}\n`);
}

/** The commit that was measured, `+` behind it when files differ from it. */
function commit(): string {
  const git = (...args: readonly string[]): string =>
    spawnSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).stdout?.trim() ?? "";
  const id = git("rev-parse", "--short", "HEAD");
  if (id === "") return "unknown";
  return git("status", "--porcelain", "--untracked-files=no", "--", "../src") === "" ? id : `${id}+`;
}
