import { z } from "zod";
import { route } from "./route.ts";

const job = z.strictObject({
  id: z.string(),
  kind: z.enum(["applyFile", "convertSound", "speakText", "receiveBackup", "checkBackup"]),
  about: z.string().describe("The name of the file; of a text that is spoken its beginning."),
  by: z.string(),
  state: z.enum(["running", "done", "failed"]),
  done: z.int().describe("Of `of` parts; both 0 while that is not known."),
  of: z.int(),
  sentence: z.string().describe("What is being done, or how it ended."),
  startedAt: z.int().describe("Milliseconds since the epoch."),
  endedAt: z.int().nullable().describe("Null while it runs."),
});

export const jobRoutes = {
  list: route({
    id: "jobs.list",
    method: "GET",
    path: "/jobs",
    summary:
      "What takes long and is under way, and what was; the newest first. Events of `job.progress` tell of the same",
    role: "editor",
    answer: z.strictObject({ items: z.array(job) }),
    problems: [],
  }),
  get: route({
    id: "jobs.get",
    method: "GET",
    path: "/jobs/:id",
    summary: "How far a job has come",
    role: "editor",
    params: z.strictObject({ id: z.string().min(1).max(64) }),
    answer: job,
    problems: ["notFound"],
  }),
} as const;
