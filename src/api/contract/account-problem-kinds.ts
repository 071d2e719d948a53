import type { ApiProblemKind } from "./problem-kind.ts";

/** Who comes in, and how: what may be wrong with a host, a sign-in, a password, a user. */
export const ACCOUNT_PROBLEMS = {
  wrongHost: {
    status: 421,
    title: "Not this server",
    sentence:
      "The header Host names none of the addresses or names of this server. `--http-name` adds one, so that no other page can pass itself off as this one.",
  },
  crossSite: {
    status: 403,
    title: "From another page",
    sentence:
      "A request that changes something comes from a page of another address, or does not say from which page. Programs use a token instead of a cookie.",
  },
  wrongContentType: {
    status: 415,
    title: "Wrong content type",
    sentence: "A body has a content type that no form of a page can send, as `application/json`.",
  },
  plainHttp: {
    status: 403,
    title: "Not over plain HTTP",
    sentence:
      "A password would go over the network readable for all. Use HTTPS, or this machine itself; `--http-plain allow` allows it all the same.",
  },
  wrongSignIn: {
    status: 401,
    title: "Not signed in",
    sentence: "The name, the password or the code is wrong. Which of them is not said.",
  },
  codeNeeded: {
    status: 401,
    title: "Code needed",
    sentence: "This user has a second factor: send the six digits of the authenticator along as `totp`.",
  },
  linkIsOver: {
    status: 410,
    title: "Link is over",
    sentence: "A one-time link is good once, and for 30 minutes. `switchhook user link` makes a new one.",
  },
  openIdOff: {
    status: 404,
    title: "No OpenID server",
    sentence: "An administrator has set no server that people may sign in by.",
  },
  openIdFailed: {
    status: 502,
    title: "The OpenID server did not sign you in",
    sentence: "It cannot be asked, refused, or gave an answer that cannot be trusted. `detail` says which.",
  },
  openIdRefused: {
    status: 403,
    title: "You may not sign in by the OpenID server",
    sentence: "The server knows you, and the settings here do not let you in. `detail` says why.",
  },
  invalidOpenId: {
    status: 422,
    title: "Settings of the OpenID server do not fit",
    sentence: "`detail` says what does not fit to what.",
  },
  noSession: {
    status: 409,
    title: "No session",
    sentence: "This is for a person who has signed in, and a token was shown.",
  },
  nameTaken: {
    status: 409,
    title: "Name taken",
    sentence: "There is one of this name already; names differ in more than upper and lower case.",
  },
  badPassword: {
    status: 422,
    title: "Password refused",
    sentence: "The password is too short, too long or easy to guess; `detail` says which.",
  },
  wrongPassword: {
    status: 422,
    title: "Wrong password",
    sentence: "The present password, which a new one has to be sent with, is wrong.",
  },
  wrongCode: {
    status: 422,
    title: "Wrong code",
    sentence: "The code of the second factor is wrong, was used before, or there is one in force already.",
  },
  lastAdministrator: {
    status: 409,
    title: "Last administrator",
    sentence: "The only administrator cannot go or get a lesser role: make another one first.",
  },
  tooMany: {
    status: 409,
    title: "Too many",
    sentence: "There are as many of these as there may be.",
  },
} as const satisfies Readonly<Record<string, ApiProblemKind>>;
