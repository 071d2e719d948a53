import { problemsOf } from "../company/sentence.ts";
import type { WebhookValues } from "../dialplan/command.ts";
import { understandDestination } from "../dialplan/destination.ts";
import { SAMPLE_VALUES } from "../dialplan/template-preview.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Entities } from "../model/entities/entities.ts";
import { keepIn } from "../model/entities/secrets.ts";
import { compiledWebhook, type WebhookDocument, webhook as webhookKind } from "../model/entities/webhook.ts";
import type { Problem } from "../model/problem.ts";
import type { CallRepository } from "../model/repositories.ts";
import type { Webhook } from "../model/webhook.ts";
import { judgeReply, type ReplyJudgement, type Understand } from "../webhook/reply/judgement.ts";
import { pastedReply } from "../webhook/reply/pasted.ts";
import type { WebhookTrial } from "../webhook/trial.ts";
import type { TrialLimit } from "./trial-limit.ts";

/** A webhook as it stands in a form, saved or not, and what it is asked with. */
export interface WantedTrial {
  /** Anything at all; secrets that it leaves out or writes as `***` are those of the stored one. */
  readonly document: unknown;
  /** Of the stored one. */
  readonly id?: string | undefined;
  /** Sample values for what is not named. */
  readonly values?: Partial<WebhookValues> | undefined;
  /** As in this call; its code is not known any more. */
  readonly call?: string | undefined;
}

export type TrialRefusal =
  | { readonly code: "invalid"; readonly problems: readonly Problem[] }
  | { readonly code: "noSuchCall" | "busy" | "tooMany" };

export interface WebhookTrialsParts {
  entities(): Entities;
  readonly calls: Pick<CallRepository, "get">;
  /** Makes the request (webhook/trial.ts). */
  ask(webhook: Webhook, values: WebhookValues, understand: Understand): Promise<WebhookTrial>;
  readonly limit: TrialLimit;
}

/** Tries webhooks that are not saved (docs/adr/0081): a real request, or a reply that somebody pasted. */
export class WebhookTrials {
  readonly #parts: WebhookTrialsParts;

  constructor(parts: WebhookTrialsParts) {
    this.#parts = parts;
  }

  /** Sends a real request, marked as a trial. */
  async run(wanted: WantedTrial): Promise<Result<WebhookTrial, TrialRefusal>> {
    const ready = await this.#prepare(wanted);
    if (!ready.ok) return ready;
    const { webhook, values } = ready.value;
    const parts = this.#parts;
    const tried = await parts.limit.take(() => parts.ask(webhook, values, this.#understand()));
    return tried.ok ? tried : err({ code: tried.error });
  }

  /** Judges a reply that nobody sent; asks nobody. */
  async judge(wanted: WantedTrial, reply: string): Promise<Result<ReplyJudgement, TrialRefusal>> {
    const ready = await this.#prepare(wanted);
    if (!ready.ok) return ready;
    const { callerIdForwarding, ivr, ignoreAnswer: ignoresAnswer } = ready.value.webhook;
    const asked = { callerIdForwarding, asksForCode: ivr !== undefined, ignoresAnswer };
    return ok(judgeReply(pastedReply(reply), asked, ready.value.values, this.#understand()));
  }

  async #prepare(
    wanted: WantedTrial,
  ): Promise<Result<{ readonly webhook: Webhook; readonly values: WebhookValues }, TrialRefusal>> {
    const document = this.#documentOf(wanted);
    if (!document.ok) return err({ code: "invalid", problems: document.error });
    const asked = await this.#valuesOf(wanted);
    if (asked === undefined) return err({ code: "noSuchCall" });
    const values = document.value.ivr === undefined ? { ...asked, code: "" } : asked;
    return ok({ webhook: compiledWebhook(document.value), values });
  }

  /** Checked by itself: whether its name is free, and its messages are there, matters when it is saved. */
  #documentOf({ document, id }: WantedTrial): Result<WebhookDocument, readonly Problem[]> {
    const named =
      typeof document === "object" && document !== null ? { name: UNNAMED, ...document } : document;
    const shape = webhookKind.schema.safeParse(named);
    if (!shape.success) return err(problemsOf(shape.error.issues, named));
    const entities = this.#parts.entities();
    const stored = id === undefined ? undefined : entities.byId(id);
    const own = stored?.kind === "webhook" ? stored : undefined;
    const kept = keepIn(entities, webhookKind, shape.data, own);
    const found = webhookKind.check(kept.document as WebhookDocument, entities.around);
    const problems = [...kept.problems, ...found].filter(({ severity }) => severity === "error");
    return problems.length > 0 ? err(problems) : ok(kept.document as WebhookDocument);
  }

  async #valuesOf({ values, call }: WantedTrial): Promise<WebhookValues | undefined> {
    const given = Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined));
    if (call === undefined) return { ...SAMPLE_VALUES, ...given };
    const record = await this.#parts.calls.get(call);
    if (record === undefined) return undefined;
    const { id, called, caller, callerName } = record;
    return { did: called, callerid: caller, callername: callerName, callid: id, code: "", ...given };
  }

  #understand(): Understand {
    const { directory } = this.#parts.entities().around;
    return (destination) => understandDestination(destination, directory);
  }
}

/** Of a webhook that has no name yet. */
const UNNAMED = "New webhook";
