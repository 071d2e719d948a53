import { createSocket, type Socket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CALLER_BASE,
  DESTINATION_BASE,
  header,
  invite,
  type Party,
  response,
  within,
} from "./probe-calls.ts";
import { startReceiver } from "./receiver.ts";

/** What the probe is told, as JSON in its first argument. */
export interface ProbeTask {
  readonly server: Party;
  readonly caller: Party;
  readonly destination: Party;
  readonly receiver: Party;
  readonly called: string;
  /** New calls a second. */
  readonly rate: number;
  readonly calls: number;
  /** The first calls, which are not counted. */
  readonly warmUp: number;
  /** Tells calls of several runs against one server apart. */
  readonly run: number;
}

/** What it prints, as JSON: a figure for each call that was counted, in milliseconds. */
export interface ProbeResult {
  /** From INVITE to INVITE, without the time between the HTTP request and its reply. */
  readonly postDialDelay: readonly number[];
  /** From the destination's 200 OK to the caller's. */
  readonly answerDelay: readonly number[];
  readonly failed: number;
}

/** Between the INVITE that arrives and its 200 OK, so that the answer meets a server that is done with the call set-up. */
const RINGING_MS = 60;
const TALK_MS = 60;
/** UDP may lose a packet even here; what has not come by then has failed. */
const PATIENCE_MS = 3000;

/** Time stamps of one call, in milliseconds; 0 where it has not come yet. */
interface Stamps {
  inviteSent: number;
  requestSeen: number;
  replySent: number;
  inviteSeen: number;
  answerSent: number;
  answerSeen: number;
  ended: boolean;
}

/** Caller, webhook receiver and destination in one process, which therefore has one clock. */
class Probe {
  readonly #task: ProbeTask;
  readonly #calls: Stamps[] = [];
  readonly #caller: Socket;
  readonly #destination: Socket;

  constructor(task: ProbeTask, caller: Socket, destination: Socket) {
    this.#task = task;
    this.#caller = caller;
    this.#destination = destination;
    caller.on("message", (octets) => this.#callerHears(octets.toString("latin1"), performance.now()));
    destination.on("message", (octets) =>
      this.#destinationHears(octets.toString("latin1"), performance.now()),
    );
  }

  async run(): Promise<ProbeResult> {
    const { rate, calls, warmUp, receiver } = this.#task;
    const http = await startReceiver(receiver.host, receiver.port, (target) => this.#reply(target));
    const began = performance.now();
    for (let index = 0; index < warmUp + calls; index++) {
      await sleep(Math.max(0, began + (index * 1000) / rate - performance.now()));
      this.#begin(index);
    }
    const deadline = performance.now() + PATIENCE_MS;
    while (!this.#calls.every(({ ended }) => ended) && performance.now() < deadline) await sleep(20);
    http.close();
    const counted = this.#calls.slice(warmUp);
    const complete = counted.filter(({ ended }) => ended);
    return {
      postDialDelay: complete.map((call) => {
        return call.requestSeen - call.inviteSent + (call.inviteSeen - call.replySent);
      }),
      answerDelay: complete.map((call) => call.answerSeen - call.answerSent),
      failed: counted.length - complete.length,
    };
  }

  #begin(index: number): void {
    const { called, caller, server, run } = this.#task;
    const text = invite({ run, index, from: caller }, called, `${server.host}:${server.port}`);
    const call: Stamps = {
      inviteSent: performance.now(),
      requestSeen: 0,
      replySent: 0,
      inviteSeen: 0,
      answerSent: 0,
      answerSeen: 0,
      ended: false,
    };
    this.#calls.push(call);
    this.#caller.send(text);
  }

  /** The body of the reply names the destination that belongs to the caller. */
  #reply(target: string): string {
    const seen = performance.now();
    const index = Number(/callerid=(?:%2B)?(\d+)/.exec(target)?.[1] ?? 0) - CALLER_BASE;
    const body = `status=ACK&destination=%2B${DESTINATION_BASE + index}&callername=VoysPartners`;
    const call = this.#calls[index];
    if (call !== undefined) {
      call.requestSeen = seen;
      call.replySent = performance.now();
    }
    return body;
  }

  #destinationHears(text: string, at: number): void {
    const { destination } = this.#task;
    if (text.startsWith("BYE ")) {
      this.#destination.send(response(text, "200 OK", destination, ""));
      return;
    }
    if (!text.startsWith("INVITE ")) return;
    const index = Number(/^INVITE sip:\+(\d+)@/.exec(text)?.[1] ?? 0) - DESTINATION_BASE;
    const call = this.#calls[index];
    if (call === undefined || call.inviteSeen !== 0) return;
    call.inviteSeen = at;
    const tag = `destination-${index}`;
    this.#destination.send(response(text, "180 Ringing", destination, tag));
    const answer = response(text, "200 OK", destination, tag);
    setTimeout(() => {
      call.answerSent = performance.now();
      this.#destination.send(answer);
    }, RINGING_MS);
  }

  #callerHears(text: string, at: number): void {
    if (!text.startsWith("SIP/2.0 200")) return;
    const index = Number(/^probe-\d+-(\d+)@/.exec(header(text, "Call-ID"))?.[1] ?? -1);
    const call = this.#calls[index];
    if (call === undefined) return;
    if (header(text, "CSeq") === "2 BYE") {
      call.ended = true;
      return;
    }
    const { caller, run } = this.#task;
    const place = { run, index, from: caller };
    this.#caller.send(within("ACK", place, text));
    if (call.answerSeen !== 0) return;
    call.answerSeen = at;
    setTimeout(() => this.#caller.send(within("BYE", place, text)), TALK_MS);
  }
}

/** A UDP socket that only the server can reach; what is sent goes out at once, without a look at names. */
async function connected(at: Party, server: Party): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(at.port, at.host, resolve));
  await new Promise<void>((resolve) => socket.connect(server.port, server.host, resolve));
  return socket;
}

if (import.meta.main) {
  const task = JSON.parse(process.argv[2] ?? "{}") as ProbeTask;
  const caller = await connected(task.caller, task.server);
  const destination = await connected(task.destination, task.server);
  const result = await new Probe(task, caller, destination).run();
  caller.close();
  destination.close();
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
