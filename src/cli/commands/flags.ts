import { type Command, InvalidArgumentError, Option } from "commander";
import type { Flags } from "../../config/load.ts";
import { defaultText, usage } from "../../config/reference.ts";
import { settings } from "../../config/schema.ts";
import type { Setting } from "../../config/setting.ts";
import { readZonedTime } from "../../lib/zoned-time.ts";
import type { ProgramPorts } from "./ports.ts";

// Flags that more than one command has.

/** `--data`, by default that of the environment. */
export function dataOption(ports: ProgramPorts): Option {
  return new Option("--data <DIR>", `data folder (${settings.dataDir.env})`).default(ports.dataDir);
}

/** `--data` of a command below another may stand before its name as well as after it. */
export function dataOf(command: Command): string {
  const isGiven = command.getOptionValueSource("data") !== "default";
  const holder = isGiven ? command : (command.parent ?? command);
  return holder.opts<{ readonly data: string }>().data;
}

/** `--utc` of what tells times. */
export function utcOption(): Option {
  return new Option("--utc", "times in UTC, not those of the company's time zone").default(false);
}

/** A day or a time as somebody writes it, which counts on the clocks of the company; a day is its beginning. */
export function parseTime(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  if (readZonedTime(time, "UTC") !== undefined) return time;
  throw new InvalidArgumentError("It must be a date and a time, such as 2026-12-25T10:00.");
}

/** Flags of lists. */
export interface JsonAndUtc {
  readonly json: boolean;
  readonly utc: boolean;
}

/** Flags of a command below `calls` that may stand before its name as well. */
export function above(command: Command): JsonAndUtc {
  const own = command.opts<Partial<JsonAndUtc>>();
  const over = command.parent?.opts<Partial<JsonAndUtc>>();
  return {
    json: (own.json ?? false) || (over?.json ?? false),
    utc: (own.utc ?? false) || (over?.utc ?? false),
  };
}

/** `--overwrite` of what takes a company file. */
export function overwriteOption(): Option {
  return new Option("--overwrite", "undo what was changed here since the file was made").default(false);
}

/** Flags as commander gives them. */
export type GivenOptions = Readonly<Record<string, string | string[] | undefined>>;

/** Those that are settings of the process. */
export function flagsOf(options: GivenOptions): Flags {
  return Object.fromEntries(
    Object.entries<Setting>(settings).map(([key, setting]) => [key, options[camelCase(setting.flag)]]),
  ) as Flags;
}

/** The flag of a setting, with its sentence, default and variable as help. */
export function flagOption(setting: Setting): Option {
  const value = usage(setting).slice(usage(setting).indexOf(" ") + 1);
  const text = `${setting.sentence} (default: ${defaultText(setting)}; ${setting.env})`;
  const option = new Option(`--${setting.flag} <${value}>`, text);
  if (setting.kind !== "list") return option;
  return option.argParser((given: string, before: string[] | undefined) => [...(before ?? []), given]);
}

/** Commander's own rule for the name of an option's value. */
function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
