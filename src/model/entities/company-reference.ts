import { z } from "zod";
import type { FieldText } from "../../dialplan/field.ts";
import type { FormField } from "../../dialplan/form.ts";
import { companySchema, FILE_FACTS } from "../company.ts";
import { entityForm } from "./forms.ts";
import { type AnyKind, kinds } from "./kinds.ts";

/** `docs/reference/company-file.md`: every key of the company file, as the kinds of entity say it of themselves. */
export function companyFileReference(): string {
  return `# The company file

Everything of a company in one YAML or JSON file: \`switchhook check\` says what is wrong with it, \`apply\` makes the
installation match it, \`export\` writes it. A key without a default, and not marked optional, must be there. Editors help
with the file where its first line is \`# yaml-language-server: $schema=company-file.schema.json\`, with the path of
[that file](company-file.schema.json). [company-file.yaml](../company-file.yaml) has all of it, with comments. This page is made from \`src/model/entities\`.

| Key | What | Default | Bounds | Example |
|---|---|---|---|---|
| \`version\` | The version of the format. |  | 1 | \`1\` |
| \`basedOn\` | ${FILE_FACTS.basedOn} | optional |  | \`41\` |
| \`basedOnMark\` | ${FILE_FACTS.basedOnMark} | optional | 12 characters | \`0c5de51a07b3\` |
| \`keptIn\` | ${FILE_FACTS.keptIn} | optional | \`file\` | \`file\` |

Every entry of a list may have \`was\`, too: ${WAS}
${kinds.map(section).join("")}`;
}

function section(kind: AnyKind): string {
  const { place } = kind;
  const { fields } = entityForm(kind);
  if (place.type === "list") {
    const rows = [...rowsOf(fields, ""), ...(kind.kind === "plan" ? PLAN_ROWS : [])];
    return `\n## \`${place.key}\`\n\nA list of at most ${place.most.toLocaleString("en")}.\n\n${table(rows)}`;
  }
  const keys = place.type === "single" ? [place.key] : place.keys;
  const rows = place.type === "single" ? rowsOf(fields, `${place.key}.`) : rowsOf(fields, "");
  return `\n## ${keys.map((key) => `\`${key}\``).join(", ")}\n\n${table(rows)}`;
}

/** A plan has no form: its editor is one. */
const PLAN_ROWS = [
  "| `name` | Numbers and trunks choose it by this name. |  | 1 to 100 characters | `main` |\n",
  '| `steps` | A list of steps: [steps.md](steps.md). |  | at most 1,000 in all | `[{ type: phone, phone: "215" }]` |\n',
];

function table(rows: readonly string[]): string {
  return `| Key | What | Default | Bounds | Example |\n|---|---|---|---|---|\n${rows.join("")}`;
}

function rowsOf(fields: readonly FormField[], before: string): readonly string[] {
  return fields.flatMap((one) => {
    const path = `${before}${one.key}`;
    const example = one.example === undefined ? "" : `\`${one.example}\``;
    const unit = one.unit === undefined ? "" : `, in ${one.unit}`;
    const head = `\`${path}\` | ${one.label}${unit}: ${one.help}`;
    const row = `| ${head} | ${defaultOf(one)} | ${boundsOf(one)} | ${example} |\n`;
    return one.control === "group" ? [row, ...rowsOf(one.fields, `${path}.`)] : [row];
  });
}

function defaultOf(one: FormField): string {
  if (one.required || one.control === "group") return one.required ? "" : "optional";
  return one.default === undefined ? "optional" : `\`${JSON.stringify(one.default)}\``;
}

function boundsOf(one: FormField): string {
  switch (one.control) {
    case "number":
      return one.min === undefined || one.max === undefined ? "" : `${one.min} to ${one.max}`;
    case "select":
      return one.choices.map(({ value }) => `\`${value}\``).join(", ");
    case "boolean":
      return "`true`, `false`";
    case "reference":
      return `the key of a ${one.kind}`;
    case "list":
      return one.most === undefined ? "" : `at most ${one.most}`;
    case "group":
      return "";
    default:
      return one.maxLength === undefined ? "" : `at most ${one.maxLength} characters`;
  }
}

const WAS =
  "the name, number or extension that it had before. With it an apply gives the thing another name; without it, one thing goes and another one comes.";

/** `docs/reference/company-file.schema.json`: the company file as JSON Schema, for editors. */
export function companyFileSchema(): string {
  const schema = z.toJSONSchema(companySchema, {
    io: "input",
    unrepresentable: "any",
    // An entry of a list, which the file may give its former name.
    override({ jsonSchema, path }) {
      const isEntry = path.length === 3 && path[0] === "properties" && path[2] === "items";
      if (isEntry && jsonSchema.properties !== undefined)
        jsonSchema.properties["was"] = { type: "string", description: WAS };
    },
  });
  return `${JSON.stringify({ title: "Company file of Switchhook", ...schema }, described, 1)}\n`;
}

/** An editor shows a description; the texts of forms are no keys of JSON Schema. */
function described(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("label" in value && "help" in value)) return value;
  const {
    label,
    help,
    unit,
    names: _names,
    choices: _choices,
    as: _as,
    example: _example,
    ...rest
  } = value as FieldText;
  return { description: `${label}${unit === undefined ? "" : `, in ${unit}`}: ${help}`, ...rest };
}
