import { z } from "zod";
import { route } from "./route.ts";

export const backupRoutes = {
  kept: route({
    id: "backup.kept",
    method: "GET",
    path: "/backup",
    summary: "Say how long records of calls are kept",
    role: "administrator",
    answer: z.strictObject({
      /** A setting of the server: `--calls-keep-days`. */
      callsKeepDays: z.int(),
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
