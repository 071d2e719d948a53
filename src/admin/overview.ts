import type { Said } from "../lib/said.ts";
import { hoursOfDay } from "../lib/zoned-time.ts";
import type { AccessReport } from "../model/access.ts";
import type { CallResult } from "../model/call-record.ts";
import type { Entities } from "../model/entities/entities.ts";
import { weaknessOf } from "../model/entities/phone.ts";
import type { CallDay } from "../model/repositories.ts";
import type { ServerStatus } from "../model/server-status.ts";
import type { TrunkStatus } from "../model/trunk-status.ts";
import type { WebhookHealth, WebhookHealths } from "./webhook-health.ts";

/** Something that somebody should look at: a code with its arguments, and the sentence. */
export interface Attention {
  readonly code: "webhookFailing" | "numberWithoutPlan" | "trunkDown" | "callsSideSilent" | "weakPassword";
  readonly args: Readonly<Record<string, string | number>>;
  readonly text: string;
  /** Of a trunk: what is in its way, where that is no answer of a peer. */
  readonly answer?: Said;
}

/** What there is to see at a glance. */
export interface Overview {
  /** Calls that are up; undefined: the calls' side does not answer. */
  readonly callsNow: number | undefined;
  /** Since midnight where the company is. */
  readonly today: {
    readonly since: number;
    readonly all: number;
    readonly byResult: Readonly<Partial<Record<CallResult, number>>>;
    /** Calls by the hour that the clocks showed when they began, 0 to 23. */
    readonly perHour: readonly number[];
  };
  readonly phones: { readonly registered: number; readonly all: number };
  readonly trunks: { readonly up: number; readonly all: number };
  readonly numbers: { readonly withPlan: number; readonly all: number };
  readonly webhooks: readonly ({ readonly id: string; readonly key: string } & WebhookHealth)[];
  readonly needsYou: readonly Attention[];
}

export interface OverviewParts {
  readonly healths: WebhookHealths;
  entities(): Entities;
  /** Calls of a day; `hours`: when each of its hours begins. */
  day(hours: readonly number[]): Promise<CallDay>;
  status(): Promise<ServerStatus | undefined>;
  access(): Promise<AccessReport | undefined>;
  wall(): number;
}

/** The health of so many webhooks is looked up; there may be 2,000. */
const MOST_WEBHOOKS = 50;

/** Looks at everything once. */
export async function overview(parts: OverviewParts): Promise<Overview> {
  const entities = parts.entities();
  const wall = parts.wall();
  const hours = hoursOfDay(wall, entities.get("settings", "")?.document.home.timeZone ?? "UTC");
  const numbers = entities.all("number");
  const [status, access, day] = await Promise.all([parts.status(), parts.access(), parts.day(hours)]);
  const webhooks: Overview["webhooks"][number][] = [];
  for (const { id, document } of entities.all("webhook").slice(0, MOST_WEBHOOKS))
    webhooks.push({ id, key: document.name, ...(await parts.healths.named(document.name)) });
  const down = (access?.trunks ?? []).filter((trunk) => !isUp(trunk));
  const perHour = Array<number>(24).fill(0);
  const byResult: Partial<Record<CallResult, number>> = {};
  for (const { hour, result, calls } of day.counts) {
    perHour[hour] = (perHour[hour] ?? 0) + calls;
    byResult[result] = (byResult[result] ?? 0) + calls;
  }
  return {
    callsNow: status?.gauges["switchhook_calls_active"],
    today: {
      since: hours[0] ?? wall,
      all: perHour.reduce((sum, calls) => sum + calls, 0),
      byResult,
      perHour,
    },
    phones: {
      registered: access?.registered ?? 0,
      all: entities.all("phone").length,
    },
    trunks: { up: (access?.trunks.length ?? 0) - down.length, all: entities.all("trunk").length },
    numbers: {
      withPlan: numbers.filter(({ document }) => document.plan !== undefined).length,
      all: numbers.length,
    },
    webhooks,
    needsYou: [
      ...(status === undefined ? [SILENT] : []),
      ...webhooks.filter(({ state }) => state === "failing").map(failing),
      ...down.map(trunkDown),
      ...day.withoutPlan.map(withoutPlan),
      ...weakPasswords(entities),
    ],
  };
}

function isUp({ state, kind, targets }: TrunkStatus): boolean {
  if (kind === "registration") return state === "registered" || state === "registering";
  return targets.length === 0 || targets.some((target) => target.state !== "down");
}

const SILENT: Attention = {
  code: "callsSideSilent",
  args: {},
  text: "The calls' side of the server did not answer within a second; calls may go on.",
};

function failing({ key, lately }: Overview["webhooks"][number]): Attention {
  const { failures, requests } = lately;
  const args = { webhook: key, failures, requests };
  return {
    code: "webhookFailing",
    args,
    text: `${key} failed ${failures} of its last ${requests} requests.`,
  };
}

function trunkDown({ name, state, lastAnswer }: TrunkStatus): Attention {
  const { answer: text = "no answer", code = "peer.noAnswer", args = {} } = lastAnswer ?? {};
  return {
    code: "trunkDown",
    args: { trunk: name, state, answer: text },
    text: `Trunk ${name} is not up: ${text}.`,
    // A peer's own words have no code.
    ...(lastAnswer === undefined || lastAnswer.code !== undefined ? { answer: { code, args, text } } : {}),
  };
}

/** A configuration does not change: its phones are looked at once. */
const known = new WeakMap<Entities, readonly Attention[]>();
/** Named in the sentence. */
const MOST_NAMED = 3;

/** Phones whose passwords are easily guessed, as those of examples are. */
function weakPasswords(entities: Entities): readonly Attention[] {
  const seen = known.get(entities);
  if (seen !== undefined) return seen;
  const weak = entities
    .all("phone")
    .map(({ document }) => document)
    .filter(({ extension, password = "" }) => weaknessOf(extension, password) !== undefined);
  const [first] = weak;
  const count = weak.length;
  const named = weak.slice(0, MOST_NAMED).map(({ extension }) => extension);
  const phones = `${named.join(", ")}${count > MOST_NAMED ? ", …" : ""}`;
  const text = `Passwords of ${count} ${count === 1 ? "phone" : "phones"} are easily guessed: ${phones}.`;
  const told: readonly Attention[] =
    first === undefined
      ? []
      : [{ code: "weakPassword", args: { phones, count, first: first.extension }, text }];
  known.set(entities, told);
  return told;
}

function withoutPlan({ number, calls }: CallDay["withoutPlan"][number]): Attention {
  const text = `${calls} ${calls === 1 ? "call was" : "calls were"} refused today: ${number} has no dial plan.`;
  return { code: "numberWithoutPlan", args: { number, calls }, text };
}
