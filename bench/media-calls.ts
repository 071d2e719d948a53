import { createSocket, type Socket } from "node:dgram";
import type { Law } from "./marked-rtp.ts";
import { MediaEnd } from "./media-end.ts";
import type { MediaPacer } from "./media-pacer.ts";
import {
  CALLER_BASE,
  DESTINATION_BASE,
  header,
  hearsAt,
  invite,
  type Party,
  response,
  sdp,
  within,
} from "./probe-calls.ts";

/** What every load with sound is told, as JSON in its first argument. */
export interface MediaTask {
  readonly server: Party;
  readonly caller: Party;
  readonly destination: Party;
  readonly receiver: Party;
  readonly called: string;
  /** Tells calls of several runs against one server apart. */
  readonly run: number;
  readonly callerLaw: Law;
  readonly calleeLaw: Law;
}

/** Ports for sound: four for each call, used again after some two thousand calls. */
const FIRST_PORT = 20_000;
const PORTS_PER_CALL = 4;
const PORT_BLOCKS = 2200;

/** Packets of the server that are still under way find their socket. */
const LINGER_MS = 300;

/** One call with its two parties. */
export class MediaCall {
  readonly index: number;
  readonly caller: MediaEnd;
  readonly callee: MediaEnd;
  /** Where the server hears the two; empty until it has said. */
  readonly serverPlaces: Party[] = [];
  /** What it waits for, in words. */
  waitsFor = "an answer";
  /** When our ACK to its answer went out; 0 before. */
  acknowledgedAt = 0;
  /** Why it failed; undefined as long as it has not. */
  failure: string | undefined;
  ended = false;
  /** The 200 OK that answered the caller. */
  answer = "";

  constructor(index: number, caller: MediaEnd, callee: MediaEnd) {
    this.index = index;
    this.caller = caller;
    this.callee = callee;
  }
}

/** Is told how the calls go. */
export interface MediaCallUser {
  /** The caller was answered, and our ACK has gone out. */
  answered(call: MediaCall): void;
  /** The webhook was requested. */
  requested(call: MediaCall, target: string, atMs: number): void;
  /** The destination was rung, has answered, and the ACK has come. */
  connected(call: MediaCall): void;
}

/** Caller and destination of many calls, in one process and with one clock. SIP without retransmission: all is local. */
export class MediaCalls {
  readonly all: MediaCall[] = [];
  readonly #task: MediaTask;
  readonly #user: MediaCallUser;
  readonly #pacer: MediaPacer;
  readonly #caller: Socket;
  readonly #destination: Socket;

