import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { EndName, EndParts, EndStatistics, MediaFault } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import { End } from "./end.ts";
import type { MediaEnvironment } from "./environment.ts";
import type { FromMedia, ToMedia } from "./link.ts";

/** Ends of one call at once: reliability B8 allows 60 legs in all. */
const MAX_ENDS = 64;
/** Statistics of ends that are over, kept until the call is. */
const MAX_KEPT = 64;

/** What is asked of one call. */
export type CallMessage = Exclude<ToMedia, { readonly type: "open" | "shutDown" | "crash" }>;

/**
 * The sound of one call in the media thread. What is asked is performed in order: while sockets are being opened,
 * everything else waits its turn.
 */
export class BuiltinSession {
  readonly #environment: MediaEnvironment;
  readonly #call: number;
  readonly #country: string;
  readonly #send: (message: FromMedia) => void;
  readonly #ends = new Map<EndName, End>();
  readonly #over: EndStatistics[] = [];
  readonly #waiting: CallMessage[] = [];
  #busy = false;
  #closed = false;

  constructor(
    environment: MediaEnvironment,
    call: number,
    country: string,
    send: (message: FromMedia) => void,
  ) {
    this.#environment = environment;
    this.#call = call;
    this.#country = country;
    this.#send = send;
  }

  /** Closed, with nothing left to do. */
  get closed(): boolean {
    return this.#closed;
  }

  receive(message: CallMessage): void {
    this.#waiting.push(message);
    if (!this.#busy) this.#work();
  }

  /** Some times a second. */
  keepUp(now: number): void {
    for (const end of this.#ends.values()) end.keepUp(now);
  }

  #work(): void {
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      const later = this.#perform(message);
      if (later === undefined) continue;
      this.#busy = true;
      void later.then(() => {
        this.#busy = false;
        this.#work();
      });
      return;
    }
  }

  /** A promise: what comes next has to wait for it. */
  #perform(message: CallMessage): Promise<void> | undefined {
    switch (message.type) {
      case "remoteOffer":
        return this.#withEnd(message, (end) => end.remoteOffer(message.sdp));
      case "localOffer":
        return this.#withEnd(message, (end) => ok(end.localOffer(this.#find(message.towards))));
      case "localAnswer":
        this.#reply(message, this.#find(message.end)?.localAnswer(this.#find(message.towards)));
        return undefined;
      case "remoteAnswer":
        this.#reply(message, this.#find(message.end)?.remoteAnswer(message.sdp));
        return undefined;
      case "close":
        this.close();
        this.#send({ type: "closed", call: this.#call, request: message.request, statistics: this.#over });
        return undefined;
      default:
        this.#steer(message);
        return undefined;
    }
  }

  /** What gets no reply. */
  #steer(
    message: Extract<CallMessage, { type: "bridge" | "unbridge" | "play" | "stop" | "listen" | "release" }>,
  ): void {
    switch (message.type) {
      case "bridge":
        this.#bridge(this.#find(message.one), this.#find(message.other));
        return;
      case "unbridge":
        for (const end of this.#ends.values()) end.join(undefined);
        return;
      case "play":
        this.#play(message);
        return;
      case "stop":
        this.#find(message.end)?.stop();
        return;
      case "listen":
        this.#find(message.end)?.listen(message.on);
        return;
      case "release":
        this.#release(message.end);
        return;
    }
  }

  #bridge(one: End | undefined, other: End | undefined): void {
    if (one === undefined || other === undefined || one === other) return;
    // Whoever was joined to one of them hears nobody now.
    for (const end of [one, other]) if (end.peer?.peer === end) end.peer.join(undefined);
    one.join(other);
    other.join(one);
  }

  #play({ play, end: name, sound }: Extract<ToMedia, { type: "play" }>): void {
    const done = (result: Result<undefined, Said>): void =>
      this.#send({ type: "played", call: this.#call, play, result });
    const end = this.#find(name);
    if (end === undefined) done(err(mediaSaid("media.noEndToPlayAt", { end: name })));
    else end.play(sound, done);
  }

  #release(name: EndName): void {
    const end = this.#ends.get(name);
    if (end === undefined) return;
    end.close();
    this.#ends.delete(name);
    if (this.#over.length < MAX_KEPT) this.#over.push(end.statistics());
  }

  /** Opens the end first where it is not there yet. */
  #withEnd(
    message: Extract<ToMedia, { type: "remoteOffer" | "localOffer" }>,
    act: (end: End) => Result<Uint8Array | undefined, MediaFault>,
  ): Promise<void> | undefined {
    const known = this.#ends.get(message.end);
    if (known !== undefined) {
      known.signalledFrom(message.parts.signallingAddress);
      this.#reply(message, act(known));
      return undefined;
    }
    return this.#open(message.end, message.parts).then((opened) => {
      const result = opened.ok ? act(opened.value) : opened;
      // A description that cannot be used leaves nothing behind.
      if (!result.ok) this.#release(message.end);
      this.#reply(message, result);
    });
  }

  async #open(name: EndName, parts: EndParts): Promise<Result<End, MediaFault>> {
    if (this.#closed) return err({ status: 500, reason: mediaSaid("media.callClosed", {}) });
    if (this.#ends.size >= MAX_ENDS)
      return err({ status: 503, reason: mediaSaid("media.tooManyEnds", { most: MAX_ENDS }) });
    const call = this.#call;
    const opened = await End.open(this.#environment, name, this.#country, parts, {
      onDigit: (digit, way) => this.#send({ type: "digit", call, end: name, digit, way }),
      onHeld: () => this.#send({ type: "held", call, end: name }),
      onSilent: (seconds) => this.#send({ type: "silent", call, end: name, seconds }),
    });
    if (opened.ok && this.#closed) opened.value.close();
    else if (opened.ok) this.#ends.set(name, opened.value);
    return opened;
  }

  #find(name: EndName | undefined): End | undefined {
    return name === undefined ? undefined : this.#ends.get(name);
  }

  #reply(
    { request, end }: { readonly request: number; readonly end: EndName },
    result: Result<Uint8Array | undefined, MediaFault> | undefined,
  ): void {
    const reply = result ?? err({ status: 500 as const, reason: mediaSaid("media.unknownEnd", { end }) });
    this.#send({ type: "reply", call: this.#call, request, result: reply });
  }

  /** Ends everything, once. */
  close(): void {
    this.#closed = true;
    for (const name of this.#ends.keys()) this.#release(name);
  }
}
