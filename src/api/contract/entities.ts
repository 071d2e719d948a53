import { z } from "zod";
import type { AnyDocument, KindName } from "../../model/entities/kinds.ts";
import { KINDS, kinds } from "../../model/entities/kinds.ts";
import type { ApiProblemCode } from "./problem-kinds.ts";
import { documentProblem } from "./problem-schema.ts";
import { type Method, type RouteShape, route, shownAs, typed } from "./route.ts";

// Routes of everything that a configuration is made of. A kind of entity (model/entities) has them by being one.

const kind = z.enum(Object.keys(KINDS) as [KindName, ...KindName[]]);

/** An entity, where only its name matters. */
export const entityName = z.strictObject({ kind, id: z.string(), key: z.string() });

export type EntityName = z.output<typeof entityName>;

const time = z.number().describe("Milliseconds since the epoch.");

/** What every answer says of an entity besides its document. */
const about = {
  id: z.string().describe("Its own for good, whatever it is named."),
  key: z.string().describe("What others refer to it by."),
  revision: z.int().describe("Grows by one with each change; the ETag."),
  changedBy: z.string(),
  changedAt: time,
  usedBy: z.array(entityName).describe("What would be broken without it."),
};

/** What the answer to a write says besides. */
const written = {
  live: z.boolean().describe("New calls see it. False: it is saved, and takes effect with the next change."),
  warnings: z.array(documentProblem),
};

const isTrue = z.stringbool().default(false);

/** Query of every list of entities. */
const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(500).optional().describe("`next` of the page before."),
  q: z
    .string()
    .max(200)
    .optional()
    .describe("Only those in whose names and texts this stands, in capitals or not."),
  sort: z
    .enum(["position", "key", "-key", "changedAt", "-changedAt"])
    .default("position")
    .describe("`-` turns the order round; `position` is the order of the company file."),
});

export type EntityListQuery = z.output<typeof listQuery>;

const writeQuery = z.strictObject({
  renameUsers: isTrue.describe("When the name changes, all that refer to it get the new one too."),
});

const params = z.strictObject({ id: z.string().min(1).max(64) });

type DocumentSchema<Name extends KindName> = (typeof KINDS)[Name]["schema"];
/** A document as an answer has it, and as a client sends it. */
type Shown<Name extends KindName> = z.output<DocumentSchema<Name>>;
type Given<Name extends KindName> = z.input<DocumentSchema<Name>>;

function entityOf<Name extends KindName>(name: Name) {
  const { storedSchema, schema }: { storedSchema?: z.ZodType; schema: z.ZodType } = KINDS[name];
  const document = shownAs<Shown<Name>>(storedSchema ?? schema, "Secrets are `***`.");
  return { ...about, kind: z.literal(name), document };
}

/** The use case checks it, and says of each problem where it is and what it means. */
function givenOf<Name extends KindName>(name: Name) {
  return shownAs<Given<Name>>(KINDS[name].schema, "Secrets that are left out or `***` stay.");
}

const WRITE = [
  "noSuchEntity",
  "stale",
  "invalid",
  "taken",
  "used",
  "full",
  "keptInFile",
  "notSaved",
  "diskFull",
] as const satisfies readonly ApiProblemCode[];

function common<Name extends KindName, const Resource extends string>(name: Name, resource: Resource) {
  const { noun } = KINDS[name];
  const article = /^[aeiou]/.test(noun) ? "an" : "a";
  const of = <const Verb extends string, const M extends Method>(verb: Verb, method: M) =>
    ({ id: `${resource}.${verb}`, method, path: `/${resource}` }) as const;
  const answer = z.strictObject(entityOf(name));
  return {
    noun,
    a: `${article} ${noun}`,
    of,
    answer,
    after: z.strictObject({ ...entityOf(name), ...written }),
  };
}

