import type { practiceRoutes } from "../api/contract/practice.ts";
import type { AnswerOf, BodyOf } from "../api/contract/route.ts";
import { isSecretKey } from "../dialplan/url-secrets.ts";
import type { Entities } from "../model/entities/entities.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";

type Receiver = AnswerOf<typeof practiceRoutes.get>;
type Reply = BodyOf<typeof practiceRoutes.reply>;
type Asked = Receiver["requests"][number];

/** Of practice receivers: how many there are, what each keeps, and how many answers wait for their time. */
export const PRACTICE_LIMITS = {
  receivers: 20,
  requests: 50,
  parameters: 50,
  characters: 300,
  waiting: 20,
} as const;
/** Short enough not to be taken for a secret in a URL, long enough not to be guessed. */
const ID_BITS = 64;
const ID = /^[a-z0-9]{1,64}$/;

const FIRST_REPLY: Reply = {
  status: 200,
  contentType: "application/x-www-form-urlencoded",
  body: "status=ACK&callername=Practice",
  afterMs: 0,
  when: [],
};

/** What was set is gone: a door that was tried out does not stand open. */
const NO_CODE_IS_RIGHT: Reply = { ...FIRST_REPLY, body: "status=NAK" };

interface Kept {
  readonly createdAt: number;
  reply: Reply;
  requests: readonly Asked[];
  asked: number;
}

export interface PracticeParts {
  readonly clock: Clock;
  readonly ids: Ids;
  entities(): Entities;
  /** `http://127.0.0.1:8088`; undefined: this server can ask itself nowhere. */
  origin(): string | undefined;
  /** A request came. */
  onAsked(id: string, asked: number): void;
}

/**
 * Receivers on this very server, for who has none yet: they show what a webhook asks, and answer what one types. In memory: after
 * a restart those that webhooks name are there again with the first reply; where a code is asked for, none is right any more.
 */
export class PracticeReceivers {
  readonly #parts: PracticeParts;
  /** The one that was used least recently first. */
  readonly #kept = new Map<string, Kept>();
  #waiting = 0;

  constructor(parts: PracticeParts) {
    this.#parts = parts;
  }

  list(): readonly Receiver[] {
    return [...this.#kept].map(([id, kept]) => this.#shown(id, kept)).toReversed();
  }

  create(): Receiver {
    const id = this.#parts.ids.hex(ID_BITS);
    return this.#shown(id, this.#add(id));
  }

  get(id: string): Receiver | undefined {
    const kept = this.#find(id);
    return kept && this.#shown(id, kept);
  }

  setReply(id: string, reply: Reply): Receiver | undefined {
    const kept = this.#find(id);
    if (kept === undefined) return undefined;
    kept.reply = reply;
    return this.#shown(id, kept);
  }

  clear(id: string): Receiver | undefined {
    const kept = this.#find(id);
    if (kept === undefined) return undefined;
    kept.requests = [];
    kept.asked = 0;
    return this.#shown(id, kept);
  }

  /** A webhook asks: the request is kept at once, the reply comes when its time has come. */
  async ask(id: string, query: URLSearchParams, isTest: boolean): Promise<Reply | undefined> {
    const kept = this.#find(id);
    if (kept === undefined) return undefined;
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    const rule = kept.reply.when.find(({ parameter, value }) => query.getAll(parameter).includes(value));
    const reply = rule === undefined ? kept.reply : { ...kept.reply, body: rule.body };
    kept.asked += 1;
    const asked: Asked = {
      nth: kept.asked,
      at: this.#parts.clock.wall(),
      parameters: this.#parametersOf(id, query),
      isTest,
      status: reply.status,
      reply: reply.body,
    };
    kept.requests = [asked, ...kept.requests].slice(0, PRACTICE_LIMITS.requests);
    this.#parts.onAsked(id, kept.asked);
    if (reply.afterMs > 0 && this.#waiting < PRACTICE_LIMITS.waiting) await this.#wait(reply.afterMs);
    return reply;
  }

  async #wait(ms: number): Promise<void> {
    this.#waiting += 1;
    await new Promise<void>((resolve) => this.#parts.clock.after(ms, resolve));
    this.#waiting -= 1;
  }

  /** One that is kept, or one that a webhook names. */
  #find(id: string): Kept | undefined {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const webhooks = ID.test(id) ? this.#webhooksOf(id) : [];
    if (webhooks.length === 0) return undefined;
    const asksForCode = webhooks.some(({ document }) => document.ivr !== undefined);
    return this.#add(id, asksForCode ? NO_CODE_IS_RIGHT : FIRST_REPLY);
  }

  #add(id: string, reply: Reply = FIRST_REPLY): Kept {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= PRACTICE_LIMITS.receivers) this.#kept.delete(oldest);
    const kept: Kept = { createdAt: this.#parts.clock.wall(), reply, requests: [], asked: 0 };
    this.#kept.set(id, kept);
    return kept;
  }

  #shown(id: string, { createdAt, reply, requests, asked }: Kept): Receiver {
    const origin = this.#parts.origin();
    return {
      id,
      ...(origin === undefined ? undefined : { address: `${origin}/practice/${id}` }),
      createdAt,
      reply,
      requests,
      asked,
      usedBy: this.#webhooksOf(id).map((webhook) => ({ id: webhook.id, key: webhook.document.name })),
    };
  }

  #webhooksOf(id: string) {
    const place = new RegExp(`/practice/${id}(?:[?#]|$)`);
    return this.#parts
      .entities()
      .all("webhook")
      .filter(({ document }) => place.test(document.urlTemplate));
  }

  /** A digit code is nobody's to read, here neither: dots stand for what a template fills in as one, or a name says is secret. */
  #parametersOf(id: string, query: URLSearchParams): Asked["parameters"] {
    const codes = new Set(
      this.#webhooksOf(id).flatMap(({ document }) => codeParameters(document.urlTemplate)),
    );
    return [...query].slice(0, PRACTICE_LIMITS.parameters).map(([name, value]) => {
      const hidden = name === "code" || codes.has(name) || isSecretKey(name);
      const shown = hidden ? "•".repeat(Math.min(value.length, 32)) : value;
      const most = PRACTICE_LIMITS.characters;
      return { name: name.slice(0, most), value: shown.slice(0, most), hidden };
    });
  }
}

/** Parameters of a URL template whose values have the digit code in them. */
function codeParameters(template: string): readonly string[] {
  const [, query = ""] = /\?([^#]*)/.exec(template) ?? [];
  return [...new URLSearchParams(query)]
    .filter(([, value]) => value.includes("{code}"))
    .map(([name]) => name);
}
