import { z } from "zod";
import { roleSchema as role } from "./role.ts";
import { route } from "./route.ts";

const tokenEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  /** Its first characters, to tell it from others. */
  begins: z.string(),
  createdAt: z.int(),
  createdBy: z.string(),
  /** Exact to a minute; null: never. */
  lastUsedAt: z.int().nullable(),
  /** Null: until it is revoked. */
  expiresAt: z.int().nullable(),
});

export type TokenEntry = z.output<typeof tokenEntry>;

export const tokenRoutes = {
  list: route({
    id: "tokens.list",
    method: "GET",
    path: "/tokens",
    summary: "List the tokens by which programs use this API; none is shown whole",
    role: "administrator",
    answer: z.strictObject({ items: z.array(tokenEntry), next: z.null() }),
    problems: [],
  }),
  create: route({
    id: "tokens.create",
    method: "POST",
    path: "/tokens",
    summary: "Make a token of a role; the answer shows it, this one time",
    role: "administrator",
    body: z.strictObject({
      name: z.string().min(1).max(200),
      role,
      /** How long it is good; left out: until it is revoked. */
      days: z.int().min(1).max(3650).optional(),
    }),
    bodyLimit: 4096,
    answer: tokenEntry.extend({ token: z.string() }),
    status: 201,
    problems: ["tooMany", "notSaved"],
  }),
  revoke: route({
    id: "tokens.revoke",
    method: "DELETE",
    path: "/tokens/:id",
    summary: "Revoke a token, at once",
    role: "administrator",
    params: z.strictObject({ id: z.string().min(1).max(64) }),
    answer: "nothing",
    problems: ["notFound", "notSaved"],
  }),
} as const;