/** Routes of a kind of which there are many. */
function many<Name extends KindName, const Resource extends string>(name: Name, resource: Resource) {
  const { noun, a, of, answer, after } = common(name, resource);
  const one = { path: `/${resource}/:id`, params } as const;
  return {
    list: route({
      ...of("list", "GET"),
      summary: `List ${noun}s`,
      role: "viewer",
      query: listQuery,
      answer: z.strictObject({ items: z.array(answer), next: z.string().nullable(), total: z.int() }),
      problems: ["badCursor"],
    }),
    get: route({
      ...of("get", "GET"),
      ...one,
      summary: `Give ${a}`,
      role: "viewer",
      answer,
      problems: ["noSuchEntity"],
      etag: true,
    }),
    create: route({
      ...of("create", "POST"),
      summary: `Add ${a}`,
      role: "editor",
      body: givenOf(name),
      answer:
        name === "phone"
          ? after.extend({ password: z.string().optional().describe("Shown this once: it was made here.") })
          : after,
      status: 201,
      problems: WRITE,
      etag: true,
      idempotent: true,
    }),
    replace: route({
      ...of("replace", "PUT"),
      ...one,
      summary: `Put another document in the place of ${a}`,
      role: "editor",
      query: writeQuery,
      body: givenOf(name),
      answer: after,
      problems: WRITE,
      etag: true,
    }),
    change: route({
      ...of("change", "PATCH"),
      ...one,
      summary: `Change parts of ${a} (a merge patch, RFC 7396)`,
      role: "editor",
      query: writeQuery,
      body: z.looseObject({}),
      answer: after,
      problems: WRITE,
      etag: true,
    }),
    remove: route({
      ...of("remove", "DELETE"),
      ...one,
      summary: `Put ${a} in the trash, if nothing needs it`,
      role: "editor",
      answer: z.strictObject({ version: z.int(), live: z.boolean(), warnings: z.array(documentProblem) }),
      problems: WRITE,
      etag: true,
    }),
  } as const;
}

/** Routes of a kind of which there is one, or none yet. */
function single<Name extends KindName, const Resource extends string>(
  name: Name,
  resource: Resource,
  role: "editor" | "administrator",
) {
  const { noun, of, answer, after } = common(name, resource);
  return {
    get: route({
      ...of("get", "GET"),
      summary: `Give the ${noun}`,
      role: "viewer",
      answer,
      problems: ["noSuchEntity"],
      etag: true,
    }),
    replace: route({
      ...of("replace", "PUT"),
      summary: `Write the ${noun}; where there are none yet with If-None-Match: *`,
      role,
      body: givenOf(name),
      answer: after,
      problems: WRITE,
      etag: true,
    }),
    change: route({
      ...of("change", "PATCH"),
      summary: `Change parts of the ${noun} (a merge patch, RFC 7396)`,
      role,
      body: z.looseObject({}),
      answer: after,
      problems: WRITE,
      etag: true,
    }),
  } as const;
}

/** Every list, by its kind; a handler is given the kind's name and needs to know no more. */
export const entityLists = {
  phone: many("phone", "phones"),
  group: many("group", "groups"),
  trunk: many("trunk", "trunks"),
  audioMessage: many("audioMessage", "audio-messages"),
  webhook: many("webhook", "webhooks"),
  plan: many("plan", "plans"),
  number: many("number", "numbers"),
} as const;

export const entitySingles = {
  settings: single("settings", "settings", "administrator"),
  outbound: single("outbound", "outbound", "editor"),
} as const;

export const phoneRoutes = {
  password: route({
    id: "phones.password",
    method: "POST",
    path: "/phones/:id/password",
    summary: "Give a phone a new password, which is shown this once",
    role: "editor",
    params,
    answer: z.strictObject({ password: z.string(), revision: z.int(), live: z.boolean() }),
    problems: WRITE,
    etag: true,
    idempotent: true,
  }),
} as const;

/** The answer to a write of an entity of whichever kind. */
export const entityWritten = z.strictObject({
  ...about,
  kind,
  document: typed<AnyDocument>("As that kind has it; secrets are `***`."),
  ...written,
});

/** An entity as answers show it. */
export type ShownEntity = Omit<z.output<z.ZodObject<typeof about>>, never> & {
  readonly kind: KindName;
  readonly document: AnyDocument;
};

/** The same after a write. */
export type WrittenEntity = ShownEntity & z.output<z.ZodObject<typeof written>>;

const byVerb: readonly Readonly<Record<string, RouteShape>>[] = [
  ...Object.values(entityLists),
  ...Object.values(entitySingles),
  phoneRoutes,
];

export const entityRoutes: readonly RouteShape[] = byVerb.flatMap((routes) => Object.values(routes));

/** Kinds that have no routes; a test sees that there is none. */
export const kindsWithoutRoutes: readonly KindName[] = kinds
  .map((one) => one.kind)
  .filter((name) => !(name in entityLists) && !(name in entitySingles));
