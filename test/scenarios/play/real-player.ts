import assert from "node:assert/strict";
import { createCounters } from "../../../src/lib/counters.ts";
import type { Company } from "../../../src/model/company.ts";
import type { CallSummary } from "../../../src/model/repositories.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { randomIds } from "../../../src/runtime/ids.ts";
import { createGuard, type OpenTransports, openTransports } from "../../../src/sip/index.ts";
import { ownAddress } from "../../support/loopback.ts";
import { until } from "../../support/process.ts";
import { startServer, type TestServer } from "../../support/server.ts";
import { BOARD, REALM } from "../virtual-board.ts";
import { recordsOf, type ScenarioDescription } from "./description.ts";
import type { ScenarioFolder } from "./folder.ts";
import type { Player } from "./player.suite.ts";
import { Receivers } from "./receivers.ts";
import { Script } from "./script.ts";
import { callOf, type Trace, withoutIds } from "./trace.ts";

/** What a played scenario has left, but for its records, which are those of calls that began in its time. */
interface Acted {
  readonly asked: readonly string[];
  readonly sip: Trace["sip"];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly records: number;
}

const LIST_MS = 200;

/** Of the parties' own stacks. */
const ids = randomIds();

/**
 * Plays with a server process of its own, `switchhook start`, that all scenarios share: real sockets, real time, real
 * receivers. Addresses of the scenarios' world are addresses of this machine alone there.
 */
export class RealPlayer implements Player {
  readonly name = "real SIP";
  readonly exact = false;
  readonly #places = new Map([["10.0.0.0", "127.0.0.0"]]);
  readonly #transports = new Map<string, OpenTransports>();
  readonly #played = new Map<string, Promise<Trace>>();
  #server: TestServer | undefined;
  #list: { readonly at: number; readonly calls: Promise<readonly CallSummary[]> } | undefined;

  /** All are played at once, one after the other: a record is written a while after its call, when the next one is on already. */
  async open(folders: readonly ScenarioFolder[]): Promise<void> {
    const server = await startServer({
      company: EMPTY,
      address: this.#place(BOARD),
      flags: ["--realm", REALM],
    });
    this.#server = server;
    let before: Promise<unknown> = Promise.resolve();
    for (const folder of folders) {
      const acted = before.then(() => this.#act(folder, server));
      const played = acted.then((one) => this.#told(one, server));
      // Whoever waits for it hears of it.
      played.catch(() => undefined);
      this.#played.set(folder.name, played);
      before = acted.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#played.values());
    await this.#server?.stop();
    for (const transport of this.#transports.values()) await transport.close();
  }

  skips({ description }: ScenarioFolder): string | false {
    return description.virtualOnly ?? false;
  }

  play({ name }: ScenarioFolder): Promise<Trace> {
    return this.#played.get(name) ?? Promise.reject(new Error("it was not opened with this one"));
  }

  /** All but the records. */
  async #act(folder: ScenarioFolder, server: TestServer): Promise<Acted> {
    const { company, scenario } = folder.at((address) => this.#place(address));
    await this.#listenFor(scenario);
    await server.put(company);
    const asked: string[] = [];
    let script: Script | undefined;
    const { webhooks } = JSON.parse(company) as Pick<Company, "webhooks">;
    const receivers = await Receivers.open(webhooks, scenario, (what, webhook, url) => {
      if (what === "asked") asked.push(withoutIds(`GET ${url}`));
      script?.told(what, webhook);
    });
    try {
      script = this.#script(scenario);
      await script.register(3600);
      const from = Date.now();
      script.begin();
      const playing = script;
      await until("the calls to be over", () => playing.atRest);
      const { sip } = script;
      await script.register(0);
      return { asked, sip, from, to: Date.now(), records: recordsOf(scenario) };
    } finally {
      script?.close();
      await receivers.close();
    }
  }

  async #told({ asked, sip, from, to, records }: Acted, server: TestServer): Promise<Trace> {
    const calls = await until(`${records} records`, async () => {
      const own = (await this.#calls(server)).filter(
        ({ startedAt, result }) => startedAt >= from && startedAt <= to && result !== "ongoing",
      );
      return own.length >= records && own;
    });
    assert.equal(calls.length, records, "records");
    const whole = await Promise.all(calls.toReversed().map(({ id }) => server.call(id)));
    const trace = { calls: whole.map(callOf), asked, sip };
    return JSON.parse(this.#named(JSON.stringify(trace))) as Trace;
  }

  /** Asked for again when the answer before is a while old: many wait at once. */
  #calls(server: TestServer): Promise<readonly CallSummary[]> {
    const now = performance.now();
    if (this.#list === undefined || now - this.#list.at > LIST_MS)
      this.#list = { at: now, calls: server.calls() };
    return this.#list.calls;
  }

  #script(scenario: ScenarioDescription): Script {
    return new Script(scenario, {
      clock: systemClock,
      ids,
      board: this.#place(BOARD),
      realm: REALM,
      open: (address) => {
        const real = this.#place(address);
        return { address: real, transport: this.#transports.get(real) ?? assert.fail(address) };
      },
      until: async (what, ready) => void (await until(what, ready)),
    });
  }

  /** Sockets are kept from one scenario to the next. */
  async #listenFor(scenario: ScenarioDescription): Promise<void> {
    for (const host of Script.addresses(scenario).map((address) => this.#place(address))) {
      if (this.#transports.has(host)) continue;
      const counters = createCounters();
      // As far as a party is concerned, all that speaks to it is its trunk.
      const known = { trunkAt: () => "server", phonesAt: () => 0, isPhone: () => false };
      const transport = await openTransports({
        listen: [{ transport: "udp", host, port: 5060 }],
        clock: systemClock,
        ids,
        log: { warn: () => undefined, error: () => undefined },
        guard: createGuard({ clock: systemClock, counters, known }),
        counters,
      });
      this.#transports.set(host, transport);
    }
  }

  /** Where an address of the scenarios' world is on this machine. */
  #place(address: string): string {
    const known = this.#places.get(address);
    if (known !== undefined) return known;
    const real = ownAddress();
    this.#places.set(address, real);
    return real;
  }

  /** A text with the addresses of the scenarios' world again. */
  #named(text: string): string {
    return [...this.#places].reduce((named, [address, real]) => named.replaceAll(real, address), text);
  }
}

/** The first scenario's company takes its place. */
const EMPTY = "version: 1\nhome: { country: NL, timeZone: Europe/Amsterdam }\n";
