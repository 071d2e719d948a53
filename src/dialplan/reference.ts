import type { Words } from "../lib/said.ts";
import { type FormField, stepFields } from "./form.ts";
import { sentences } from "./sentences.ts";
import { type AnyStepKind, stepKinds } from "./steps/registry.ts";

/** `docs/reference/steps.md`: every kind of step with its keys and branches, as the kinds say it of themselves. */
export function stepsReference(): string {
  return `# The steps of a dial plan

What a plan is made of, as it is written in the company file. A key without a default must be there. This page is made
from \`src/dialplan/steps\`.
${stepKinds.map(stepSection).join("")}`;
}

function stepSection(kind: AnyStepKind): string {
  const rows = stepFields(kind).map(rowOf);
  const table =
    rows.length === 0
      ? ""
      : `\n| Key | Label | What | Unit | Default |\n|---|---|---|---|---|\n${rows.join("")}`;
  const branches = kind
    .branches({ type: kind.type })
    .map(({ path, label }) => `* \`${path.join(".")}\`: ${label}\n`);
  const below = branches.length === 0 ? "" : `\nIts branches, each a list of steps:\n\n${branches.join("")}`;
  const last = kind.follow === "mustBeLast" ? " It is the last of its level." : "";
  return `\n## ${kind.title}: \`${kind.type}\`\n\n${kind.help}${last}\n${table}${below}`;
}

/** A field's row: its default, and the values that it may have. */
function rowOf(one: FormField): string {
  const { key, label, help, unit = "" } = one;
  const standard = "default" in one ? `\`${JSON.stringify(one.default)}\`` : "";
  const values =
    one.control === "select" ? ` ${one.choices.map(({ value }) => `\`${value}\``).join(", ")}.` : "";
  return `| \`${key}\` | ${label} | ${help}${values} | ${unit} | ${standard} |\n`;
}

/** `docs/reference/sentences.md`: every code of a trace with its English. */
export function sentencesReference(): string {
  return `# Sentences of a call's story

What the dial plan says of its decisions. A trace holds the code and the arguments beside the sentence, so that programs
and other languages need not read English. Arguments are shown in braces; where a sentence has several forms, one of
them stands here. This page is made from the \`words\` of \`src/dialplan\`.

${sentenceTable(sentences)}`;
}

/** A table of sentences by code, the names of their arguments in braces. */
export function sentenceTable(words: Iterable<readonly [string, Words[string]]>): string {
  const rows = [...words]
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([code, sentence]) => `| \`${code}\` | ${shown(sentence)} |\n`);
  return `| Code | Sentence |\n|---|---|\n${rows.join("")}`;
}

/** The sentence with the names of its arguments for their values. */
function shown(sentence: Words[string]): string {
  const names = new Proxy({}, { get: (_, name) => `{${String(name)}}` });
  return sentence(names as never);
}
