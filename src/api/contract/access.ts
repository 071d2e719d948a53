import { z } from "zod";
import type { Ban, PhoneStatus } from "../../model/access.ts";
import type { TrunkStatus } from "../../model/trunk-status.ts";
import { route, typed } from "./route.ts";

/** Path of `DELETE /api/v1/bans/:what`: an extension or an address, as the list shows it. */
const banParameters = z.strictObject({ what: z.string().min(1).max(128) });

const phone = typed<PhoneStatus>("A phone: `extension`, `name`, `contacts`, `lastFailure`.");
const trunk = typed<TrunkStatus>(
  "A trunk: `name`, `kind`, `state`, `hosts`, `address`, `targets`, `lastAnswer` …",
);
const ban = typed<Ban>("`kind` (slowed or banned), `what`, `since`, `until`, `why`.");
const lifted = z.strictObject({ lifted: z.int() });

export const accessRoutes = {
  phones: route({
    id: "phones.status",
    method: "GET",
    path: "/phones/status",
    summary: "List every phone: where it is registered, since when, and its last failed login",
    role: "viewer",
    answer: z.strictObject({ phones: z.array(phone) }),
    problems: ["noAnswer"],
  }),
  trunks: route({
    id: "trunks.status",
    method: "GET",
    path: "/trunks/status",
    summary: "List every trunk: whether it is up, and why one is not",
    role: "viewer",
    answer: z.strictObject({ trunks: z.array(trunk) }),
    problems: ["noAnswer"],
  }),
  bans: route({
    id: "bans.list",
    method: "GET",
    path: "/bans",
    summary: "List who is banned for a flood or slowed down for wrong passwords, why and until when",
    role: "operator",
    answer: z.strictObject({ bans: z.array(ban) }),
    problems: ["noAnswer"],
  }),
  liftAll: route({
    id: "bans.liftAll",
    method: "DELETE",
    path: "/bans",
    summary: "Let everybody start anew",
    role: "operator",
    answer: lifted,
    problems: ["noAnswer"],
  }),
  lift: route({
    id: "bans.lift",
    method: "DELETE",
    path: "/bans/:what",
    summary: "Let an address or an extension start anew",
    role: "operator",
    params: banParameters,
    answer: lifted,
    problems: ["noAnswer", "noSuchBan"],
  }),
} as const;
