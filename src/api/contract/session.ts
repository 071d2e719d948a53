import { z } from "zod";
import { keptInFile } from "./company-file.ts";
import { roleSchema as role } from "./role.ts";
import { route } from "./route.ts";

/** What a person types when signing in; bounds only, so that a wrong one looks like any other. */
const name = z.string().min(1).max(200);
const password = z.string().min(1).max(1024);
const secret = z.string().min(1).max(100);

/** Who is signed in, and what this server offers. */
export const signedIn = z.strictObject({
  signedIn: z.literal(true),
  /** Undefined: a token, which is no person. */
  userId: z.string().optional(),
  name: z.string(),
  role,
  via: z.enum(["token", "session", "local"]),
  /** Whether a code is asked for when signing in. */
  secondFactor: z.boolean(),
  hasPassword: z.boolean(),
  /** Another server that people may sign in by, and whether this user is linked to an account there; absent: there is neither. */
  openId: z.strictObject({ label: z.string(), isOn: z.boolean(), isLinked: z.boolean() }).optional(),
  /** The password may be replaced without the one before: a one-time link was used. */
  mayResetPassword: z.boolean(),
  /** When the session ends whatever happens, ms since the epoch; absent of a token. */
  endsAt: z.int().optional(),
  /** So long without a request, in ms, ends it too. */
  idleMs: z.int().optional(),
  /** Absent: nothing has been applied yet. */
  home: z.strictObject({ country: z.string(), timeZone: z.string() }).optional(),
  /** The company file in which alone the configuration is changed; absent: it is changed here. */
  keptIn: keptInFile.optional(),
  version: z.string(),
});

export type SignedInAnswer = z.output<typeof signedIn>;

export const signedOut = z.strictObject({
  signedIn: z.literal(false),
  /** Nobody can sign in yet: the link that the start printed makes the first administrator. */
  needsSetup: z.boolean(),
  /** Another server that people may sign in by: what to write on the button. */
  openId: z.strictObject({ label: z.string() }).optional(),
});

const sessionEntry = z.strictObject({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  createdAt: z.int(),
  lastSeenAt: z.int(),
  address: z.string(),
  /** What the browser calls itself. */
  agent: z.string(),
  /** The one that asks. */
  isOwn: z.boolean(),
});

const id = z.strictObject({ id: z.string().min(1).max(64) });

const code = z.strictObject({ code: z.string().min(1).max(20) });

export const sessionRoutes = {
  get: route({
    id: "session.get",
    method: "GET",
    path: "/session",
    summary: "Say who is signed in, and how one may sign in",
    role: "open",
    answer: z.discriminatedUnion("signedIn", [signedIn, signedOut]),
    problems: [],
  }),
  begin: route({
    id: "session.begin",
    method: "POST",
    path: "/session",
    summary: "Sign in, by name and password or by a one-time link; the answer sets a cookie",
    role: "open",
    body: z.union([
      z.strictObject({ name, password, totp: z.string().max(20).optional() }),
      z.strictObject({ link: secret }),
    ]),
    bodyLimit: 4096,
    answer: signedIn,
    problems: ["wrongSignIn", "codeNeeded", "linkIsOver", "plainHttp", "notSaved"],
  }),
  setUp: route({
    id: "setup",
    method: "POST",
    path: "/setup",
    summary: "Make the first administrator, by the link that a start without users prints, and sign in",
    role: "open",
    body: z.strictObject({ secret, name, password }),
    bodyLimit: 4096,
    answer: signedIn,
    problems: ["linkIsOver", "badPassword", "nameTaken", "plainHttp", "notSaved"],
  }),
  signOut: route({
    id: "session.end",
    method: "DELETE",
    path: "/session",
    summary: "Sign out",
    role: "viewer",
    answer: "nothing",
    problems: ["noSession", "notSaved"],
  }),
  list: route({
    id: "sessions.list",
    method: "GET",
    path: "/sessions",
    summary: "List who is signed in, and where; whoever is no administrator sees the own ones",
    role: "viewer",
    answer: z.strictObject({ items: z.array(sessionEntry), next: z.null() }),
    problems: [],
  }),
  end: route({
    id: "sessions.end",
    method: "DELETE",
    path: "/sessions/:id",
    summary: "End a session: an own one, or as an administrator anybody's",
    role: "viewer",
    params: id,
    answer: "nothing",
    problems: ["notFound", "notSaved"],
  }),
  password: route({
    id: "session.password",
    method: "PUT",
    path: "/session/password",
    summary: "Replace the own password; all other sessions end",
    role: "viewer",
    body: z.strictObject({ current: password.optional(), password }),
    bodyLimit: 4096,
    answer: "nothing",
    problems: ["noSession", "notFound", "wrongPassword", "openIdRefused", "badPassword", "notSaved"],
  }),
  beginTotp: route({
    id: "session.totp.begin",
    method: "POST",
    path: "/session/totp",
    summary:
      "Begin a second factor, with the present password: its secret, shown once, to be put into an authenticator",
    role: "viewer",
    body: z.strictObject({ password: password.optional() }),
    bodyLimit: 4096,
    answer: z.strictObject({
      /** Base32, to be typed. */
      secret: z.string(),
      /** `otpauth://totp/…`, to be shown as a QR code. */
      address: z.string(),
    }),
    problems: ["noSession", "notFound", "wrongCode", "wrongPassword", "openIdRefused", "notSaved"],
  }),
  confirmTotp: route({
    id: "session.totp.confirm",
    method: "POST",
    path: "/session/totp/confirm",
    summary: "Put the second factor in force, with a code that the authenticator shows",
    role: "viewer",
    body: code,
    bodyLimit: 4096,
    answer: "nothing",
    problems: ["noSession", "wrongCode", "notFound", "notSaved"],
  }),
  removeTotp: route({
    id: "session.totp.remove",
    method: "POST",
    path: "/session/totp/remove",
    summary: "Remove the own second factor, with a code of it",
    role: "viewer",
    body: code,
    bodyLimit: 4096,
    answer: "nothing",
    problems: ["noSession", "wrongCode", "notFound", "notSaved"],
  }),
} as const;
