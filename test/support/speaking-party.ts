import assert from "node:assert/strict";
import { inUri, Party, type Place, type Shape, token } from "../abuse/parts/party.ts";
import { PASSWORD } from "./company.ts";
import { ownAddress } from "./loopback.ts";
import { until } from "./process.ts";
import type { Samples } from "./recording.ts";
import { body, header, kind } from "./sip-text.ts";
import { Voice, type VoiceOptions } from "./voice.ts";

/** What a call is placed with; what is left out is as a good phone has it. */
export interface CallParts {
  /** `+31501000001`. */
  readonly number: string;
  readonly from?: string;
  /** Display name. */
  readonly name?: string;
  /** Its description; empty: none, so that the server offers. */
  readonly offer?: string;
}

/** An INVITE that came, and the tag of all that is answered to it. */
interface Incoming {
  readonly request: string;
  readonly from: Place;
  readonly tag: string;
}

/** A phone or trunk that speaks SIP (over UDP, port 5060; on ::1, which all tests share, any free one) and sound, as its test tells it to; one call at a time. */
export class SpeakingParty {
  readonly sip: Party;
  readonly voice: Voice;
  /** Whether either side has hung up. */
  hungUp = false;
  /** What it does when it is called: answer at once, ring (180), or send its sound before it answers (183). */
  manner: "answers" | "rings" | "early" = "answers";
  readonly #server: Place;
  #shape: Shape = { method: "INVITE" };
  #invite = "";
  #cseq = 1;
  /** A call that has not been answered yet. */
  #incoming: Incoming | undefined;
  /** Of the newest INVITE that came. */
  #via = "";
  #answerAgain: () => Promise<void> = () => Promise.resolve();
  /** The To and From of requests in the dialog. */
  #dialog: Pick<Shape, "uri" | "from" | "to"> = {};

  private constructor(sip: Party, voice: Voice, server: Place) {
    this.sip = sip;
    this.voice = voice;
    this.#server = server;
    sip.onRequest = (request, from) => void this.#take(request, from);
  }

  static async open(server: Place, options: VoiceOptions): Promise<SpeakingParty> {
    return new SpeakingParty(
      await Party.open(options.at, options.at.includes(":") ? 0 : 5060),
      await Voice.open(options),
      server,
    );
  }

  /** A phone of the company, registered, at an address of its own unless said. */
  static async phone(
    server: Place,
    extension: string,
    options: Partial<VoiceOptions> = {},
  ): Promise<SpeakingParty> {
    const phone = await SpeakingParty.open(server, { at: ownAddress(), ...options });
    assert.equal(await phone.sip.register(extension, PASSWORD, server), "200");
    return phone;
  }

  async close(): Promise<void> {
    await this.sip.close();
    await this.voice.close();
  }

  /** Calls, and gives the final response; a 200 has been acknowledged, and the sound flows. */
  async call(parts: CallParts): Promise<string> {
    const ok = await this.invite(parts);
    if (kind(ok) === "200") await this.acknowledge(ok, parts.offer === "" ? this.voice.sdp() : "");
    return ok;
  }

