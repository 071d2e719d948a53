import { err, type Result } from "../lib/result.ts";
import type { Said } from "../lib/said.ts";
import type {
  EndName,
  EndParts,
  EndStatistics,
  MediaCall,
  MediaEngine,
  MediaFault,
  MediaUser,
  Sound as Played,
} from "../media/engine.ts";
import { storySaid } from "../model/story-words.ts";
import type { PeerOffer } from "../sip/index.ts";
import type { SdpOrigin } from "./sdp-origin.ts";

/** The caller's end. */
export const CALLER: EndName = "A";

/** What the engine made: a description to be sent, or why there is none. */
export type Described = Result<Buffer, MediaFault>;

export interface SoundParts {
  readonly engine: MediaEngine;
  readonly callId: string;
  readonly country: string;
  readonly caller: EndParts;
  /** The caller's offer; empty where its INVITE had none. */
  readonly offer: Buffer;
  readonly user: MediaUser;
}

/**
 * The sound of one call, where any of it passes through us. The engine is only asked when the first leg needs it: most
 * calls' sound goes directly between the parties, and they never get here.
 */
export class Sound {
  readonly #parts: SoundParts;
  /** Ends that pass through us, and how they are reached. */
  readonly #ends = new Map<EndName, EndParts>();
  #offer: Buffer | undefined;
  #call: MediaCall | undefined;
  /** The leg that the caller hears and speaks with. */
  #other: EndName | undefined;
  #closed = false;

  constructor(parts: SoundParts) {
    this.#parts = parts;
    this.#offer = parts.offer;
  }

  /** Whether this end's sound passes through us. */
  carries(end: EndName): boolean {
    return this.#ends.has(end);
  }

  /** `built-in`, `rtpengine`. */
  get engine(): string {
    return this.#parts.engine.name;
  }

  /** What the caller is told: our answer to its offer, or our offer where it sent none. */
  describeToCaller(towards?: EndName): Promise<Described> {
    return this.#describe((call) => {
      const { caller, offer } = this.#parts;
      if (offer.length === 0) return call.localOffer(CALLER, caller, towards);
      return both(this.#takeOffer(call), call.localAnswer(CALLER, towards));
    });
  }

  /** The caller's answer, where the offer was ours: what its ACK brought. */
  async callerAnswered(sdp: Buffer): Promise<Result<undefined, MediaFault>> {
    if (this.#call === undefined) return GONE;
    return this.#call.remoteAnswer(CALLER, sdp);
  }

  /** An offer of ours to a leg. */
  describeToLeg(leg: EndName, parts: EndParts): Promise<Described> {
    this.#ends.set(leg, parts);
    return this.#describe((call) => both(this.#takeOffer(call), call.localOffer(leg, parts, CALLER)));
  }

  /** A leg's answer to it. */
  async legAnswered(leg: EndName, sdp: Buffer): Promise<Result<undefined, MediaFault>> {
    if (this.#call === undefined) return GONE;
    return this.#call.remoteAnswer(leg, sdp);
  }

  /** The caller and this leg hear each other. */
  connect(leg: EndName): void {
    this.#other = leg;
    this.#call?.bridge(CALLER, leg);
  }

  /** The leg that the caller hears already. */
  get connectedTo(): EndName | undefined {
    return this.#other;
  }

  /** The caller hears nobody any more. */
  disconnect(): void {
    if (this.#other !== undefined) this.#call?.unbridge();
    this.#other = undefined;
  }

  play(sound: Played, onDone: (result: Result<undefined, Said>) => void): void {
    this.#call?.play(CALLER, sound, onDone);
  }

  silence(): void {
    this.#call?.stop(CALLER);
  }

  listen(on: boolean): void {
    this.#call?.listen(CALLER, on);
  }

  release(leg: EndName): void {
    if (!this.#ends.delete(leg)) return;
    if (this.#other === leg) this.disconnect();
    this.#call?.release(leg);
  }

  /**
   * A party changes its description inside the call (RFC 3264 §8): hold, another address, another codec. It is answered
   * here; the other side is not troubled.
   */
  async reoffer(end: EndName, offer: PeerOffer, origin: SdpOrigin): Promise<void> {
    const before = this.#ends.get(end);
    const call = this.#call;
    if (before === undefined || call === undefined) return offer.reject(488);
    // Its sound comes from where it speaks from now (docs/adr/0018, 0041).
    const parts = { ...before, signallingAddress: offer.from };
    this.#ends.set(end, parts);
    const towards = end === CALLER ? this.#other : CALLER;
    if (offer.body.length === 0) {
      const ours = await call.localOffer(end, parts, towards);
      if (!ours.ok) return offer.reject(ours.error.status);
      return offer.accept(origin.rewrite(octets(ours.value)), (answer) => {
        if (answer.length > 0) void call.remoteAnswer(end, answer);
      });
    }
    const answer = await both(call.remoteOffer(end, offer.body, parts), call.localAnswer(end, towards));
    if (!answer.ok) return offer.reject(answer.error.status);
    offer.accept(origin.rewrite(octets(answer.value)), () => {});
  }

  /** Ends all; resolves with what went through. */
  async close(): Promise<readonly EndStatistics[]> {
    this.#closed = true;
    const call = this.#call;
    this.#call = undefined;
    return call === undefined ? [] : call.close();
  }

  async #describe(work: (call: MediaCall) => Promise<Result<Uint8Array, MediaFault>>): Promise<Described> {
    if (this.#closed) return GONE;
    this.#call ??= this.#open();
    const made = await work(this.#call);
    return made.ok ? { ok: true, value: octets(made.value) } : made;
  }

  #open(): MediaCall {
    const { engine, callId, country, caller, user } = this.#parts;
    this.#ends.set(CALLER, caller);
    return engine.open({ callId, country }, user);
  }

  /** The caller's offer is given to the engine once, before anything that depends on it. */
  async #takeOffer(call: MediaCall): Promise<Result<undefined, MediaFault>> {
    const offer = this.#offer;
    this.#offer = undefined;
    if (offer === undefined || offer.length === 0) return TAKEN;
    return call.remoteOffer(CALLER, offer, this.#parts.caller);
  }
}

const TAKEN: Result<undefined, MediaFault> = { ok: true, value: undefined };
const GONE = err<MediaFault>({ status: 503, reason: storySaid("way.over", {}) });

/**
 * What the engine makes once it has taken a description. Both are asked for in one turn, which saves a way to the engine's
 * thread and back; where the first cannot be had, its reason is the one to know.
 */
async function both<T>(
  taken: Promise<Result<undefined, MediaFault>>,
  made: Promise<Result<T, MediaFault>>,
): Promise<Result<T, MediaFault>> {
  const [first, second] = await Promise.all([taken, made]);
  return first.ok ? second : first;
}

function octets(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
