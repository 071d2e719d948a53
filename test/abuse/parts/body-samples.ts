/** JSON Schema, as far as the contract has it. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
}

/** A value that the schema takes, or nearly: what it wants, from the examples that it has. */
export function sampleOf(schema: Schema, definitions: Readonly<Record<string, Schema>>, depth = 0): unknown {
  if (depth > 8) return null;
  const inner = (one: Schema): unknown => sampleOf(one, definitions, depth + 1);
  if (schema.$ref !== undefined) return inner(definitions[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (first !== undefined) return inner(first);
  const { example } = schema;
  if (typeof example === "string") return schema.type === "string" ? example : jsonIn(example);
  switch (schema.type) {
    case "object": {
      const wanted = (schema.required ?? []).map((name) => [name, inner(schema.properties?.[name] ?? {})]);
      return Object.fromEntries(wanted);
    }
    case "array":
      return (schema.minItems ?? 0) > 0 ? [inner(schema.items ?? {})] : [];
    case "number":
    case "integer":
      return Math.max(1, schema.minimum ?? 1);
    case "boolean":
      return true;
    default:
      return "x".repeat(Math.max(1, schema.minLength ?? 1));
  }
}

function jsonIn(example: string): unknown {
  try {
    return JSON.parse(example);
  } catch {
    return example;
  }
}

/** What the smallest body may hold, and what a stack may not. */
const DEEP = [1_000, 100_000] as const;

/** What is put in the place of something, as JSON: some of it JavaScript could not write by itself. */
const ODD: readonly string[] = [
  "null",
  "true",
  "-1",
  "1e999",
  "0.1",
  "99999999999999999999",
  '""',
  '" "',
  `"${"x".repeat(3_000)}"`,
  `"${"\u202e\u0000\u200b".replaceAll("\u0000", "\\u0000")}"`,
  String.raw`"\ud800"`,
  String.raw`"\r\nX-Injected: 1"`,
  '"<script>alert(1)</script>"',
  '"../../../etc/passwd"',
  "[]",
  "[[]]",
  "{}",
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":1,"hasOwnProperty":1,"toJSON":1,"then":1,"length":-1}',
  ...DEEP.map((levels) => `${"[".repeat(levels)}${"]".repeat(levels)}`),
  `${'{"a":'.repeat(DEEP[0])}1${"}".repeat(DEEP[0])}`,
];

/** Bodies that are no document of any route. */
const WHOLE: readonly string[] = [
  "",
  " ",
  "{",
  "nul",
  '{"a":1,}',
  "\u0000",
  "\ufeff{}",
  "not json",
  "<x/>",
  '{"a":1}{"b":2}',
];

/** `count` mutations of a document as JSON texts, a third of them odd as a whole, the rest in one place; and what is no document. */
export function mutationsOf(sample: unknown, count: number, random: () => number): readonly string[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const places = placesOf(sample, []);
  const mutated = Array.from({ length: count }, (_none, nth) =>
    nth % 3 === 0 ? pick(ODD) : withOdd(sample, pick(places), pick(ODD)),
  );
  return [JSON.stringify(sample), ...WHOLE, ...mutated];
}

type Place = readonly (string | number)[];

/** Where something is; and where something could be beside it. */
function placesOf(value: unknown, at: Place): readonly Place[] {
  if (typeof value !== "object" || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, one]) => placesOf(one, [...at, key]));
  return Array.isArray(value) ? [at, ...inner] : [at, [...at, "nobodyKnows"], [...at, "__proto__"], ...inner];
}

const MARK = "\u0001place\u0001";

function withOdd(sample: unknown, place: Place, odd: string): string {
  const text = JSON.stringify(put(sample, place));
  return text.replace(JSON.stringify(MARK), () => odd);
}

function put(value: unknown, place: Place): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return MARK;
  if (Array.isArray(value))
    return value.map((one: unknown, at) => (String(at) === String(key) ? put(one, rest) : one));
  const entries = Object.entries((value ?? {}) as Readonly<Record<string, unknown>>);
  const isThere = entries.some(([name]) => name === key);
  const changed = entries.map(([name, one]) => [name, name === key ? put(one, rest) : one] as const);
  // As own members: an assignment to __proto__ would be none.
  return Object.fromEntries(isThere ? changed : [...changed, [key, MARK]]);
}
