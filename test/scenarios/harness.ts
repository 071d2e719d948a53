import assert from "node:assert/strict";
import { readCompany } from "../../src/company/file.ts";
import { buildSnapshot } from "../../src/company/snapshot.ts";
import type { WebhookValues } from "../../src/dialplan/command.ts";
import type { WebhookResult } from "../../src/dialplan/outcome.ts";
import type { CallRecord } from "../../src/model/call-record.ts";
import { Entities } from "../../src/model/entities/entities.ts";
import { renderStory } from "../../src/model/story.ts";
import type { SessionTimerPolicy, Target } from "../../src/sip/index.ts";
import type { TransportKind } from "../../src/sip/transport/transport.ts";
import type { WebhookPort } from "../../src/webhook/port.ts";
import type { Packet } from "../fakes/loop-network.ts";
import type { SocketNetwork } from "../fakes/socket-network.ts";
import type { VirtualClock } from "../fakes/virtual-clock.ts";
import { editorOf, entitiesOf } from "../support/entities.ts";
import { Agent, type AgentOptions } from "./agent.ts";
import { BOARD, REALM, VirtualBoard } from "./virtual-board.ts";

export { BOARD } from "./virtual-board.ts";

/** The carrier's hosts, the first tried first. */
export const CARRIER = "10.0.0.9";
export const CARRIER_TWO = "10.0.0.10";
/** The number that leads to the plan of the scenario. */
export const NUMBER = "+31501234567";
export const CALLER = "+31612345678";

/** What a scripted webhook does when it is asked. */
export interface WebhookScript {
  readonly afterMs?: number;
  readonly result: WebhookResult;
}

export interface ScenarioParts {
  /** YAML of the plan's steps, as in a company file; by default phone 215 for 20 s. */
  readonly plan?: string;
  /** Keys of the trunk "carrier", in YAML flow style: `callerIdProfile: from, trusted: true`. */
  readonly carrier?: string;
  /** Keys of phone 215, in YAML flow style: `media: anchored`. */
  readonly phone215?: string;
  /** Keys of the webhook "code", which asks for one, in YAML flow style: `attempts: 2`. */
  readonly ivr?: string;
  /** Keys of `security.outsideCalls`, in YAML flow style; the defaults when left out. */
  readonly outsideCalls?: string;
  /** A second trunk, in YAML flow style. */
  readonly provider?: string;
  /** How group 300 rings; by default `all`. */
  readonly strategy?: "all" | "inOrder" | "smart";
  /** URIs of the trunk "carrier", in YAML flow style, in place of its two addresses. */
  readonly carrierHosts?: string;
  /** Of the trunk "carrier"; by default it is sent no OPTIONS, so that the wire holds what a scenario is about. */
  readonly probeSeconds?: number;
  /** Names of hosts, besides addresses, by the URI that the company file has. */
  readonly names?: Readonly<Record<string, readonly Target[]>>;
  /** In place of the network in memory. */
  readonly sockets?: SocketNetwork;
  /** How the carrier's first host speaks. */
  readonly carrierKind?: TransportKind;
  /** Further lines of the company file. */
  readonly company?: string;
  readonly webhook?: (values: WebhookValues, name: string) => WebhookScript;
  readonly sessionTimer?: SessionTimerPolicy;
  readonly seed?: number;
  readonly maxCalls?: number;
  readonly maxCallMs?: number;
  /** Phones that are there and registered at the start: extension, and how many devices it has. */
  readonly phones?: Readonly<Record<string, number>>;
}

const PASSWORD = "correct-horse";

/** How the webhook "code" asks for one, unless the scenario says otherwise. */
const IVR =
  "timeoutSeconds: 10, attempts: 3, startMessage: hello, incorrectMessage: wrong, timeoutMessage: late";
/** Audio messages of the company; each lasts two seconds. */
const MESSAGES = ["hello", "wrong", "late"];

