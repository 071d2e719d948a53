import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Party, type Place, type Shape, sdp } from "../abuse/parts/party.ts";
import { until } from "./process.ts";
import { header, kind } from "./sip-text.ts";

interface Sent {
  readonly number: string;
  readonly request: string;
  readonly at: number;
}

/** Calls at an even pace to a number that refuses them, each from a number of its own; how long each waited for that. */
export class EvenCalls {
  /** By the number that called. */
  readonly waitedMs = new Map<string, number>();
  readonly #caller: Party;
  readonly #server: Place;
  readonly #called: string;
  readonly #body: string;
  readonly #sent = new Map<string, Sent>();
  readonly #first: number;
  #count = 0;

  /** The first caller is `+31` and `first`; `body`: of each INVITE, an ordinary offer when left out. */
  constructor(caller: Party, server: Place, called: string, first: number, body = sdp(caller.address)) {
    this.#caller = caller;
    this.#server = server;
    this.#called = called;
    this.#first = first;
    this.#body = body;
    caller.onResponse = (response) => this.#heard(response);
  }

  /** So many have been placed. */
  get count(): number {
    return this.#count;
  }

  /** Places calls until it says no. */
  async run(everyMs: number, goesOn: () => boolean): Promise<void> {
    const began = performance.now();
    for (let due = began; goesOn(); due += everyMs) {
      await this.#place();
      const wait = due + everyMs - performance.now();
      if (wait > 0) await sleep(wait);
    }
    await until("every call to be answered", () => this.waitedMs.size === this.#count, 30_000);
  }

  /** Milliseconds below which this share of the calls waited. */
  waited(share: number): number {
    const all = [...this.waitedMs.values()].toSorted((a, b) => a - b);
    return all[Math.min(all.length - 1, Math.floor(share * all.length))] ?? 0;
  }

  async #place(): Promise<void> {
    const number = `+31${this.#first + this.#count}`;
    this.#count += 1;
    const from = `<sip:${number}@${this.#caller.address}>;tag=a${this.#count}`;
    const uri = `sip:${this.#called}@${this.#server.address}`;
    const shape: Shape = { method: "INVITE", uri, from, to: `<${uri}>`, body: this.#body };
    const request = this.#caller.write(shape, this.#server);
    this.#sent.set(header(request, "Call-ID"), { number, request, at: performance.now() });
    await this.#caller.send(request, this.#server);
  }

  #heard(response: string): void {
    const one = this.#sent.get(header(response, "Call-ID"));
    if (one === undefined || Number(kind(response)) < 300) return;
    if (!this.waitedMs.has(one.number)) this.waitedMs.set(one.number, performance.now() - one.at);
    void this.#caller.send(this.#caller.ackOf(one.request, response), this.#server);
  }
}
