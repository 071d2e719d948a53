import { z } from "zod";

/** Path of `DELETE /api/v1/bans/:what`: an extension or an address, as the list shows it. */
export const banParameters = z.strictObject({ what: z.string().min(1).max(128) });