function companyText(parts: ScenarioParts): string {
  const at = (address: string): string => parts.sockets?.address(address) ?? address;
  const plan = parts.plan ?? `- { type: phone, phone: "215", ringSeconds: 20 }`;
  const members = Array.from({ length: 30 }, (_, at) => `"${400 + at}"`);
  return `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { webhookAllowedNetworks: ["127.0.0.0/8"], dialCountries: [NL, BE]${parts.outsideCalls === undefined ? "" : `, outsideCalls: { ${parts.outsideCalls} }`} }
phones:
  - { extension: "215", name: Reception, password: ${PASSWORD}, ${parts.phone215 ?? "media: auto"} }
  - { extension: "216", name: Andrew Garza, password: ${PASSWORD} }
  - { extension: "217", name: Storage, password: ${PASSWORD} }
${members.map((one) => `  - { extension: ${one}, name: Desk, password: ${PASSWORD} }`).join("\n")}
groups:
  - { extension: "300", name: Sales, members: ["215", "216"], strategy: ${parts.strategy ?? "all"} }
  - { extension: "301", name: Service, members: ["215", "216"], strategy: inOrder }
  - { extension: "302", name: Everybody, members: [${members.slice(0, 20).join(", ")}], strategy: all }
trunks:
  - { name: carrier, kind: peer, hosts: [${parts.carrierHosts ?? `"sip:${at(CARRIER)}", "sip:${at(CARRIER_TWO)}"`}], acceptFrom: ["${at(CARRIER)}/32", "${at(CARRIER_TWO)}/32"], probeSeconds: ${parts.probeSeconds ?? 0}, ${parts.carrier ?? "callerIdProfile: from"} }
${parts.provider === undefined ? "" : `  - { ${parts.provider} }\n`}outbound: { trunk: carrier }
webhooks:
  - { name: CRM, callerIdForwarding: caller, urlTemplate: "http://127.0.0.1:9000/?c={callerid}" }
  - { name: shows-called, callerIdForwarding: called, urlTemplate: "http://127.0.0.1:9000/?c={callerid}" }
  - { name: hides, callerIdForwarding: suppressed, urlTemplate: "http://127.0.0.1:9000/?c={callerid}" }
  - { name: code, urlTemplate: "http://127.0.0.1:9000/?code={code}", ivr: { ${parts.ivr ?? IVR} } }
audioMessages:
${MESSAGES.map((name) => `  - { name: ${name}, text: ${name}, language: en }`).join("\n")}
plans:
  - name: main
    steps:
${plan
  .split("\n")
  .map((line) => `      ${line}`)
  .join("\n")}
numbers:
  - { number: "${NUMBER}", plan: main }
  - { number: "+31501234568" }
${parts.company ?? ""}`;
}

function entitiesOfScenario(parts: ScenarioParts): Entities {
  const read = readCompany(companyText(parts), "company.yaml");
  assert.ok(read.ok, read.ok ? "" : JSON.stringify(read.error, null, 1));
  const audioMessages = read.value.company.audioMessages.map((message) => {
    return { ...message, sound: { content: message.name, durationMs: 2000 } };
  });
  // Versions that are not the same: that of the whole, and of a plan.
  const applied = entitiesOf({ ...read.value.company, audioMessages }, editorOf({ "plan main": 3 }));
  return Entities.of(7, 0, [...applied]);
}

/** Answers webhook requests as the scenario says, on the virtual clock. */
class ScriptedWebhooks implements WebhookPort {
  readonly asked: { readonly name: string; readonly values: WebhookValues }[] = [];
  readonly #clock: VirtualClock;
  readonly #script: (values: WebhookValues, name: string) => WebhookScript;

  constructor(clock: VirtualClock, script: (values: WebhookValues, name: string) => WebhookScript) {
    this.#clock = clock;
    this.#script = script;
  }

  ask(webhook: { readonly name: string }, values: WebhookValues): Promise<WebhookResult> {
    this.asked.push({ name: webhook.name, values });
    const { afterMs = 20, result } = this.#script(values, webhook.name);
    return new Promise((resolve) => {
      this.#clock.after(afterMs, () => resolve({ ...result, elapsedMs: afterMs }));
    });
  }
}

const RESULT: WebhookResult = {
  verdict: "ack",
  destination: undefined,
  callerName: undefined,
  failure: undefined,
  args: {},
  reason: "status=ACK",
  warnings: [],
  status: 200,
  url: "http://127.0.0.1:9000/?c=",
  elapsedMs: 0,
  excerpt: "status=ACK",
};

/** What webhooks say: success with what they return, or failure. */
export const says = {
  ack: (returned: { readonly destination?: string; readonly callerName?: string } = {}): WebhookResult => ({
    ...RESULT,
    destination: returned.destination,
    callerName: returned.callerName,
  }),
  nak: (): WebhookResult => ({ ...RESULT, verdict: "nak", reason: "The reply is status=NAK." }),
  broken: (): WebhookResult => ({
    ...RESULT,
    verdict: "error",
    failure: "refused",
    status: undefined,
    reason: "Nothing answered.",
  }),
};

/** A company with a switchboard, phones and a carrier, on a network in memory and a clock that the scenario moves. */
export class Scenario extends VirtualBoard<ScriptedWebhooks> {
  /** The carrier: its first host. */
  readonly carrier: Agent;
  readonly agents: Agent[] = [];
  /** What is published; for scenarios that change it. */
  entities: Entities;
  readonly #names = new Map<string, string>();
  readonly #at: (address: string) => string;
  #idleTimers = 0;

