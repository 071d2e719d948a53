import { z } from "zod";
import type { AnyDocument } from "../../model/entities/kinds.ts";
import { entityName, entityWritten } from "./entities.ts";
import { route, typed } from "./route.ts";

// What was: the trash, the audit log; and finding what is.

const time = z.number().describe("Milliseconds since the epoch.");
const document = typed<AnyDocument>("Secrets are `***`.");
const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe("`next` of the page before."),
};

const trashed = entityName.extend({ revision: z.int(), document, droppedAt: time, droppedBy: z.string() });

export type ShownTrash = z.output<typeof trashed>;

const auditEntry = z.strictObject({
  id: z.int(),
  at: time,
  by: z.string(),
  what: z.string().describe("`configuration`, or what else was done: `signIn`, `userChanged` …"),
  from: z.string().optional().describe("The address that it came from."),
  about: z
    .string()
    .optional()
    .describe("Whom or what it was done to, where that is no entity: a user, a token."),
  details: z
    .array(z.strictObject({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
    .optional()
    .describe("What is different; secrets are `***`."),
  version: z.int().optional().describe("The version of the configuration that it made."),
  changes: z.array(
    entityName.extend({
      before: document.optional().describe("Absent: it came."),
      after: document.optional().describe("Absent: it went."),
      secretChanged: z.boolean(),
    }),
  ),
  hash: z.string().describe("SHA-256 over this entry and the hash of the one before it."),
});

const found = entityName.extend({ text: z.string().describe("Where the words stand.") });

export type FoundEntity = z.output<typeof found>;

export const historyRoutes = {
  trash: route({
    id: "trash.list",
    method: "GET",
    path: "/trash",
    summary: "List what was deleted in the last 30 days, newest first",
    role: "viewer",
    query: z.strictObject(pageQuery),
    answer: z.strictObject({ items: z.array(trashed), next: z.string().nullable() }),
    problems: ["badCursor"],
  }),
  restore: route({
    id: "trash.restore",
    method: "POST",
    path: "/trash/:id/restore",
    summary: "Put back what was deleted, with its id and its secret",
    role: "editor",
    params: z.strictObject({ id: z.string().min(1).max(64) }),
    answer: entityWritten,
    problems: [
      "noSuchEntity",
      "stale",
      "taken",
      "used",
      "full",
      "keptInFile",
      "invalid",
      "notSaved",
      "diskFull",
    ],
    etag: true,
  }),
  audit: route({
    id: "audit.list",
    method: "GET",
    path: "/audit",
    summary: "List who did what and when, with before and after, newest first",
    role: "administrator",
    query: z.strictObject({
      ...pageQuery,
      entity: z.string().max(64).optional().describe("Only what changed the entity with this id."),
      by: z.string().max(200).optional(),
      what: z.string().max(40).optional().describe("Only entries of this kind, as `signInFailed`."),
    }),
    answer: z.strictObject({ items: z.array(auditEntry), next: z.string().nullable() }),
    problems: ["badCursor"],
  }),
  search: route({
    id: "search",
    method: "GET",
    path: "/search",
    summary:
      "Find entities by parts of names, numbers and texts of steps, and calls by the beginning of an id",
    role: "viewer",
    query: z.strictObject({
      q: z.string().trim().min(1).max(200),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    answer: z.strictObject({
      entities: z.array(found),
      calls: z.array(
        z.strictObject({ id: z.string(), startedAt: time, caller: z.string(), called: z.string() }),
      ),
    }),
    problems: [],
  }),
} as const;
