import { settings } from "./schema.ts";
import type { Setting } from "./setting.ts";

/** `docs/reference/settings.md`: every setting, made from the schema. */
export function settingsReference(): string {
  const lines = [
    "# Settings of the process",
    "",
    "Given to `switchhook start` as flags or in the environment; a flag wins. What a company is (phones, trunks,",
    "webhooks, plans, numbers) is in the company file and not here. This page is made from `src/config/schema.ts`.",
  ];
  let section = "";
  for (const setting of Object.values<Setting>(settings)) {
    if (setting.section !== section) {
      section = setting.section;
      lines.push("", `## ${section}`);
    }
    lines.push("", `### ${usage(setting)}`, "", setting.sentence, "", ...facts(setting));
  }
  return `${lines.join("\n")}\n`;
}

/** `--sip HOST:PORT`, as help and reference show it. */
export function usage(setting: Setting): string {
  if (setting.kind === "integer") return `--${setting.flag} NUMBER`;
  if (setting.kind === "choice") return `--${setting.flag} ${setting.choices.join("|")}`;
  return `--${setting.flag} ${setting.placeholder}`;
}

function facts(setting: Setting): string[] {
  const lines = [`* Environment: \`${setting.env}\``, `* Default: ${defaultText(setting)}`];
  if (setting.kind === "integer") lines.push(`* Range: ${setting.min} to ${setting.max} ${setting.unit}`);
  return lines;
}

/** The default with its unit, or "not set". */
export function defaultText(setting: Setting): string {
  if (setting.kind === "integer") return `${setting.default} ${setting.unit}`;
  if (setting.kind === "list") return setting.default.length === 0 ? "not set" : setting.default.join(" ");
  return setting.default ?? "not set";
}