  /** Calls, and gives the final response, which has not been acknowledged where it is a 200. */
  async invite(parts: CallParts): Promise<string> {
    this.begin(parts);
    const final = await this.sip.finalTo(this.#invite);
    if (kind(final) !== "200") await this.sip.send(this.sip.ackOf(this.#invite, final), this.#server);
    return final;
  }

  /** Sends the INVITE, again until it is answered; waits for nothing. */
  begin(parts: CallParts): void {
    const { number, from = "+31612345678", name = "", offer = this.voice.sdp() } = parts;
    this.hungUp = false;
    this.#cseq = 1;
    this.#shape = {
      method: "INVITE",
      uri: `sip:${number}@${inUri(this.#server.address)}`,
      from: `${name === "" ? "" : `"${name}" `}<sip:${from}@${inUri(this.sip.address)}>;tag=${token()}`,
      to: `<sip:${number}@${inUri(this.#server.address)}>`,
      callId: token(),
      branch: `z9hG4bK${token()}`,
      body: offer,
    };
    this.#invite = this.sip.write(this.#shape, this.#server);
    this.sip.repeat(this.#invite, this.#server);
  }

  /** The 200 to what was begun, acknowledged. */
  async answered(): Promise<string> {
    const ok = await this.sip.finalTo(this.#invite);
    await this.acknowledge(ok, "");
    return ok;
  }

  /** CANCEL of the INVITE, and its 487. */
  async cancel(): Promise<void> {
    const { body: _offer, ...shape } = this.#shape;
    const cancel = this.sip.write({ ...shape, method: "CANCEL" }, this.#server);
    this.sip.repeat(cancel, this.#server);
    const final = await this.sip.finalTo(this.#invite);
    await this.sip.send(this.sip.ackOf(this.#invite, final), this.#server);
  }

  /** ACK of a 200, with an answer where the offer was the server's. */
  async acknowledge(ok: string, answer: string): Promise<void> {
    const uri = /<([^>]*)>/.exec(header(ok, "Contact"))?.[1] ?? "";
    this.#dialog = { uri, from: header(this.#invite, "From"), to: header(ok, "To") };
    this.voice.sendTo(body(ok));
    await this.sip.send(this.#written("ACK", answer), this.#server);
  }

  /** A request in the dialog, and its final response; that of an INVITE is acknowledged. */
  async request(method: string, text = "", contentType = "application/sdp"): Promise<string> {
    this.#cseq += 1;
    const request = this.#written(method, text).replace("application/sdp", contentType);
    const final = await this.sip.exchange(request, this.#server);
    if (method === "INVITE" && kind(final) === "200") {
      await this.sip.send(this.#written("ACK", ""), this.#server);
    }
    return final;
  }

  /** Sends another description of itself, for its direction, and gives the final response. */
  redescribe(direction: "sendonly" | "sendrecv"): Promise<string> {
    return this.request("INVITE", this.voice.sdp({ direction, version: this.#cseq + 7 }));
  }

  async bye(): Promise<void> {
    await this.request("BYE");
    this.#isOver();
  }

  /** After a test, which may have failed: hangs up if nobody has. */
  async leave(): Promise<void> {
    if (!this.hungUp) await this.bye().catch(() => undefined);
  }

  /** Waits until it is called. */
  async isCalled(): Promise<void> {
    await until(`${this.sip.address} to be called`, () => this.#incoming !== undefined);
  }

  /** Answers the call that rings here. */
  async pickUp(): Promise<void> {
    const incoming = this.#incoming;
    if (incoming === undefined) throw new Error("nobody calls");
    this.#incoming = undefined;
    await this.#answer(incoming, 200, this.voice.sdp());
  }

  async hasHungUp(withinMs?: number): Promise<void> {
    await until("the server to hang up", () => this.hungUp, withinMs);
  }

  say(samples: Samples): void {
    this.voice.say(samples);
  }

  heard(): Samples {
    return this.voice.heard();
  }

  /** What it knows of its newest call, for whoever looks for what went wrong. */
  account(): string {
    const { to, sent, cameIn } = this.voice;
    const { callId = "" } = this.#shape;
    const its = this.sip.heard.filter(({ text }) => header(text, "Call-ID") === callId);
    return [
      `${this.hungUp ? "has hung up" : "is up"}, speaks to ${to === undefined ? "nobody" : `port ${to.port}`};`,
      `${sent} packets left in all, ${cameIn.length} came; it was told`,
      its.map(({ text }) => `${kind(text)} (${header(text, "CSeq")}, ${header(text, "To")})`).join(", "),
    ].join(" ");
  }

  /** Its sound ends too: what it left may soon be another call's. */
  #isOver(): void {
    this.hungUp = true;
    this.voice.to = undefined;
  }

  #written(method: string, text: string): string {
    const { callId = "" } = this.#shape;
    const shape: Shape = { method, ...this.#dialog, callId, cseq: this.#cseq, body: text };
    return this.sip.write(shape, this.#server);
  }

  async #take(request: string, from: Place): Promise<void> {
    const method = kind(request);
    if (method === "ACK") return;
    if (method === "INVITE") return this.#called(request, from);
    // A BYE that is repeated may be of the call before.
    if (method === "BYE" && header(request, "Call-ID") === this.#shape.callId) this.#isOver();
    await this.sip.reply(request, from, 200);
    if (method !== "CANCEL" || this.#incoming === undefined) return;
    await this.#answer(this.#incoming, 487);
    this.#incoming = undefined;
  }

  async #called(request: string, from: Place): Promise<void> {
    const via = header(request, "Via");
    // RFC 3261 §17.2.1: repeated by a server that has not heard of the answer yet. With a tag of its own a second answer would
    // be that of another phone (§13.2.2.4), which gets a BYE.
    if (via === this.#via) return this.#answerAgain();
    this.#via = via;
    this.hungUp = false;
    if (body(request) !== "") this.voice.sendTo(body(request));
    const tag = token();
    const incoming = { request, from, tag };
    this.#incoming = incoming;
    const uri = /<([^>]*)>/.exec(header(request, "Contact"))?.[1] ?? "";
    this.#shape = { method: "INVITE", callId: header(request, "Call-ID") };
    this.#dialog = { uri, from: `${header(request, "To")};tag=${tag}`, to: header(request, "From") };
    this.#cseq = 1;
    if (this.manner === "answers") return this.pickUp();
    if (this.manner === "rings") return this.#answer(incoming, 180);
    return this.#answer(incoming, 183, this.voice.sdp());
  }

  #answer({ request, from, tag }: Incoming, status: number, text = ""): Promise<void> {
    this.#answerAgain = () => this.sip.reply(request, from, status, { body: text, tag });
    return this.#answerAgain();
  }
}
