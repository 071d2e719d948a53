import { ACCOUNT_PROBLEMS } from "./account-problem-kinds.ts";
import type { ApiProblemKind } from "./problem-kind.ts";

/** Every problem that the API answers with; docs/reference/errors.md is made of it. */
export const API_PROBLEMS = {
  // Any request.
  badRequest: {
    status: 400,
    title: "Not accepted",
    sentence: "The request cannot be read as HTTP has it; `detail` says what about it.",
  },
  wrongParameters: {
    status: 400,
    title: "Wrong parameters",
    sentence: "A part of the path or the query is not as this route has it. `problems` names each.",
  },
  wrongBody: {
    status: 400,
    title: "Wrong body",
    sentence: "The body is no JSON, or not as this route has it. `problems` points into it.",
  },
  notAuthorised: {
    status: 401,
    title: "Not authorised",
    sentence: "The request shows no token, or a wrong one. Send `Authorization: Bearer TOKEN`.",
  },
  notAllowed: {
    status: 403,
    title: "Not allowed",
    sentence: "You are signed in, and your role may not do this. `needs` is the least role that may.",
  },
  notFound: {
    status: 404,
    title: "Not found",
    sentence: "There is nothing at this address.",
  },
  tooSlow: {
    status: 408,
    title: "Too slow",
    sentence: "The request did not come to its end in time. Send it again.",
  },
  tooLarge: {
    status: 413,
    title: "Too large",
    sentence: "The body has more octets than this route takes.",
  },
  expectationNotMet: {
    status: 417,
    title: "Expectation not met",
    sentence: "The header Expect may say 100-continue and nothing else.",
  },
  tooManyRequests: {
    status: 429,
    title: "Too many requests",
    sentence: "You ask more often than is allowed. Retry-After says when to come again.",
  },
  headTooLarge: {
    status: 431,
    title: "Head too large",
    sentence: "The head of a request has at most 16 KiB.",
  },
  fault: {
    status: 500,
    title: "Error",
    sentence: "Something went wrong in the server. Its log says what, under the same `requestId`.",
  },
  busy: {
    status: 503,
    title: "Busy",
    sentence: "The server does as much of this as it may at once. Retry-After says when to come again.",
  },
  noAnswer: {
    status: 503,
    title: "No answer",
    sentence: "The calls' side of the server did not answer within a second. Try again; calls may go on.",
  },
  // Existing things.
  noConfiguration: {
    status: 404,
    title: "No configuration",
    sentence: "Nothing has been applied yet. Apply a company file, or write the settings.",
  },
  nothingToApply: {
    status: 400,
    title: "Nothing to apply",
    sentence: "The body is the company file, in YAML or JSON, and it is empty.",
  },
  companyFileErrors: {
    status: 422,
    title: "The company file has errors",
    sentence: "The file was refused whole. `problems` says what, with file, line and column.",
  },
  noSuchCall: {
    status: 404,
    title: "No such call",
    sentence: "There is no call with this id, or the beginning of an id is that of several calls.",
  },
  noSuchBan: {
    status: 404,
    title: "No such ban",
    sentence: "Nothing of this name is banned or slowed down.",
  },
  noSuchMessage: {
    status: 404,
    title: "No such message",
    sentence: "There is no audio message of this name, or it has not been converted yet.",
  },
  noSuchSound: {
    status: 404,
    title: "No such sound",
    sentence: "There is no sound with this content. Send it.",
  },
  soundTooLarge: {
    status: 413,
    title: "The sound cannot be used",
    sentence: "A sound file has at most 20 MiB.",
  },
  soundUnusable: {
    status: 422,
    title: "The sound cannot be used",
    sentence: "The octets are no sound that can be converted. `detail` says why.",
  },
  nothingToSpeak: {
    status: 400,
    title: "Nothing to speak",
    sentence: "The body is the text to speak, 1 to 2,000 characters.",
  },
  notSpoken: {
    status: 422,
    title: "Not spoken",
    sentence: "The text could not be spoken. `detail` says why.",
  },
  notChanged: {
    status: 409,
    title: "Not changed",
    sentence: "The change is refused. `detail` says why.",
  },
  notReloaded: {
    status: 409,
    title: "Not reloaded",
    sentence: "The certificate's files cannot be used. The one in force stays. `detail` says why.",
  },
  // Writes.
  noIfMatch: {
    status: 428,
    title: "If-Match is missing",
    sentence: "Say which revision you have seen: send the ETag of your last GET as the header If-Match.",
  },
  badIfMatch: {
    status: 400,
    title: "If-Match cannot be read",
    sentence: 'The header If-Match is the ETag of an answer, as in `"3"`, or `*` for whatever is there.',
  },
  stale: {
    status: 412,
    title: "Changed meanwhile",
    sentence: "Somebody else was faster. `current` is what is there now; make your change to that.",
  },
  noIdempotencyKey: {
    status: 400,
    title: "Idempotency-Key is missing",
    sentence:
      "Send a header Idempotency-Key with a value of your own, so that a repeated request does not make a second thing.",
  },
  idempotencyKeyReused: {
    status: 422,
    title: "Idempotency-Key used before",
    sentence: "This Idempotency-Key came with another request in the last 24 hours. Take a new one.",
  },
  idempotencyKeyInUse: {
    status: 409,
    title: "Still working on it",
    sentence: "A request with this Idempotency-Key is being worked on. Ask again in a moment.",
  },
  noSuchEntity: {
    status: 404,
    title: "No such thing",
    sentence: "There is nothing of this kind with this id: it was never there, or is in the trash.",
  },
  badCursor: {
    status: 400,
    title: "Cursor cannot be read",
    sentence: "`cursor` is the `next` of a page of this very list, with the same `sort`.",
  },
  invalid: {
    status: 422,
    title: "Not valid",
    sentence:
      "The document has errors, or would make some in others. `problems` names each. Nothing was changed.",
  },
  taken: {
    status: 409,
    title: "The name is taken",
    sentence: "Another one has this name or number; `by` says which. Nothing was changed.",
  },
  used: {
    status: 409,
    title: "Still in use",
    sentence: "Others need it under this name; `users` lists them. Nothing was changed.",
  },
  full: {
    status: 409,
    title: "No more of these",
    sentence: "There may be no more of this kind. Nothing was changed.",
  },
  keptInFile: {
    status: 409,
    title: "Kept in a company file",
    sentence:
      "A company file has `keptIn: file`: what is in it is changed there. `keptIn` says which file; an administrator can take over here.",
  },
  companyFileConflicts: {
    status: 409,
    title: "Changed here too",
    sentence:
      "What the file changes was changed here since it was made. `problems` names each thing, who changed it and when. Nothing was changed; `overwrite` takes the file.",
  },
  noSuchFix: {
    status: 404,
    title: "No such fix",
    sentence: "This call was not refused, or for another reason, or what the fix would change is gone.",
  },
  noSuchChoice: {
    status: 422,
    title: "No such choice",
    sentence: "Name the dial plan or the trunk that the fix is for; `choices` lists them.",
  },
  noSuchWebhook: {
    status: 404,
    title: "No such webhook",
    sentence: "There is no webhook with this id; it was never there, or is in the trash.",
  },
  noListener: {
    status: 409,
    title: "Nobody listens",
    sentence: "This server hears SIP over UDP on no IPv4 address of this machine, which a test call needs.",
  },
  tooManyFollowers: {
    status: 503,
    title: "Too many follow",
    sentence: "A hundred connections follow events, which is the limit. Retry-After says when to come again.",
  },
  tooManyTrials: {
    status: 429,
    title: "Too many trials",
    sentence: "Webhooks are tried four at once and thirty times a minute. Try again in a moment.",
  },
  notSaved: {
    status: 503,
    title: "Not applied",
    sentence:
      "The store could not save the change, or the server did not take it over in time. `detail` says which.",
  },
  noBackup: {
    status: 503,
    title: "No backup",
    sentence: "The backup could not be written. `detail` says why.",
  },
  restoring: {
    status: 409,
    title: "A restore is agreed to",
    sentence:
      "The server begins anew with what was agreed to as soon as calls are over. Nothing was changed.",
  },
  notSeen: {
    status: 409,
    title: "Another backup is here now",
    sentence:
      "What was checked last is not what `seen` names: somebody sent another backup meanwhile. Look what it has. Nothing was changed.",
  },
  wrongOffset: {
    status: 409,
    title: "The upload goes on elsewhere",
    sentence:
      "The part does not begin where the one before ended. Send what begins at `received`; 0 begins anew.",
  },
  backupTooLarge: {
    status: 413,
    title: "The backup is too large",
    sentence:
      "A backup that is sent has at most 64 GiB; `switchhook restore` on the server takes larger ones.",
  },
  backupUnusable: {
    status: 422,
    title: "The backup cannot be used",
    sentence:
      "The file is no backup, is cut short or damaged, its passphrase is another one, or a newer release made it. `detail` says which. Nothing was changed.",
  },
  notRestored: {
    status: 503,
    title: "Not restored",
    sentence: "What a restore needs could not be written. `detail` says why. Nothing was changed.",
  },
  diskFull: {
    status: 507,
    title: "Disk full",
    sentence: "There is no room to save the change. Calls go on; nothing was changed.",
  },
  // Dial plans: drafts and versions.
  noSuchPlan: {
    status: 404,
    title: "No such dial plan",
    sentence: "There is no dial plan with this id.",
  },
  noSuchVersion: {
    status: 404,
    title: "No such version",
    sentence:
      "The dial plan has no such version, or it is not kept any more: the newest 100 are, and those that a kept call took.",
  },
  nothingToPublish: {
    status: 409,
    title: "Nothing to publish",
    sentence: "The dial plan has no draft: it was published or thrown away meanwhile.",
  },
  planProblems: {
    status: 422,
    title: "The dial plan has problems",
    sentence:
      "It cannot be published, or walked, as it is. `problems` has each with its step, and often a suggestion.",
  },
  ...ACCOUNT_PROBLEMS,
} as const satisfies Readonly<Record<string, ApiProblemKind>>;

export type ApiProblemCode = keyof typeof API_PROBLEMS;

/** What any route may answer; routes do not name these. */
export const ANY_ROUTE = [
  "badRequest",
  "wrongParameters",
  "wrongBody",
  "notAuthorised",
  "notAllowed",
  "tooSlow",
  "tooLarge",
  "expectationNotMet",
  "tooManyRequests",
  "headTooLarge",
  "fault",
  "busy",
] as const satisfies readonly ApiProblemCode[];
