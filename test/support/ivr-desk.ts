import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { codeWebhook, companyText, ringPhone, webhookStep } from "./company.ts";
import { converse } from "./conversation.ts";
import { Ear, heardPrompts, hearsTone } from "./heard-prompts.ts";
import { ownAddress } from "./loopback.ts";
import { until } from "./process.ts";
import { Receiver } from "./receiver.ts";
import { startServer, type TestServer } from "./server.ts";
import { kind } from "./sip-text.ts";
import { SpeakingParty } from "./speaking-party.ts";

/** `vip`: 8 s, 3 attempts; `hasty`: 1 s, 2 attempts; `fixed`: 8 s, codes of four digits. */
export const DID = { vip: "+31501000001", hasty: "+31501000002", fixed: "+31501000003" } as const;
/** The code that the receiver accepts. */
export const RIGHT = "8765";

/** From look to look: looking computes, and all desks share a process. */
const LOOK_MS = 100;

/** A server that asks for codes, with a receiver, a caller (a trunk) and a phone (215); one call at a time. */
export class Desk {
  /** Whether the receiver lets requests wait, in `held`. */
  slow = false;
  readonly held: ServerResponse[] = [];
  /** When the webhook was asked in this call, ms. */
  readonly askedAt: number[] = [];
  #server: TestServer | undefined;
  #receiver: Receiver | undefined;
  #caller: SpeakingParty | undefined;
  #phone: SpeakingParty | undefined;

  get server(): TestServer {
    return opened(this.#server);
  }

  get receiver(): Receiver {
    return opened(this.#receiver);
  }

  get caller(): SpeakingParty {
    return opened(this.#caller);
  }

  get phone(): SpeakingParty {
    return opened(this.#phone);
  }

  async open(): Promise<void> {
    this.#receiver = await Receiver.start((query, _request, response) => {
      this.askedAt.push(performance.now());
      if (this.slow) this.held.push(response);
      else response.end(query.get("code") === RIGHT ? "status=ACK" : "status=NAK");
    });
    const steps = (name: string): readonly string[] => [webhookStep(name, [ringPhone("215")])];
    const { address } = this.receiver;
    const at = ownAddress();
    this.#server = await startServer({
      company: companyText({
        caller: at,
        webhooks: [
          codeWebhook("VIP", address, ", timeoutSeconds: 8"),
          codeWebhook("hasty", address, ", timeoutSeconds: 1, attempts: 2"),
          codeWebhook("fixed", address, ", timeoutSeconds: 8, codeLength: 4"),
        ],
        routes: { [DID.vip]: steps("VIP"), [DID.hasty]: steps("hasty"), [DID.fixed]: steps("fixed") },
      }),
    });
    this.#caller = await SpeakingParty.open(this.server, { at });
    this.#phone = await SpeakingParty.phone(this.server, "215");
  }

  /** After a test: nothing goes on. */
  async settle(): Promise<void> {
    this.slow = false;
    this.phone.manner = "answers";
    for (const response of this.held.splice(0)) response.end("status=ERR");
    await this.caller.leave();
    await this.server.callsOver();
  }

  async close(): Promise<void> {
    await this.#caller?.close();
    await this.#phone?.close();
    await this.#server?.stop();
    await this.#receiver?.kill();
  }

  /** Calls, and the answer has come. */
  async call(did: string, offer?: string): Promise<Ear> {
    this.receiver.requests.length = 0;
    this.askedAt.length = 0;
    this.caller.voice.forget();
    this.phone.voice.forget();
    const ok = await this.caller.call(offer === undefined ? { number: did } : { number: did, offer });
    assert.equal(kind(ok), "200");
    return new Ear(() => this.caller.heard());
  }

  /** The caller presses keys, once it hears something; the time at which the last of them is over. */
  async press(keys: string): Promise<number> {
    const { voice } = this.caller;
    await until("the first sound", () => voice.cameIn.length > 0);
    voice.press(keys);
    return until("the keys to be pressed", () => voice.hasPressed && performance.now());
  }

  /** The codes that were asked about in this call, once there are so many. */
  async asked(count = 1): Promise<readonly (string | null)[]> {
    await until("the webhook to be asked", () => this.receiver.requests.length >= count);
    return this.receiver.codes();
  }

  /** Waits until the caller has heard the first part of a message. */
  async begins(firstMs: number, name?: string): Promise<void> {
    let lookAt = 0;
    await until(`the message ${name ?? ""} to begin`, () => {
      if (performance.now() < lookAt) return false;
      lookAt = performance.now() + LOOK_MS;
      const heard = heardPrompts(this.caller.heard(), { firstMs });
      return heard.some((prompt) => name === undefined || prompt.name === name);
    });
  }

  hears(party: SpeakingParty, hz: number): Promise<void> {
    return hearsTone(() => party.heard(), hz, 600);
  }

  /** The call has been connected: the two hear each other. */
  speak(): Promise<void> {
    return converse(this.caller, this.phone, 600);
  }

  /** Names of the prompts that the caller has heard to their end. */
  prompts(): readonly string[] {
    return heardPrompts(this.caller.heard()).map(({ name }) => name);
  }
}

function opened<T>(part: T | undefined): T {
  assert.ok(part !== undefined, "the desk is not open");
  return part;
}
