import type { WebhookResult } from "../../dialplan/outcome.ts";
import type { Webhook } from "../../model/webhook.ts";
import type { Timer } from "../../runtime/clock.ts";
import type { CallDesk, CommandOf, Performer, Performing } from "./performer.ts";

/** A webhook that takes longer than this lets a caller whom nobody has answered hear ringing (webhook.md, IVR). */
const RINGING_AFTER_MS = 1000;

/** Asks a webhook. It is left to finish when the caller hangs up, as a CRM still wants to know. */
export const request: Performer<"request"> = {
  type: "request",
  perform: (command, desk) => new Requesting(command, desk),
};

class Requesting implements Performing {
  readonly #command: CommandOf<"request">;
  readonly #desk: CallDesk;
  #slow: Timer | undefined;
  #onOver: (() => void) | undefined;
  /** Until the reply: then the call keeps nothing of the request. */
  #disown: (() => void) | undefined;

  constructor(command: CommandOf<"request">, desk: CallDesk) {
    this.#command = command;
    this.#desk = desk;
  }

  start(): void {
    const { webhook: name, values } = this.#command;
    const { context, webhooks, caller } = this.#desk;
    this.#slow = context.clock.after(RINGING_AFTER_MS, () => caller.ringing());
    this.#disown = this.#desk.own(() => this.#quiet());
    const webhook = context.snapshot.webhooks.get(name);
    // Never rejects (WebhookPort.ask).
    const asked =
      webhook === undefined
        ? Promise.resolve(missingWebhook(name))
        : webhooks.ask(webhook, values, (url) =>
            context.recorder.add({ type: "asked", webhook: name, url, ...methodOf(webhook) }),
          );
    void asked.then((result) => {
      if (result.callerName !== undefined) context.recorder.hideCode(result.callerName, values.code);
      this.#replied(name, result, webhook);
    });
  }

  stop(): void {
    this.#quiet();
  }

  outlive(onOver: () => void): void {
    this.#onOver = onOver;
  }

  /** The caller need not hear ringing any more. */
  #quiet(): void {
    this.#slow?.cancel();
  }

  #replied(webhook: string, result: WebhookResult, asked: Webhook | undefined): void {
    this.#quiet();
    this.#disown?.();
    const callerHasGone = this.#desk.endedBy() === "caller";
    this.#desk.context.recorder.add({
      type: "replied",
      webhook,
      url: result.url,
      ...methodOf(asked),
      verdict: result.verdict,
      ...(result.failure === undefined ? undefined : { failure: result.failure, args: result.args }),
      status: result.status,
      elapsedMs: result.elapsedMs,
      ...(result.timings === undefined ? undefined : { timings: result.timings }),
      ...(callerHasGone ? { callerGone: true } : undefined),
      reason: callerHasGone ? `caller hung up; ${result.reason}` : result.reason,
      warnings: result.warnings,
      ...(result.notes === undefined ? undefined : { notes: result.notes }),
      excerpt: result.excerpt,
    });
    this.#onOver?.();
    this.#desk.done({ type: "replied", result });
  }
}

/** Told where it is not GET, so that records of most calls are no longer for it. */
function methodOf(webhook: Webhook | undefined): { readonly method: "POST" } | undefined {
  return webhook?.method === "POST" ? BY_POST : undefined;
}

const BY_POST = { method: "POST" } as const;

function missingWebhook(name: string): WebhookResult {
  return {
    verdict: "error",
    destination: undefined,
    callerName: undefined,
    failure: "webhookGone",
    args: { webhook: name },
    reason: `there is no webhook "${name}"`,
    warnings: [],
    status: undefined,
    url: "",
    elapsedMs: 0,
    excerpt: "",
  };
}
