import type { Clock } from "../../../src/runtime/clock.ts";
import type { Ids } from "../../../src/runtime/ids.ts";
import type { SipMessage } from "../../../src/sip/message/message.ts";
import type { Transport } from "../../../src/sip/transport/transport.ts";
import { Agent } from "../agent.ts";
import type { AgentCall } from "../agent-call.ts";
import type { Field } from "../agent-dialog.ts";
import { sdp } from "../sdp.ts";
import type { Act, ScenarioDescription } from "./description.ts";
import { type SipLine, sipLine } from "./trace.ts";

/** Where a scenario is played. */
export interface Stage {
  readonly clock: Clock;
  /** By default the same at each run. */
  readonly ids?: Ids | undefined;
  /** Where the switchboard listens. */
  readonly board: string;
  readonly realm: string;
  /** Opens what a party at this address of the description speaks through. */
  open(address: string): { readonly address: string; readonly transport: Transport };
  /** Waits until it is so. */
  until(what: string, ready: () => boolean): Promise<void>;
}

/** Of all phones of scenarios. */
const PASSWORD = "correct-horse";
const ADDRESSES: Readonly<Record<string, string>> = { carrier: "10.0.0.9", stranger: "203.0.113.66" };

/** The address of a party: phones have one a device. */
export function addressOf(name: string): string {
  const [extension = "", device = "1"] = name.split("/");
  return ADDRESSES[name] ?? `10.1.${device}.${Number(extension) % 250}`;
}

function castOf({ phones, parties }: ScenarioDescription): readonly string[] {
  return [...new Set([...phones, ...Object.keys(parties)])];
}

/** Everybody of one scenario, doing what it says. */
export class Script {
  readonly #stage: Stage;
  readonly #scenario: ScenarioDescription;
  readonly #parties = new Map<string, Party>();
  readonly #legs = new Map<string, SipLine[]>();
  #begun = 0;
  #pending = 0;

  constructor(scenario: ScenarioDescription, stage: Stage) {
    this.#scenario = scenario;
    this.#stage = stage;
    for (const name of castOf(scenario)) this.#parties.set(name, this.#party(name));
  }

  /** Where its parties are. */
  static addresses(scenario: ScenarioDescription): readonly string[] {
    return castOf(scenario).map(addressOf);
  }

  /** Phones register. */
  async register(seconds: number): Promise<void> {
    for (const name of this.#scenario.phones) {
      const heard = this.#parties.get(name)?.agent.register(seconds) ?? [];
      await this.#stage.until(`${name} to be registered`, () => heard.includes(200));
    }
  }

