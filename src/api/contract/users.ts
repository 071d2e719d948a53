import { z } from "zod";
import { roleSchema as role } from "./role.ts";
import { route } from "./route.ts";

const name = z.string().min(1).max(200);
const password = z.string().min(1).max(1024);
const id = z.strictObject({ id: z.string().min(1).max(64) });

export const userEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  hasPassword: z.boolean(),
  secondFactor: z.boolean(),
  /** Signs in by the OpenID server too. */
  openId: z.boolean(),
  /** Of the newest session that is open; null: none. */
  lastSeenAt: z.int().nullable(),
  revision: z.int(),
  createdAt: z.int(),
  changedAt: z.int(),
  changedBy: z.string(),
});

export type UserEntry = z.output<typeof userEntry>;

/** A link that is good once. */
const link = z.strictObject({
  /** What is behind `#`. It is shown this one time. */
  secret: z.string(),
  /** Below the address of this server: `/login#…`. */
  path: z.string(),
  expiresAt: z.int(),
});

export const userRoutes = {
  list: route({
    id: "users.list",
    method: "GET",
    path: "/users",
    summary: "List who may sign in",
    role: "administrator",
    answer: z.strictObject({ items: z.array(userEntry), next: z.null() }),
    problems: [],
  }),
  get: route({
    id: "users.get",
    method: "GET",
    path: "/users/:id",
    summary: "Show a user",
    role: "administrator",
    params: id,
    answer: userEntry,
    problems: ["notFound"],
    etag: true,
  }),
  create: route({
    id: "users.create",
    method: "POST",
    path: "/users",
    summary: "Add a user; without a password it signs in by a one-time link",
    role: "administrator",
    body: z.strictObject({ name, role, password: password.optional() }),
    bodyLimit: 4096,
    answer: userEntry,
    status: 201,
    problems: ["nameTaken", "badPassword", "tooMany", "notSaved"],
    etag: true,
  }),
  change: route({
    id: "users.change",
    method: "PATCH",
    path: "/users/:id",
    summary: "Change a user's name or role; it counts from the next request on",
    role: "administrator",
    params: id,
    body: z.strictObject({ name: name.optional(), role: role.optional() }),
    bodyLimit: 4096,
    answer: userEntry,
    problems: ["notFound", "stale", "nameTaken", "lastAdministrator", "notSaved"],
    etag: true,
  }),
  remove: route({
    id: "users.delete",
    method: "DELETE",
    path: "/users/:id",
    summary: "Remove a user; all of its sessions end",
    role: "administrator",
    params: id,
    answer: "nothing",
    problems: ["notFound", "stale", "lastAdministrator", "notSaved"],
    etag: true,
  }),
  password: route({
    id: "users.password",
    method: "PUT",
    path: "/users/:id/password",
    summary: "Set a user's password; all of its sessions end",
    role: "administrator",
    params: id,
    body: z.strictObject({ password }),
    bodyLimit: 4096,
    answer: "nothing",
    problems: ["notFound", "badPassword", "notSaved"],
  }),
  removeTotp: route({
    id: "users.totp.remove",
    method: "DELETE",
    path: "/users/:id/totp",
    summary: "Remove a user's second factor, when the telephone is lost",
    role: "administrator",
    params: id,
    answer: "nothing",
    problems: ["notFound", "notSaved"],
  }),
  unlink: route({
    id: "users.openId.remove",
    method: "DELETE",
    path: "/users/:id/openid",
    summary: "Undo a user's link to an account at the OpenID server; all of its sessions end",
    role: "administrator",
    params: id,
    answer: "nothing",
    problems: ["notFound", "lastAdministrator", "notSaved"],
  }),
  link: route({
    id: "users.link",
    method: "POST",
    path: "/users/:id/link",
    summary: "Make a one-time link that signs a user in, good for 30 minutes",
    role: "administrator",
    params: id,
    answer: link,
    status: 201,
    problems: ["notFound", "notSaved"],
  }),
  setUpLink: route({
    id: "users.setupLink",
    method: "POST",
    path: "/setup/link",
    summary: "Make a one-time link that makes an administrator, good for 30 minutes",
    role: "administrator",
    answer: link,
    status: 201,
    problems: ["notSaved"],
  }),
} as const;