  private constructor(
    task: MediaTask,
    user: MediaCallUser,
    pacer: MediaPacer,
    sockets: readonly [Socket, Socket],
  ) {
    this.#task = task;
    this.#user = user;
    this.#pacer = pacer;
    [this.#caller, this.#destination] = sockets;
    this.#caller.on("message", (octets) => this.#callerHears(octets.toString("latin1")));
    this.#destination.on("message", (octets) => this.#destinationHears(octets.toString("latin1")));
  }

  static async open(task: MediaTask, user: MediaCallUser, pacer: MediaPacer): Promise<MediaCalls> {
    const caller = await connected(task.caller, task.server);
    const destination = await connected(task.destination, task.server);
    return new MediaCalls(task, user, pacer, [caller, destination]);
  }

  /** Begins a call; its ports are opened first. */
  async begin(): Promise<MediaCall> {
    const { caller, destination, server, called, run, callerLaw, calleeLaw } = this.#task;
    const index = this.all.length;
    const port = FIRST_PORT + (index % PORT_BLOCKS) * PORTS_PER_CALL;
    // A stream is known by its call and its end; numbers are used again long after their call.
    const streams = [(index * 2) % 4096, (index * 2 + 1) % 4096] as const;
    const placeA = { host: caller.host, port };
    const placeB = { host: destination.host, port: port + 2 };
    const [endA, endB] = await Promise.all([
      MediaEnd.open({ at: placeA, law: callerLaw, stream: streams[0], hears: streams[1] }),
      MediaEnd.open({ at: placeB, law: calleeLaw, stream: streams[1], hears: streams[0] }),
    ]);
    const call = new MediaCall(index, endA, endB);
    this.all.push(call);
    const to = `${server.host}:${server.port}`;
    this.#caller.send(invite({ run, index, from: caller }, called, to, sdp(placeA, [callerLaw])));
    return call;
  }

  /** The body of the webhook's reply; it names the destination that belongs to the caller. */
  reply(target: string): string {
    const at = performance.now();
    const index = Number(/callerid=(?:%2B)?(\d+)/.exec(target)?.[1] ?? 0) - CALLER_BASE;
    const call = this.all[index];
    if (call !== undefined) {
      call.waitsFor = "the destination's INVITE";
      this.#user.requested(call, target, at);
    }
    return `status=ACK&destination=%2B${DESTINATION_BASE + index}&callername=VoysPartners`;
  }

  /** The caller hangs up. */
  hangUp(call: MediaCall): void {
    call.waitsFor = "the end";
    if (call.answer === "") this.#over(call);
    else this.#caller.send(within("BYE", this.#placeOf(call), call.answer));
  }

  /** It has failed: the first reason counts. The caller hangs up. */
  fail(call: MediaCall, reason: string): void {
    if (call.ended || call.failure !== undefined) return;
    call.failure = reason;
    this.hangUp(call);
  }

  close(): void {
    this.#caller.close();
    this.#destination.close();
    for (const call of this.all) this.#over(call, 0);
  }

  #placeOf(call: MediaCall): { readonly run: number; readonly index: number; readonly from: Party } {
    return { run: this.#task.run, index: call.index, from: this.#task.caller };
  }

  #callerHears(text: string): void {
    const index = Number(/^probe-\d+-(\d+)@/.exec(header(text, "Call-ID"))?.[1] ?? -1);
    const call = this.all[index];
    if (call === undefined) return;
    if (text.startsWith("BYE ")) {
      this.#caller.send(response(text, "200 OK", this.#task.caller, ""));
      if (call.waitsFor !== "the end") call.failure ??= `the server hung up before ${call.waitsFor} came`;
      this.#over(call);
      return;
    }
    const status = Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0);
    const sequence = header(text, "CSeq");
    if (status < 200) return;
    if (sequence.endsWith(" BYE")) this.#over(call);
    else if (sequence.endsWith(" INVITE")) this.#answered(call, status, text);
  }

  #answered(call: MediaCall, status: number, text: string): void {
    if (status >= 300) {
      call.failure ??= `refused: ${text.slice(8, text.indexOf("\r\n"))}`;
      this.#over(call);
      return;
    }
    this.#caller.send(within("ACK", this.#placeOf(call), text));
    if (call.answer !== "") return;
    call.answer = text;
    call.acknowledgedAt = performance.now();
    if (this.#join(call, call.caller, text)) this.#user.answered(call);
  }

  #destinationHears(text: string): void {
    const { destination, calleeLaw } = this.#task;
    const index = Number(/^\w+ sip:\+?(\d+)@/.exec(text)?.[1] ?? 0) - DESTINATION_BASE;
    if (text.startsWith("INVITE ")) {
      const call = this.all[index];
      if (call === undefined) return;
      const tag = `destination-${index}`;
      const at = { host: destination.host, port: FIRST_PORT + (index % PORT_BLOCKS) * PORTS_PER_CALL + 2 };
      this.#destination.send(response(text, "180 Ringing", destination, tag));
      this.#destination.send(response(text, "200 OK", destination, tag, sdp(at, [calleeLaw])));
      this.#join(call, call.callee, text);
      call.waitsFor = "the destination's ACK";
      return;
    }
    if (text.startsWith("BYE ")) this.#destination.send(response(text, "200 OK", destination, ""));
    const tag = /;tag=destination-(\d+)/.exec(header(text, "To"))?.[1];
    const call = this.all[Number(tag ?? -1)];
    if (call === undefined || !text.startsWith("ACK ") || call.waitsFor !== "the destination's ACK") return;
    call.waitsFor = "sound both ways";
    this.#user.connected(call);
  }

  /** From now on this party speaks to where the server hears it. */
  #join(call: MediaCall, end: MediaEnd, description: string): boolean {
    const to = hearsAt(description);
    if (to === undefined) {
      this.fail(call, "a description without a place for sound");
      return false;
    }
    call.serverPlaces.push(to);
    end.connect(to);
    this.#pacer.add(end);
    return true;
  }

  #over(call: MediaCall, afterMs = LINGER_MS): void {
    if (call.ended) return;
    call.ended = true;
    this.#pacer.remove(call.caller);
    this.#pacer.remove(call.callee);
    setTimeout(() => {
      call.caller.close();
      call.callee.close();
    }, afterMs);
  }
}

/** A UDP socket that only the server can reach; what is sent goes out at once, without a look at names. */
export async function connected(at: Party, server: Party): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(at.port, at.host, resolve));
  await new Promise<void>((resolve) => socket.connect(server.port, server.host, resolve));
  socket.on("error", () => undefined);
  return socket;
}

/** How often each reason was given: `3 × no answer; 1 × …`; empty when there is none. */
export function failureText(calls: readonly MediaCall[]): string {
  const counts = new Map<string, number>();
  for (const { failure } of calls) {
    if (failure !== undefined) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} × ${reason}`).join("; ");
}