  private constructor(parts: ScenarioParts, entities: Entities) {
    super({
      snapshot: buildSnapshot(entities, REALM, "/none"),
      webhooks: (clock) => new ScriptedWebhooks(clock, parts.webhook ?? (() => ({ result: says.ack() }))),
      seed: parts.seed,
      names: parts.names,
      sockets: parts.sockets,
      sessionTimer: parts.sessionTimer,
      maxCalls: parts.maxCalls,
      maxCallMs: parts.maxCallMs,
    });
    this.entities = entities;
    this.#at = (address) => parts.sockets?.address(address) ?? address;
    this.carrier = this.trunk("carrier", CARRIER, parts.carrierKind);
  }

  /** Phones are registered and everything is at rest when this resolves. */
  static async start(parts: ScenarioParts = {}): Promise<Scenario> {
    const scenario = new Scenario(parts, entitiesOfScenario(parts));
    for (const [extension, devices] of Object.entries(parts.phones ?? { "215": 1, "216": 1 })) {
      for (let device = 1; device <= devices; device++) await scenario.phone(extension, device);
    }
    await scenario.run(70_000);
    scenario.#idleTimers = scenario.clock.pending;
    scenario.network.log.length = 0;
    return scenario;
  }

  /** A device of a phone, registered. */
  async phone(extension: string, device = 1, options: Partial<AgentOptions> = {}): Promise<Agent> {
    const name = device === 1 ? extension : `${extension}/${device}`;
    const address = `10.1.${device}.${Number(extension) % 250}`;
    const agent = this.#agent({ name, address, user: extension, password: PASSWORD, ...options });
    const heard = agent.register(36_000);
    await this.until(() => heard.includes(200));
    return agent;
  }

  /** The far end of a trunk, at an address. */
  trunk(name: string, address: string, kind: TransportKind = "udp"): Agent {
    return this.#agent({ name, address, user: CALLER, kind });
  }

  /** Somebody whom nobody vouches for. */
  stranger(address = "203.0.113.66"): Agent {
    return this.#agent({ name: "stranger", address, user: "100" });
  }

  /** The device of a phone that was made at the start. */
  at(name: string): Agent {
    const found = this.agents.find(({ options }) => options.name === name);
    assert.ok(found, `there is no ${name}`);
    return found;
  }

  /** Moves on until it is so; fails if it is not after `maxMs`. */
  async until(what: () => boolean, maxMs = 60_000): Promise<void> {
    const happened = await this.clock.runUntilAsync(what, maxMs);
    assert.ok(happened, `${String(what)} did not come true within ${maxMs} ms\n${this.ladder().join("\n")}`);
  }

  /** The one record there is. */
  get record(): CallRecord {
    assert.equal(this.records.length, 1, `${this.records.length} records`);
    return this.records[0] as CallRecord;
  }

  /** The sentences of the one record. */
  get story(): string {
    return renderStory(this.record).join("\n");
  }

  /** What the plan decided, step by step: `1 phone: Rings …`. */
  get trace(): readonly string[] {
    return this.record.story.flatMap((event) =>
      event.type === "step" ? [`${event.entry.step} ${event.entry.type}: ${event.entry.text}`.trim()] : [],
    );
  }

  /** What went over the wire: `carrier > us INVITE`, `us > 215 180 INVITE`; copies marked with `(lost)`. */
  ladder(keep: (packet: Packet) => boolean = () => true): readonly string[] {
    return this.network.log.filter(keep).map((packet) => {
      const { message, copies, from, to } = packet;
      const what = message.kind === "request" ? message.method : `${message.status} ${message.cseq.method}`;
      return `${this.#name(from.host)} > ${this.#name(to.host)} ${what}${copies === 0 ? " (lost)" : ""}`;
    });
  }

  /** Everything that was sent to this agent, as text. */
  sentTo(agent: Agent): string {
    return this.network.log
      .filter(({ to, from }) => to.host === agent.options.address && from.host === this.#at(BOARD))
      .map(({ text }) => text)
      .join("\n");
  }

  /** Nothing of any call is left: no call, dialog, recording, transaction or timer. To be called last. */
  async assertClean(): Promise<void> {
    await this.run(100_000);
    assert.deepEqual(this.board.counts(), {
      calls: 0,
      dialogs: 0,
      taps: 0,
      transactions: 0,
      outsideCalls: 0,
    });
    for (const agent of this.agents) assert.equal(agent.live, 0, `transactions of ${agent.options.name}`);
    assert.equal(this.clock.pending, this.#idleTimers, "timers are left");
  }

  #agent(options: Pick<AgentOptions, "name" | "address" | "user" | "password" | "kind">): Agent {
    const [board, address] = [this.#at(BOARD), this.#at(options.address)];
    const transport = this.network.host(address, { kinds: ["udp", "tcp", "tls"] });
    const agent = new Agent({ clock: this.clock, transport, board, realm: REALM, ...options, address });
    this.#names.set(board, "us").set(address, options.name);
    this.agents.push(agent);
    return agent;
  }

  #name(host: string): string {
    return this.#names.get(host) ?? host;
  }
}
