import type { WebhookValues } from "../../dialplan/command.ts";
import type { WebhookResult } from "../../dialplan/outcome.ts";
import type { Timer } from "../../runtime/clock.ts";
import type { WebhookPort } from "../../webhook/port.ts";
import type { CallContext } from "../leg.ts";

/** A webhook that takes longer than this lets a caller whom nobody has answered hear ringing (webhook.md, IVR). */
const RINGING_AFTER_MS = 1000;

export interface RequestUser {
  onSlow(): void;
  onReplied(result: WebhookResult): void;
  /** The result of a caller who has gone is put into the record and decides nothing. */
  callerHasGone(): boolean;
}

/** Performs one request command. It is left to finish when the caller hangs up, as a CRM still wants to know. */
export class Requesting {
  readonly #context: CallContext;
  readonly #user: RequestUser;
  readonly #slow: Timer;

  constructor(
    context: CallContext,
    webhooks: WebhookPort,
    name: string,
    values: WebhookValues,
    user: RequestUser,
  ) {
    this.#context = context;
    this.#user = user;
    this.#slow = context.clock.after(RINGING_AFTER_MS, () => user.onSlow());
    const webhook = context.snapshot.webhooks.get(name);
    // Never rejects (WebhookPort.ask).
    const asked =
      webhook === undefined
        ? Promise.resolve(missingWebhook(name))
        : webhooks.ask(webhook, values, (url) => context.recorder.add({ type: "asked", webhook: name, url }));
    void asked.then((result) => this.#replied(name, result));
  }

  /** The caller need not hear ringing any more. */
  quiet(): void {
    this.#slow.cancel();
  }

  #replied(webhook: string, result: WebhookResult): void {
    this.#slow.cancel();
    this.#context.recorder.add({
      type: "replied",
      webhook,
      url: result.url,
      verdict: result.verdict,
      ...(result.failure === undefined ? undefined : { failure: result.failure }),
      status: result.status,
      elapsedMs: result.elapsedMs,
      reason: this.#user.callerHasGone() ? `caller hung up; ${result.reason}` : result.reason,
      warnings: result.warnings,
      excerpt: result.excerpt,
    });
    this.#user.onReplied(result);
  }
}

function missingWebhook(name: string): WebhookResult {
  return {
    verdict: "error",
    destination: undefined,
    callerName: undefined,
    failure: "webhookGone",
    reason: `there is no webhook "${name}"`,
    warnings: [],
    status: undefined,
    url: "",
    elapsedMs: 0,
    excerpt: "",
  };
}
