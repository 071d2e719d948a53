import { EventBus, type EventSource } from "../admin/events/event-bus.ts";
import type { WebhookHealths, WebhookState } from "../admin/webhook-health.ts";
import type { FollowEvents } from "../api/event-ports.ts";
import { reasonOf } from "../lib/failure.ts";
import type { PlannedChange } from "../model/entities/change.ts";
import { type Entities, type Entity, keyOf } from "../model/entities/entities.ts";
import type { Job } from "../model/job.ts";
import type { BindingChange, PlanDraft, StoredBinding } from "../model/repositories.ts";
import type { Standing } from "../model/standing.ts";
import type { WebhookRequestRepository } from "../model/webhook-requests.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

/** How often the requests of webhooks are looked at. */
const HEALTH_EVERY_MS = 10_000;

export interface HappeningsParts {
  readonly clock: Clock;
  /** Tells ids of this life of the thread from those of another. */
  readonly epoch: string;
  readonly healths: WebhookHealths;
  readonly requests: Pick<WebhookRequestRepository, "askedSince">;
  entities(): Entities;
  warn(text: string): void;
  /** Calls while they are up. */
  readonly calls?: EventSource | undefined;
}

/** Turns what comes past on this thread into events for whoever follows them. */
export class Happenings {
  readonly #parts: HappeningsParts;
  readonly #bus: EventBus;
  /** Contacts of each phone by their keys. */
  readonly #contacts = new Map<string, Set<string>>();
  readonly #states = new Map<string, WebhookState>();
  #timer: Timer | undefined;
  #lookedAt: number;
  #stopped = false;

  constructor(parts: HappeningsParts) {
    this.#parts = parts;
    this.#bus = new EventBus(parts.clock, parts.epoch, parts.calls);
    this.#lookedAt = parts.clock.wall();
  }

  readonly follow: FollowEvents = (topics, lastEventId) => this.#bus.follow(topics, lastEventId);

  /** `bindings`: the contacts that are there already. */
  begin(bindings: readonly StoredBinding[]): void {
    for (const { extension, key } of bindings) this.#contactsOf(extension).add(key);
    this.#later();
  }

  /** The configuration is another; `change`: what made it, undefined: all may be. */
  changed(entities: Entities, change: PlannedChange | undefined): void {
    const put = change?.delta.put.map((entity) => ({ ...named(entity), gone: false })) ?? [];
    const gone = change?.delta.drop.map((entity) => ({ ...named(entity), gone: true })) ?? [];
    const { version } = entities;
    this.#bus.publish("config.changed", { version, whole: change === undefined, changes: [...put, ...gone] });
  }

  bindings(changes: readonly BindingChange[]): void {
    for (const change of changes) {
      const extension = change.type === "set" ? change.row.extension : change.extension;
      const contacts = this.#contactsOf(extension);
      const before = contacts.size;
      if (change.type === "set") contacts.add(change.row.key);
      else contacts.delete(change.key);
      if (before === 0 && contacts.size > 0) this.#bus.publish("phone.registered", { extension });
      if (before > 0 && contacts.size === 0) this.#bus.publish("phone.lost", { extension });
      if (contacts.size === 0) this.#contacts.delete(extension);
    }
  }

  /** Trunks and phones that stand otherwise than before; how, is asked for. */
  standings(standings: readonly Standing[]): void {
    for (const standing of standings) {
      if (standing.kind === "trunk") this.#bus.publish("trunk.changed", { name: standing.name });
      else this.#bus.publish("phone.refused", { extension: standing.extension });
    }
  }

  /** A practice receiver was asked, so many times by now. */
  practiceAsked(id: string, asked: number): void {
    this.#bus.publish("practice.asked", { id, asked });
  }

  /** What takes long has come further. */
  job(job: Job): void {
    this.#bus.publish("job.progress", job);
  }

  /** A draft was saved; what is in it is asked for by whoever may see it. */
  draftChanged({ id, revision, changedBy, changedAt }: PlanDraft): void {
    this.#bus.publish("draft.changed", { id, revision, changedBy, changedAt });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#bus.close();
  }

  #contactsOf(extension: string): Set<string> {
    const known = this.#contacts.get(extension) ?? new Set();
    this.#contacts.set(extension, known);
    return known;
  }

  #later(): void {
    if (this.#stopped) return;
    this.#timer = this.#parts.clock.after(HEALTH_EVERY_MS, () => {
      this.#lookAtWebhooks().then(
        () => this.#later(),
        (error: unknown) => {
          this.#parts.warn(`The health of webhooks could not be looked at: ${reasonOf(error)}.`);
          this.#later();
        },
      );
    });
  }

  /** Those that were asked since the last time; records come up to a second after their calls. */
  async #lookAtWebhooks(): Promise<void> {
    const { requests, healths, clock } = this.#parts;
    const since = this.#lookedAt - 2 * HEALTH_EVERY_MS;
    this.#lookedAt = clock.wall();
    for (const name of await requests.askedSince(since)) {
      const id = this.#parts.entities().get("webhook", name)?.id;
      if (id === undefined) continue;
      const health = await healths.named(name);
      this.#bus.publish("webhook.health", { id, key: name, ...health });
      this.#alert(id, name, this.#states.get(name), health.state, health.lately);
      this.#states.set(name, health.state);
    }
  }

  #alert(
    id: string,
    webhook: string,
    before: WebhookState | undefined,
    now: WebhookState,
    { failures, requests }: { readonly failures: number; readonly requests: number },
  ): void {
    const args = { webhook, failures, requests };
    const alert = { code: "webhookFailing", id, args };
    if (now === "failing" && before !== "failing") {
      const text = `${webhook} failed ${failures} of its last ${requests} requests.`;
      this.#bus.publish("alert.raised", { ...alert, text });
    }
    if (now !== "failing" && before === "failing")
      this.#bus.publish("alert.cleared", { ...alert, text: `${webhook} answers again.` });
  }
}

function named(entity: Entity) {
  const { kind, id, revision, changedBy } = entity;
  return { kind, id, key: keyOf(entity), revision, by: changedBy };
}
