import { maskUrl } from "../dialplan/url-secrets.ts";
import { MASK } from "../lib/masker.ts";
import { midnight } from "../lib/zoned-time.ts";
import { type Entities, keyOf } from "../model/entities/entities.ts";
import type { WebhookFigures, WebhookRequest, WebhookRequestRepository } from "../model/webhook-requests.ts";
import { Counted } from "./counted.ts";

/** `idle`: not asked for a day. `failing`: a quarter of the last 20 failed. `slow`: of the day's, 5 % took over a second. */
export type WebhookState = "idle" | "healthy" | "slow" | "failing";

export interface WebhookHealth {
  readonly state: WebhookState;
  /** The last 24 hours, and since midnight where the company is. */
  readonly day: WebhookFigures;
  readonly today: WebhookFigures;
  /** Of the last 20 requests. */
  readonly lately: { readonly requests: number; readonly failures: number };
}

export interface WebhookStatus extends WebhookHealth {
  readonly id: string;
  readonly name: string;
  /** The template, secrets masked. */
  readonly url: string;
  readonly last?: WebhookRequest;
  /** The newest of the last 20 that has no verdict. */
  readonly lastFailure?: WebhookRequest;
}

const DAY_MS = 86_400_000;
const LATELY = 20;
const TOO_MANY_FAILURES = 5;
/** From here on a caller whom nobody has answered hears ringing meanwhile (call/perform/request.ts). */
const SLOW_MS = 1_000;

export interface WebhookHealthParts {
  readonly requests: WebhookRequestRepository;
  entities(): Entities;
  /** Milliseconds since the epoch. */
  wall(): number;
}

/** How webhooks do, by the requests that calls made. */
export class WebhookHealths {
  readonly #parts: WebhookHealthParts;
  readonly #counted: Counted<WebhookFigures>;

  constructor(parts: WebhookHealthParts) {
    this.#parts = parts;
    this.#counted = new Counted(
      () => parts.wall(),
      ({ requests }) => requests,
    );
  }

  /** By the id of the webhook; undefined: there is none. Its requests are those under its present name. */
  async of(id: string): Promise<WebhookHealth | undefined> {
    const name = this.#nameOf(id);
    return name === undefined ? undefined : this.named(name);
  }

  /** Every webhook, in its order, with what it was asked last. */
  async all(): Promise<readonly WebhookStatus[]> {
    const { requests } = this.#parts;
    const all: WebhookStatus[] = [];
    // One after the other: the store serves calls too.
    for (const { id, document } of this.#parts.entities().all("webhook")) {
      const recent = await requests.recent(document.name, LATELY);
      const lastFailure = recent.find(({ verdict }) => verdict === "error");
      all.push({
        id,
        name: document.name,
        url: maskUrl(document.urlTemplate, MASK),
        ...(await this.named(document.name)),
        ...(recent[0] === undefined ? {} : { last: recent[0] }),
        ...(lastFailure === undefined ? {} : { lastFailure }),
      });
    }
    return all;
  }

  async named(name: string): Promise<WebhookHealth> {
    const { requests } = this.#parts;
    const now = this.#parts.wall();
    const zone = this.#parts.entities().get("settings", "")?.document.home.timeZone ?? "UTC";
    const morning = midnight(now, zone);
    const day = await this.#counted.of(`day ${name}`, () => requests.figures(name, now - DAY_MS));
    const today = await this.#counted.of(`${morning} ${name}`, () => requests.figures(name, morning));
    const last = await requests.recent(name, LATELY);
    const failures = last.filter(({ verdict }) => verdict === "error").length;
    return { state: stateOf(day, failures), day, today, lately: { requests: last.length, failures } };
  }

  /** Newest first; undefined: there is no such webhook. */
  async recent(
    id: string,
    limit: number,
    before: Pick<WebhookRequest, "at" | "call" | "nth"> | undefined,
  ): Promise<readonly WebhookRequest[] | undefined> {
    const name = this.#nameOf(id);
    return name === undefined ? undefined : this.#parts.requests.recent(name, limit, before);
  }

  #nameOf(id: string): string | undefined {
    const entity = this.#parts.entities().byId(id);
    return entity?.kind === "webhook" ? keyOf(entity) : undefined;
  }
}

function stateOf({ requests, p95Ms = 0 }: WebhookFigures, failures: number): WebhookState {
  if (requests === 0) return "idle";
  if (failures >= TOO_MANY_FAILURES) return "failing";
  return p95Ms > SLOW_MS ? "slow" : "healthy";
}
