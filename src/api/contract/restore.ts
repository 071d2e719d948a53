import { z } from "zod";
import { KINDS, type KindName } from "../../model/entities/kinds.ts";
import { route } from "./route.ts";

const time = z.int().describe("Milliseconds since the epoch.");
const counts = z.strictObject(
  Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, z.int()])) as Record<KindName, z.ZodInt>,
);

const content = z.strictObject({
  id: z.string().describe("Names what was checked: who agrees says it."),
  made: z.string().describe("When the backup was made, ISO 8601."),
  version: z.string().describe("The release of Switchhook that made it."),
  installation: z.string().nullable().describe("What tells that installation from every other."),
  isOwn: z.boolean().describe("It is of this very installation."),
  configuration: z.int().describe("Which version of the configuration it has; it is `here` now."),
  here: z.int(),
  counts: counts.describe("How many there are of each kind."),
  calls: z.int(),
  lastCallAt: time.nullable(),
  users: z.int(),
  administrators: z
    .array(z.string())
    .describe(
      "Who can sign in as one then, with the password or the linked account of that time. Nobody: `switchhook user link` on the server makes a link; without any user the start prints one.",
    ),
});

const replaced = {
  at: time,
  by: z.string(),
  why: z
    .enum(["backup", "back", "failed"])
    .describe("By a backup; by what was there before one; or because that could not be started."),
  made: z.string().nullable().describe("Of the backup: when it was made."),
};

const state = z.strictObject({
  upload: z
    .strictObject({
      file: z.string(),
      size: z.int(),
      received: z.int(),
      made: z.string().nullable().describe("Null: too little of it is there yet."),
      version: z.string().nullable(),
      isSealed: z.boolean().nullable(),
    })
    .nullable()
    .describe("What was sent; forgotten when nobody goes on with it for an hour."),
  content: content.nullable().describe("Null: it was not checked yet."),
  agreed: z
    .strictObject({
      ...replaced,
      calls: z.int().nullable().describe("So many are up yet; null: not known."),
    })
    .nullable()
    .describe("What takes the place of what is here when the server begins anew."),
  before: z
    .strictObject({
      ...replaced,
      sentence: z.string().nullable().describe("Why it could not be started."),
      bytes: z.int(),
    })
    .nullable()
    .describe("What the last restore has replaced, which can be gone back to."),
});

/** Who has signed in shows the password again; a token has none. */
const password = z.string().min(1).max(1024).optional();
const waitSeconds = z
  .int()
  .min(0)
  .max(3600)
  .default(60)
  .describe("New calls are refused from now on; those that are up end by themselves, or after so long.");

export const restoreRoutes = {
  state: route({
    id: "restore.state",
    method: "GET",
    path: "/backup/restore",
    summary: "Say how far a restore is, and what the last one has replaced",
    role: "administrator",
    answer: state,
    problems: [],
  }),
  upload: route({
    id: "restore.upload",
    method: "POST",
    path: "/backup/restore/upload",
    summary:
      "Take a backup file, or the part of it that begins at `offset`: a part has 30 seconds; the server keeps it beside what is there and changes nothing",
    role: "administrator",
    query: z.strictObject({
      /** The file's name, which is only ever shown. */
      file: z.string().min(1).max(500).default("The backup"),
      size: z.coerce.number().int().min(1).describe("Octets of the whole file."),
      offset: z.coerce.number().int().min(0).default(0),
    }),
    body: { raw: "octets", contentType: "application/octet-stream" },
    answer: z.strictObject({ received: z.int(), size: z.int() }),
    problems: ["restoring", "wrongOffset", "backupTooLarge", "backupUnusable", "diskFull", "notRestored"],
  }),
  check: route({
    id: "restore.check",
    method: "POST",
    path: "/backup/restore/check",
    summary: "Unpack what was sent, look whether it can be used, and say what it has; nothing is changed",
    role: "administrator",
    body: z.strictObject({
      /** Of a backup that is sealed. */
      passphrase: z.string().max(200).optional(),
    }),
    bodyLimit: 4096,
    answer: content,
    problems: ["notFound", "restoring", "backupUnusable", "diskFull", "notRestored"],
  }),
  agree: route({
    id: "restore.agree",
    method: "POST",
    path: "/backup/restore",
    summary:
      "Have what was checked take the place of everything that is here: calls end, the server begins anew, everybody signs in again",
    role: "administrator",
    body: z.strictObject({
      seen: z.string().min(1).max(100).describe("`id` of what was checked; another one is not restored."),
      password,
      waitSeconds,
    }),
    bodyLimit: 4096,
    answer: state,
    status: 202,
    problems: [
      "notFound",
      "notSeen",
      "restoring",
      "noSession",
      "wrongPassword",
      "openIdRefused",
      "diskFull",
      "notRestored",
      "notSaved",
    ],
  }),
  back: route({
    id: "restore.back",
    method: "POST",
    path: "/backup/restore/back",
    summary: "Go back to what the last restore has replaced, in the same way",
    role: "administrator",
    body: z.strictObject({ password, waitSeconds }),
    bodyLimit: 4096,
    answer: state,
    status: 202,
    problems: [
      "notFound",
      "restoring",
      "noSession",
      "wrongPassword",
      "openIdRefused",
      "diskFull",
      "notRestored",
      "notSaved",
    ],
  }),
  forget: route({
    id: "restore.forget",
    method: "DELETE",
    path: "/backup/restore/upload",
    summary: "Forget a backup that was sent",
    role: "administrator",
    answer: "nothing",
    problems: ["restoring", "diskFull", "notRestored"],
  }),
  forgetBefore: route({
    id: "restore.forgetBefore",
    method: "DELETE",
    path: "/backup/restore/before",
    summary: "Delete what the last restore has replaced, for good",
    role: "administrator",
    answer: "nothing",
    problems: ["notFound", "restoring", "diskFull", "notRestored"],
  }),
} as const;
