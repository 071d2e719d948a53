import { z } from "zod";
import { cidr } from "../../model/entities/fields.ts";
import { roleSchema as role } from "./role.ts";
import { route } from "./route.ts";
import { signedIn } from "./session.ts";

const word = z.string().min(1).max(200);
const domain = z
  .string()
  .max(253)
  .toLowerCase()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "A domain is like example.com.");

/** https, but for a server on this machine. */
const issuer = z
  .string()
  .max(500)
  .regex(
    /^(?:https:\/\/[^\s/?#@]+|http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?)(?:\/[^\s?#]*)?$/,
    "The issuer is an https address, as the server itself writes it.",
  );

/** The query with which the server sent the browser back. */
const answer = z
  .string()
  .min(1)
  .max(8192)
  .describe("The query of the address that the browser was sent back to.");

const password = z
  .string()
  .min(1)
  .max(1024)
  .optional()
  .describe("The present one; of who has none, nothing.");

const finding = z.strictObject({
  what: z.enum(["server", "client", "signInPage"]),
  state: z
    .enum(["good", "bad", "unknown"])
    .describe("`unknown`: it cannot be told without somebody who signs in."),
  sentence: z.string(),
});

const given = z.strictObject({
  label: word.describe("What the button of the sign-in page says."),
  issuer: issuer.describe("`https://login.example/realms/office`; on this machine it may be http."),
  clientId: word,
  clientSecret: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe("Answered as `***`; sent as `***` it stays. Without one the client is public."),
  scope: z
    .string()
    .max(300)
    .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/)
    .refine((text) => text.split(" ").includes("openid"), "The scope has openid in it.")
    .default("openid email profile"),
  allowedDomains: z
    .array(domain)
    .max(100)
    .default([])
    .describe("Only people with a verified e-mail address of these; of none: whoever the server knows."),
  roles: z
    .strictObject({
      claim: z
        .string()
        .max(200)
        .default("")
        .describe(
          "Whose values decide, as `groups` or `realm_access.roles`; empty: everybody has `otherwise`.",
        ),
      values: z
        .array(z.strictObject({ value: word, role }))
        .max(100)
        .default([]),
      otherwise: role.optional().describe("Of whom the claim says nothing; absent: they may not come in."),
    })
    .prefault({}),
  networks: z
    .array(cidr)
    .max(20)
    .default([])
    .describe("Networks that are not public in which the server may be, as `10.1.0.0/16`."),
});

export const openIdSettings = given.extend({
  revision: z.int(),
  changedAt: z.int(),
  changedBy: z.string(),
});

export type OpenIdAnswer = z.output<typeof openIdSettings>;

export const openIdRoutes = {
  get: route({
    id: "openId.get",
    method: "GET",
    path: "/sign-in/openid",
    summary: "Show the OpenID server that people may sign in by",
    role: "administrator",
    answer: openIdSettings,
    problems: ["notFound"],
    etag: true,
  }),
  put: route({
    id: "openId.put",
    method: "PUT",
    path: "/sign-in/openid",
    summary: "Set the OpenID server that people may sign in by",
    role: "administrator",
    body: given,
    bodyLimit: 64 * 1024,
    answer: openIdSettings,
    problems: ["notFound", "stale", "invalidOpenId", "lastAdministrator", "notSaved"],
    etag: true,
  }),
  remove: route({
    id: "openId.remove",
    method: "DELETE",
    path: "/sign-in/openid",
    summary: "Let nobody sign in by an OpenID server any more",
    role: "administrator",
    answer: "nothing",
    problems: ["notFound", "stale", "lastAdministrator", "notSaved"],
    etag: true,
  }),
  check: route({
    id: "openId.check",
    method: "POST",
    path: "/sign-in/openid/check",
    summary: "Try settings of an OpenID server, saved or not: does it answer, does it take the client",
    role: "administrator",
    body: given,
    bodyLimit: 64 * 1024,
    answer: z.strictObject({ items: z.array(finding) }),
    problems: ["invalidOpenId", "notSaved"],
  }),
  begin: route({
    id: "session.openId.begin",
    method: "POST",
    path: "/session/openid",
    summary:
      "Begin to sign in by the OpenID server: where the browser goes, and a cookie by which it is known again",
    role: "open",
    body: z.strictObject({}),
    bodyLimit: 1024,
    answer: z.strictObject({ href: z.string() }),
    problems: ["openIdOff", "openIdFailed", "plainHttp", "notSaved"],
  }),
  finish: route({
    id: "session.openId.finish",
    method: "POST",
    path: "/session/openid/finish",
    summary: "Sign in whom the OpenID server has sent back; the answer sets a cookie",
    role: "open",
    body: z.strictObject({ answer }),
    bodyLimit: 16 * 1024,
    answer: signedIn,
    problems: ["openIdOff", "openIdFailed", "openIdRefused", "plainHttp", "notSaved"],
  }),
  link: route({
    id: "session.openId.link",
    method: "POST",
    path: "/session/openid/link",
    summary:
      "Begin to link oneself to an account at the OpenID server: where the browser goes, and a cookie by which it is known again",
    role: "viewer",
    body: z.strictObject({ password }),
    bodyLimit: 4096,
    answer: z.strictObject({ href: z.string() }),
    problems: [
      "noSession",
      "notFound",
      "wrongPassword",
      "openIdOff",
      "openIdFailed",
      "openIdRefused",
      "notSaved",
    ],
  }),
  finishLink: route({
    id: "session.openId.link.finish",
    method: "POST",
    path: "/session/openid/link/finish",
    summary: "Link oneself to the account that the OpenID server says the browser came back with",
    role: "viewer",
    body: z.strictObject({ answer }),
    bodyLimit: 16 * 1024,
    answer: "nothing",
    problems: ["noSession", "notFound", "openIdOff", "openIdFailed", "openIdRefused", "notSaved"],
  }),
  unlink: route({
    id: "session.openId.unlink",
    method: "POST",
    path: "/session/openid/unlink",
    summary: "Undo the own link to an account at the OpenID server; all other sessions end",
    role: "viewer",
    body: z.strictObject({ password }),
    bodyLimit: 4096,
    answer: "nothing",
    problems: ["noSession", "notFound", "wrongPassword", "openIdRefused", "notSaved"],
  }),
} as const;
