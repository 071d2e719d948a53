import { z } from "zod";

/** Query of `GET /api/v1/calls`; lists are newest first. */
export const callListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** The id of the last call of a page: gives the ones before it. */
  before: z.string().max(128).optional(),
  result: z
    .enum(["completed", "noAnswer", "busy", "rejected", "cancelled", "failed", "refused", "ongoing"])
    .optional(),
  /** Kinds with commas between them: `stranger,registration` lists what strangers tried. */
  kind: z
    .string()
    .default("call")
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(["call", "stranger", "registration"])).max(3)),
  /** Caller or called number, exactly. */
  party: z.string().max(64).optional(),
});

/** Path of `GET /api/v1/calls/:id`: an id, or the beginning of one. */
export const callParameters = z.strictObject({ id: z.string().min(1).max(128) });
