import { readFileSync } from "node:fs";
import path from "node:path";
import { Program } from "../test/support/process.ts";
import { hasProgram } from "../tools/debian.ts";

const SCENARIOS = path.join(import.meta.dirname, "sipp");
let runs = 0;

/** Undefined when SIPp is here; else what to type. */
export function sippMissing(): string | undefined {
  if (hasProgram("sipp")) return undefined;
  return (
    "SIPp is not installed; without it no load can be placed. " +
    "Please type:  sudo apt-get install --no-install-recommends sip-tester"
  );
}

/** What SIPp counted since it started. */
export interface SippCounts {
  readonly created: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Messages that SIPp sent again. */
  readonly retransmissions: number;
  readonly elapsedSeconds: number;
}

export interface SippOptions {
  /** For its files. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** `host:port` of the server. */
  readonly server: string;
  /** More of its flags. */
  readonly flags?: readonly string[];
}

/** A running SIPp. */
export class Sipp {
  readonly program: Program;
  readonly #statistics: string;
  readonly #errors: string;

  constructor(scenario: "caller" | "destination", options: SippOptions) {
    runs += 1;
    const base = path.join(options.folder, `${runs}-${scenario}`);
    this.#statistics = `${base}.csv`;
    this.#errors = `${base}.errors`;
    const flags = ["-i", options.host, "-p", String(options.port), "-nostdin", "-buff_size", "212992"];
    const files = [
      "-trace_stat",
      "-stf",
      this.#statistics,
      "-fd",
      "1",
      "-trace_err",
      "-error_file",
      this.#errors,
    ];
    const scenarioFlags = ["-sf", path.join(SCENARIOS, `${scenario}.xml`)];
    this.program = new Program(
      "sipp",
      [...scenarioFlags, ...flags, ...files, ...(options.flags ?? []), options.server],
      { cwd: options.folder },
    );
  }

  /** A row for every second that has passed, the newest last; they only grow. */
  history(): readonly SippCounts[] {
    const [head = "", ...rows] = read(this.#statistics).trim().split("\n");
    const names = head.split(";");
    const column = (name: string): number => names.indexOf(name);
    return rows.map((row) => {
      const values = row.split(";");
      const count = (name: string): number => Number(values[column(`${name}(C)`)] ?? 0);
      return {
        created: Number(values[column("TotalCallCreated")] ?? 0),
        succeeded: count("SuccessfulCall"),
        failed: count("FailedCall"),
        retransmissions: count("Retransmissions"),
        elapsedSeconds: seconds(values[column("ElapsedTime(C)")] ?? ""),
      };
    });
  }

  counts(): SippCounts {
    return (
      this.history().at(-1) ?? { created: 0, succeeded: 0, failed: 0, retransmissions: 0, elapsedSeconds: 0 }
    );
  }

  /** What it complained about first, in a line; empty when it did not. */
  complaint(): string {
    const lines = `${read(this.#errors)}\n${this.program.result?.stderr ?? ""}`.split("\n");
    const first = lines.find((line) => line.trim() !== "" && !line.startsWith("The following events"));
    // Behind the time, which is there twice.
    return first?.replace(/^[\d-]+\t[\d:.]+\t[\d.]+: /, "").trim() ?? "";
  }

  async stop(): Promise<void> {
    if (this.program.result === undefined) await this.program.stop("SIGKILL");
  }
}

/** `00:00:05:009000`: hours, minutes, seconds, microseconds. */
function seconds(text: string): number {
  const [hours = 0, minutes = 0, whole = 0, micros = 0] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + whole + micros / 1e6;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
