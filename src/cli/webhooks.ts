import type { WebhookStatus } from "../api/contract/overview.ts";
import type { WebhookValues } from "../dialplan/command.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import { withStop } from "../lib/sentence.ts";
import { type AccessOptions, runList } from "./access.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import type { Installation, WebhookTrial } from "./installation-port.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { timeIn } from "./times.ts";

/** `switchhook webhooks`: every webhook, how it does, and what it was asked last. */
export function runWebhooks(options: AccessOptions, output: Output): Promise<number> {
  const ask = (installation: Installation) => installation.webhooks();
  return runList(options, output, { ask, lines: webhookLines, none: "No webhooks are configured." });
}

const STATES: Readonly<Record<WebhookStatus["state"], string>> = {
  idle: "not asked for a day",
  healthy: "healthy",
  slow: "slow",
  failing: "failing",
};

/** One line for the webhook and its URL, one for its figures, its last request and its last failure. */
export function webhookLines(webhook: WebhookStatus, zone: string): readonly string[] {
  const { name, url, state, day, lately, last, lastFailure } = webhook;
  const slowest = day.p95Ms === undefined ? "" : `, 95 % within ${Math.round(day.p95Ms)} ms`;
  const asked = (request: NonNullable<WebhookStatus["last"]>): string => {
    const http = request.status === undefined ? "" : `HTTP ${request.status}, `;
    const took = `${http}${Math.round(request.elapsedMs)} ms`;
    return `${timeIn(zone, request.at)} (${took}): ${withStop(request.reason)} [${request.call}]`;
  };
  const isSame = last !== undefined && last.at === lastFailure?.at && last.call === lastFailure.call;
  return [
    `${name}  ${STATES[state]}  ${url}`,
    `    24 hours: ${day.requests} asked, ${day.failures} failed${slowest}; of the last ${lately.requests}: ${lately.failures} failed`,
    ...(last === undefined ? [] : [`    last asked ${asked(last)}`]),
    ...(lastFailure === undefined || isSame ? [] : [`    last failed ${asked(lastFailure)}`]),
  ];
}

export interface TryOptions {
  readonly data: string;
  readonly json: boolean;
  /** Calling number. */
  readonly from?: string;
  /** Called number. */
  readonly to?: string;
  /** Calling name. */
  readonly name?: string;
  readonly code?: string;
}

/** `switchhook webhooks try NAME`: the real request of a webhook, and what a call would make of the reply. */
export async function runWebhookTry(webhook: string, options: TryOptions, output: Output): Promise<number> {
  const installation = await findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const { from, to, name, code } = options;
  const values = given({ callerid: from, did: to, callername: name, code });
  const tried = await installation.value.tryWebhook(webhook, values);
  if (!tried.ok) return printFailure(tried.error, output);
  if (tried.value === undefined) return notThere(webhook, installation.value, output);
  if (options.json) output.json(tried.value);
  else for (const line of trialLines(tried.value)) output.out(line);
  return tried.value.judgement?.next === "success" ? ExitCode.ok : ExitCode.refused;
}

function given(values: Readonly<Record<keyof Omit<WebhookValues, "callid">, string | undefined>>) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

async function notThere(webhook: string, installation: Installation, output: Output): Promise<number> {
  const all = await installation.webhooks();
  const near = all.ok
    ? didYouMean(
        webhook,
        all.value.map(({ name }) => name),
      )
    : undefined;
  const meant = near === undefined ? "switchhook webhooks lists them." : `Did you mean "${near}"?`;
  output.err(`There is no webhook "${webhook}". ${meant}`);
  return ExitCode.refused;
}

const NEXT = {
  success: 'A call takes the branch "HTTP and IVR successful".',
  failed: 'A call takes the branch "HTTP or IVR failed".',
  askAgain: "A call asks for the code again.",
} as const;

/** What was sent, what came, what a call makes of it. */
export function trialLines({ request, reply, timings, judgement, said }: WebhookTrial): readonly string[] {
  const parts = (judgement?.parts ?? []).map(({ part, value, leadsTo, refusal }) => {
    const to = leadsTo === undefined ? "" : `, which leads to ${placeOf(leadsTo)}`;
    return `    ${part}  ${value}${refusal === undefined ? to : `: ${refusal.message}`}`;
  });
  const corrected = judgement?.corrected;
  return [
    request === undefined ? "Nothing was sent." : `${request.method} ${request.url}`,
    ...(reply === undefined ? [] : [`HTTP ${reply.status} after ${Math.round(timings.total)} ms`]),
    withStop(said.text),
    ...parts,
    ...(judgement?.warnings ?? []).map((warning) => `    Note: ${warning}`),
    ...(corrected === undefined ? [] : [`    Correct would be: ${corrected}`]),
    NEXT[judgement?.next ?? "failed"],
  ];
}

type Place = NonNullable<NonNullable<WebhookTrial["judgement"]>["parts"][number]["leadsTo"]>;

function placeOf(place: Place): string {
  return place.kind === "external" ? place.number : `${place.kind} ${place.extension}`;
}
