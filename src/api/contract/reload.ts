import { z } from "zod";
import { route } from "./route.ts";

export const reloadRoutes = {
  reload: route({
    id: "reload",
    method: "POST",
    path: "/reload",
    summary: "Read the certificate's files again",
    role: "administrator",
    answer: z.strictObject({ sentence: z.string() }),
    problems: ["notReloaded"],
  }),
} as const;
