import { z } from "zod";
import { route } from "./route.ts";

const schedule = z.strictObject({
  folder: z.string(),
  everyHours: z.int(),
  /** So many are kept, the newest; as many again of those that were made by hand. */
  keep: z.int(),
  isSealed: z.boolean(),
  isBeingMade: z.boolean(),
  nextAt: z.int().describe("When the next one is due, or is tried again; milliseconds since the epoch."),
  lastFailure: z
    .strictObject({ at: z.int(), sentence: z.string() })
    .nullable()
    .describe("Null: the last one was made, or none was tried since the server started."),
  items: z
    .array(
      z.strictObject({
        name: z.string(),
        madeAt: z.int(),
        bytes: z.int(),
        isByHand: z
          .boolean()
          .describe("Somebody asked for it; it takes the place of none that the clock made."),
        keptUntil: z
          .int()
          .nullable()
          .describe("When so many newer ones are there that it goes; null: it was made by hand."),
      }),
    )
    .readonly(),
});

/** The backups that are made by the clock. */
export type BackupScheduleAnswer = z.output<typeof schedule>;

export const backupRoutes = {
  scheduled: route({
    id: "backup.scheduled",
    method: "GET",
    path: "/backup/scheduled",
    summary: "List the backups that are made by the clock, and say how they are doing",
    role: "administrator",
    answer: z.strictObject({
      /** Null: the server was started without `--backup-folder`. */
      schedule: schedule.nullable(),
    }),
    problems: [],
  }),
  makeNow: route({
    id: "backup.makeNow",
    method: "POST",
    path: "/backup/scheduled",
    summary: "Have one more of the backups by the clock made now; `scheduled` says how it went",
    role: "administrator",
    body: z.strictObject({}),
    answer: z.strictObject({ schedule }),
    status: 202,
    problems: ["noBackup"],
  }),
  kept: route({
    id: "backup.kept",
    method: "GET",
    path: "/backup",
    summary: "Say how long records of calls are kept",
    role: "administrator",
    answer: z.strictObject({
      callsKeepDays: z.int(),
      isChosen: z
        .boolean()
        .describe("By the company's settings (`retention`); else by `--calls-keep-days` of the server."),
    }),
    problems: [],
  }),
  make: route({
    id: "backup.make",
    method: "POST",
    path: "/backup",
    summary:
      "Give a backup of everything, keys included, as one file that nobody reads without the passphrase; `switchhook restore` takes it",
    role: "administrator",
    body: z.strictObject({
      /** Kept nowhere: without it the file is of no use. */
      passphrase: z.string().min(8).max(200),
    }),
    answer: { raw: "octets", contentType: "application/octet-stream" },
    problems: ["busy", "noBackup"],
  }),
} as const;