  /** The first things happen; the rest follows. */
  begin(): void {
    this.#begun = this.#stage.clock.now();
    for (const party of this.#parties.values()) party.happened("start");
  }

  /** A webhook was asked, or has replied. */
  told(what: "asked" | "replied", webhook: string): void {
    for (const party of this.#parties.values()) party.happened(`${what} ${webhook}`);
  }

  /** Nothing is waited for, and each call that a party made or got is over. */
  get atRest(): boolean {
    return this.#pending === 0 && [...this.#parties.values()].every(({ atRest }) => atRest);
  }

  /** Nothing more is sent, repeated or answered. */
  close(): void {
    for (const { agent } of this.#parties.values()) agent.transactions.close();
  }

  /** How many transactions parties still keep. */
  get live(): number {
    return [...this.#parties.values()].reduce((sum, { agent }) => sum + agent.live, 0);
  }

  /** By party and call. */
  get sip(): Readonly<Record<string, readonly SipLine[]>> {
    return Object.fromEntries([...this.#legs].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #party(name: string): Party {
    const { clock, ids, board, realm } = this.#stage;
    const { address, transport } = this.#stage.open(addressOf(name));
    const isPhone = /^\d/.test(name);
    const agent = new Agent<Transport>({
      clock,
      transport,
      name,
      address,
      user: isPhone ? (name.split("/")[0] ?? "") : name,
      board,
      realm,
      ...(isPhone ? { password: PASSWORD } : {}),
      ...(ids === undefined ? {} : { ids }),
    });
    return new Party(agent, this.#scenario.parties[name] ?? [], {
      after: (delayMs, act) => {
        this.#pending += 1;
        clock.after(delayMs, () => {
          this.#pending -= 1;
          act();
        });
      },
      note: (leg, direction, message) => {
        const is = sipLine(direction, message, board);
        if (is === undefined) return;
        const lines = this.#legs.get(leg) ?? [];
        this.#legs.set(leg, lines);
        lines.push({ at: Math.round(clock.now() - this.#begun), is });
      },
    });
  }
}

interface PartyPorts {
  after(delayMs: number, act: () => void): void;
  note(leg: string, direction: "in" | "out", message: SipMessage): void;
}

/** One user agent of the scenario, and how far its script is. */
class Party {
  readonly agent: Agent<Transport>;
  readonly #acts: readonly Act[];
  readonly #ports: PartyPorts;
  readonly #times = new Map<string, number>();
  /** Call-IDs in the order in which they came up. */
  readonly #calls: string[] = [];
  readonly #over = new Set<string>();
  /** What was sent or came already: copies are not told. */
  readonly #seen = new Set<string>();
  #pressing = 0;

  constructor(agent: Agent<Transport>, acts: readonly Act[], ports: PartyPorts) {
    this.agent = agent;
    this.#acts = acts;
    this.#ports = ports;
    agent.transport.observe((direction, message) => this.#observe(direction, message));
  }

  get atRest(): boolean {
    return this.#pressing === 0 && this.#calls.every((id) => this.#over.has(id));
  }

  /** Something happened, in the call of this id or without one. */
  happened(what: string, callId?: string): void {
    const nth = (this.#times.get(what) ?? 0) + 1;
    this.#times.set(what, nth);
    for (const act of this.#acts) {
      if (act.when !== what || (act.nth !== undefined && act.nth !== nth)) continue;
      this.#ports.after(act.afterMs, () => this.#do(act, callId));
    }
  }

  #observe(direction: "in" | "out", message: SipMessage): void {
    const { callId, cseq } = message;
    if (cseq.method === "REGISTER" || cseq.method === "OPTIONS") return;
    const what = message.kind === "request" ? message.method : String(message.status);
    const copy = `${direction} ${message.via.branch ?? ""} ${cseq.method} ${what} ${message.to.tag ?? ""}`;
    if (this.#seen.has(copy)) return;
    this.#seen.add(copy);
    if (!this.#calls.includes(callId)) this.#calls.push(callId);
    const number = this.#calls.indexOf(callId) + 1;
    const { name } = this.agent.options;
    this.#ports.note(number === 1 ? name : `${name}, call ${number}`, direction, message);
    if (message.kind === "request") this.#request(direction, message.method, message);
    else if (cseq.method === "BYE") this.#over.add(callId);
    else if (cseq.method === "INVITE") this.#response(direction, message);
  }

  #request(direction: "in" | "out", method: string, message: SipMessage): void {
    if (direction === "out") return;
    if (method === "INVITE" && message.to.tag === undefined) this.happened("invited", message.callId);
    if (method === "ACK") this.happened("acknowledged", message.callId);
    if (method === "CANCEL") this.happened("cancelled", message.callId);
    if (method === "BYE") this.happened("ended", message.callId);
  }

  #response(direction: "in" | "out", { status, callId }: Extract<SipMessage, { kind: "response" }>): void {
    const challenged = status === 401 || status === 407;
    if (status >= 300 && !(direction === "in" && challenged && this.agent.digest !== undefined))
      this.#over.add(callId);
    if (direction === "out" || status === 100 || challenged) return;
    if (status < 200) this.happened("ringing", callId);
    else this.happened(status < 300 ? "answered" : "refused", callId);
  }

  #do(act: Act, callId: string | undefined): void {
    if (act.do === "call") {
      const { to, from, offer } = act;
      const own = sdp({ at: this.agent.address });
      this.agent.invite(to, {
        headers: fields(act.headers),
        ...(from === undefined ? {} : { from }),
        ...(offer ? {} : { sdp: "", answer: own }),
      });
      return;
    }
    const call = callId === undefined ? this.agent.call : this.agent.calls.find(({ id }) => id === callId);
    if (call === undefined) throw new Error(`${this.agent.options.name} has no call to ${act.do}`);
    this.#inCall(act, call);
  }

  #inCall(act: Exclude<Act, { do: "call" }>, call: AgentCall): void {
    switch (act.do) {
      case "ring":
        return call.ring();
      case "answer":
        return call.answer();
      case "respond":
        return call.respond(act.status, {
          headers: fields(act.headers),
          ...(act.sdp ? { sdp: sdp({ at: this.agent.address }) } : {}),
        });
      case "cancel":
        return call.cancel(fields(act.headers));
      case "hangUp":
        call.bye(fields(act.headers));
        return;
      case "offer":
        call.reinvite(sdp({ at: this.agent.address, direction: act.direction, version: 2 }));
        return;
      case "press":
        return this.#press(act.keys, call);
    }
  }

  /** Each key when the one before has been answered: two requests may overtake each other. */
  #press(keys: string, call: AgentCall): void {
    const [key, ...rest] = keys;
    if (key === undefined) return;
    this.#pressing += 1;
    const info = call.info("application/dtmf-relay", `Signal=${key}\r\nDuration=160\r\n`);
    const next = (): void => {
      if (info.heard.length === 0) return this.#ports.after(5, next);
      this.#pressing -= 1;
      this.#press(rest.join(""), call);
    };
    next();
  }
}

function fields(headers: Readonly<Record<string, string | readonly string[]>>): readonly Field[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): Field => [name, value]),
  );
}
