import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { EndName, EndParts, EndStatistics, MediaCall, MediaFault, MediaUser, Sound } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import type { CallNumber, FromMedia, ToMedia } from "./link.ts";

type Reply = Result<Uint8Array | undefined, MediaFault>;

/** What a call needs of the host. */
export interface CallLink {
  send(message: ToMedia): void;
  /** The call is over: nothing more comes for it. */
  gone(): void;
}

/** One call as the signalling side holds it: requests go to the thread, replies are matched by their number. */
export class HostCall implements MediaCall {
  readonly #call: CallNumber;
  readonly #user: MediaUser;
  readonly #link: CallLink;
  #next = 1;
  readonly #requests = new Map<number, (reply: Reply) => void>();
  readonly #plays = new Map<
    number,
    { readonly end: EndName; readonly done: (result: Result<undefined, Said>) => void }
  >();
  #closed: ((statistics: readonly EndStatistics[]) => void) | undefined;
  #closing: Promise<readonly EndStatistics[]> | undefined;
  /** Why nothing works any more. */
  #fault: MediaFault | undefined;

  constructor(call: CallNumber, user: MediaUser, link: CallLink) {
    this.#call = call;
    this.#user = user;
    this.#link = link;
  }

  async remoteOffer(end: EndName, sdp: Uint8Array, parts: EndParts): Promise<Result<undefined, MediaFault>> {
    const call = this.#call;
    return withoutValue(
      await this.#ask((request) => ({
        type: "remoteOffer",
        call,
        request,
        end,
        sdp: tight(sdp),
        parts: plain(parts),
      })),
    );
  }

  async localAnswer(end: EndName, towards?: EndName): Promise<Result<Uint8Array, MediaFault>> {
    const call = this.#call;
    return withValue(await this.#ask((request) => ({ type: "localAnswer", call, request, end, towards })));
  }

  async localOffer(
    end: EndName,
    parts: EndParts,
    towards?: EndName,
  ): Promise<Result<Uint8Array, MediaFault>> {
    const call = this.#call;
    return withValue(
      await this.#ask((request) => ({
        type: "localOffer",
        call,
        request,
        end,
        parts: plain(parts),
        towards,
      })),
    );
  }

  async remoteAnswer(end: EndName, sdp: Uint8Array): Promise<Result<undefined, MediaFault>> {
    const call = this.#call;
    return withoutValue(
      await this.#ask((request) => ({ type: "remoteAnswer", call, request, end, sdp: tight(sdp) })),
    );
  }

  bridge(one: EndName, other: EndName): void {
    this.#forgetPlays(one);
    this.#forgetPlays(other);
    this.#tell({ type: "bridge", call: this.#call, one, other });
  }

  unbridge(): void {
    this.#tell({ type: "unbridge", call: this.#call });
  }

  play(end: EndName, sound: Sound, onDone?: (result: Result<undefined, Said>) => void): void {
    this.#forgetPlays(end);
    const play = this.#next++;
    if (this.#fault !== undefined) {
      // Not before `play` has returned: the caller may not be ready for it.
      if (this.#closing === undefined && onDone !== undefined) {
        const { reason } = this.#fault;
        queueMicrotask(() => onDone(err(reason)));
      }
      return;
    }
    if (onDone !== undefined) this.#plays.set(play, { end, done: onDone });
    this.#tell({ type: "play", call: this.#call, play, end, sound });
  }

  stop(end: EndName): void {
    this.#forgetPlays(end);
    this.#tell({ type: "stop", call: this.#call, end });
  }

  listen(end: EndName, on: boolean): void {
    this.#tell({ type: "listen", call: this.#call, end, on });
  }

  release(end: EndName): void {
    this.#forgetPlays(end);
    this.#tell({ type: "release", call: this.#call, end });
  }

  close(): Promise<readonly EndStatistics[]> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #close(): Promise<readonly EndStatistics[]> {
    if (this.#fault !== undefined) return Promise.resolve([]);
    this.#tell({ type: "close", call: this.#call, request: this.#next++ });
    this.#fail({ status: 500, reason: mediaSaid("media.callClosed", {}) });
    return new Promise((resolve) => {
      this.#closed = resolve;
    });
  }

  /** Something of this call came from the thread. */
  receive(message: Exclude<FromMedia, { readonly type: "metrics" }>): void {
    switch (message.type) {
      case "reply":
        this.#requests.get(message.request)?.(message.result);
        this.#requests.delete(message.request);
        return;
      case "closed":
        this.#link.gone();
        this.#closed?.(message.statistics);
        return;
      case "held":
        if (this.#fault === undefined) this.#user.onHeld?.(message.end);
        return;
      case "digit":
        if (this.#fault === undefined) this.#user.onDigit(message.end, message.digit, message.way);
        return;
      case "silent":
        if (this.#fault === undefined) this.#user.onSilent(message.end, message.seconds);
        return;
      case "played": {
        const play = this.#plays.get(message.play);
        this.#plays.delete(message.play);
        play?.done(message.result);
        return;
      }
    }
  }

  /** The thread is gone. `tell`: the user hears of it, unless it has closed the call already. */
  lose(reason: Said, tell: boolean): void {
    const wasOpen = this.#fault === undefined;
    if (wasOpen) this.#fail({ status: 503, reason });
    this.#closed?.([]);
    if (wasOpen && tell) this.#user.onLost(reason);
  }

  /** Answers whoever waits, and everybody who comes later. */
  #fail(fault: MediaFault): void {
    this.#fault = fault;
    this.#plays.clear();
    const waiting = [...this.#requests.values()];
    this.#requests.clear();
    for (const answer of waiting) answer(err(fault));
  }

  #forgetPlays(end: EndName): void {
    for (const [number, play] of this.#plays) if (play.end === end) this.#plays.delete(number);
  }

  #ask(message: (request: number) => ToMedia): Promise<Reply> {
    if (this.#fault !== undefined) return Promise.resolve(err(this.#fault));
    const request = this.#next++;
    return new Promise((resolve) => {
      this.#requests.set(request, resolve);
      this.#link.send(message(request));
    });
  }

  #tell(message: ToMedia): void {
    if (this.#fault === undefined) this.#link.send(message);
  }
}

/** A copy of its own: of a `Buffer` the whole pool that it lies in would cross. */
function tight(octets: Uint8Array): Uint8Array {
  return new Uint8Array(octets);
}

/** What crosses to the thread is copied: only what it needs. */
function plain({ localAddress, signallingAddress }: EndParts): EndParts {
  return { localAddress, signallingAddress };
}

function withoutValue(reply: Reply): Result<undefined, MediaFault> {
  return reply.ok ? ok(undefined) : reply;
}

function withValue(reply: Reply): Result<Uint8Array, MediaFault> {
  if (!reply.ok) return reply;
  if (reply.value !== undefined) return ok(reply.value);
  return err({ status: 500, reason: mediaSaid("media.noDescription", {}) });
}
