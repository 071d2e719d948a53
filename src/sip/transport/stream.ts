import type { Socket } from "node:net";
import type { Counters } from "../../lib/counters.ts";
import type { Said } from "../../lib/said.ts";
import type { Clock, Timer } from "../../runtime/clock.ts";
import { StreamFramer } from "../message/framer.ts";
import type { MessageLimits } from "../message/parser.ts";
import { sipSaid } from "../words.ts";
import { failLater, ignoreError, socketErrorReason, type WritableFlow } from "./flows.ts";
import type { Guard, Idle } from "./guard.ts";
import type { TransportLimits } from "./limits.ts";
import type { RareLog } from "./rare-log.ts";
import type { Receiver } from "./receiver.ts";
import { StreamCredit } from "./stream-credit.ts";
import { type Deadline, deadlineOf, TIMED_OUT } from "./stream-deadline.ts";
import { StreamWriter } from "./stream-writer.ts";
import type { FarCertificate, HostPort, Target } from "./transport.ts";

/** What all streams share. */
export interface StreamRoom {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly guard: Guard;
  readonly limits: TransportLimits;
  readonly messageLimits: MessageLimits;
  readonly receiver: Receiver;
  /** Of peers that do not read. */
  readonly unread: RareLog;
}

export interface StreamOptions {
  readonly transport: "tcp" | "tls";
  readonly socket: Socket;
  readonly remote: HostPort;
  readonly sentBy: string;
  readonly local: HostPort;
  /** Inbound streams have none and are open when they get here; outbound ones say so later, with `opened()`. */
  readonly target: Target | undefined;
  readonly certificateOf?: ((socket: Socket) => FarCertificate | undefined) | undefined;
  /** See `StreamKind`. */
  readonly reset?: ((socket: Socket) => void) | undefined;
  /** Called once, when the stream has ended. */
  readonly onEnd: () => void;
}

const PING = Buffer.from("\r\n\r\n");
const PONG = Buffer.from("\r\n");
/** How long a stream that we end is still read, so that the peer sees our last octets and no reset. */
const LINGER_MS = 1_000;
const KEEP_ALIVE_MS = 60_000;
const NOT_READ = sipSaid("flow.notRead", {});
const CLOSED = sipSaid("flow.closed", {});
const PEER_ENDED = sipSaid("flow.peerEnded", {});
const BANNED = sipSaid("flow.banned", {});
const SILENT = sipSaid("flow.silent", {});
const NO_MESSAGE = sipSaid("flow.noMessage", {});
const TOO_MANY = {
  piece: sipSaid("flow.tooManyPieces", {}),
  keepAlive: sipSaid("flow.tooManyKeepAlives", {}),
} as const;
/** After so long a message that was too much for its source is looked at again. */
const WAIT_MS = 500;

/** One TCP or TLS connection (RFC 3261 §18). */
export class StreamFlow implements WritableFlow {
  readonly transport: "tcp" | "tls";
  readonly reliable = true;
  readonly remote: HostPort;
  readonly sentBy: string;
  wasCut = false;
  readonly #room: StreamRoom;
  readonly #socket: Socket;
  readonly #framer: StreamFramer;
  readonly #out: StreamWriter;
  readonly #options: StreamOptions;
  #state: "connecting" | "open" | "ending" | "closed";
  #connected: boolean;
  /** When our last keep-alive went out, and whether its answer is still awaited. */
  #pingedAt = Number.NEGATIVE_INFINITY;
  #awaitsPong = false;
  /** The peer has answered one, or has said that it does: only of such a one does silence say that it is gone. */
  #answersPings = false;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #activeAt: number;
  /** When octets came last. */
  #heardAt: number;
  /** When the message that is not there whole began; also the start of an inbound stream, until its first message. */
  #partialSince: number | undefined;
  /** Whether a whole message has come: only then, from a stranger, does a keep-alive keep the stream open. */
  #hasSpoken = false;
  readonly #credit: StreamCredit;
  /** Until the message that was too much for its source is looked at again. */
  #waiting: Timer | undefined;

  constructor(room: StreamRoom, options: StreamOptions) {
    this.#room = room;
    this.#options = options;
    this.#socket = options.socket;
    this.#framer = new StreamFramer(room.messageLimits);
    this.#out = new StreamWriter({
      socket: options.socket,
      counters: room.counters,
      maxUnsentBytes: room.limits.maxUnsentBytes,
      onUnread: (octets) => this.#closeUnread(octets),
    });
    this.transport = options.transport;
    this.remote = options.remote;
    this.sentBy = options.sentBy;
    this.#state = this.outbound ? "connecting" : "open";
    this.#connected = !this.outbound;
    this.#activeAt = room.clock.now();
    this.#heardAt = this.#activeAt;
    this.#partialSince = this.outbound ? undefined : this.#activeAt;
    this.#credit = new StreamCredit(room.guard, options);
    this.#socket.on("error", (error) => this.close(socketErrorReason(error)));
    this.#socket.on("close", () => this.close(PEER_ENDED));
    this.#socket.on("data", (chunk: Buffer) => this.#received(chunk));
    this.#socket.on("end", () => this.#peerEnded());
    this.#socket.setNoDelay(true);
    // Finds peers that are gone without a word, and keeps the way through a NAT open.
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#arm();
  }

  get local(): HostPort {
    const { localAddress: host, localPort: port } = this.#socket;
    return host === undefined || port === undefined ? this.#options.local : { host, port };
  }

  get open(): boolean {
    return this.#state === "connecting" || this.#state === "open";
  }

  get target(): Target | undefined {
    return this.#options.target;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get certificate(): FarCertificate | undefined {
    return this.#connected ? this.#options.certificateOf?.(this.#socket) : undefined;
  }

  get outbound(): boolean {
    return this.#options.target !== undefined;
  }

  /** An outbound stream is connected (with TLS: and its peer verified); what waits goes out. */
  opened(): void {
    if (this.#state !== "connecting") return;
    this.#state = "open";
    this.#connected = true;
    this.#activeAt = this.#room.clock.now();
    this.#heardAt = this.#activeAt;
    this.#out.flush();
    this.#arm();
  }

  write(bytes: Buffer, onError: (reason: Said) => void): void {
    if (this.#state === "open") {
      this.#activeAt = this.#room.clock.now();
      this.#out.put(bytes, onError);
    } else if (this.#state === "connecting") this.#out.keep(bytes, onError);
    else failLater(onError, CLOSED);
  }

  /** Sends one now; `mustAnswer`: the peer has to answer this one and all that follow. */
  keepAlive(mustAnswer: boolean): void {
    if (mustAnswer) this.#answersPings = true;
    if (this.#state !== "open" || !this.outbound) return;
    // A ping that is not answered yet has its own time.
    if (!this.#awaitsPong) this.#ping();
    this.#arm();
  }

  endIfSilent(since: number): boolean {
    if (this.#state !== "open" || this.#heardAt >= since) return false;
    this.#room.counters.add('sip_streams_cut{reason="silent"}');
    this.#cut(SILENT);
    return true;
  }

  /** Sends what is on its way, then ends the stream; the peer gets a second to do the same. */
  end(reason: Said): void {
    if (this.#state !== "open") {
      this.close(reason);
      return;
    }
    this.#state = "ending";
    this.#socket.end();
    this.#timer?.cancel();
    this.#timer = this.#room.clock.after(LINGER_MS, () => this.close(reason));
    this.#announceEnd(reason);
  }

  /** Ends the stream as soon as what was written is with the kernel; what a peer that does not read has not got is lost. */
  shutDown(reason: Said): void {
    if (this.open && this.#out.waiting === 0) this.#socket.destroySoon();
    this.close(reason);
  }

  /** Ends the stream now. Whoever waits for it hears so after the present event. */
  close(reason: Said): void {
    if (this.#state === "closed") return;
    const announced = this.#state === "ending";
    this.#state = "closed";
    this.#timer?.cancel();
    this.#waiting?.cancel();
    this.#socket.destroy();
    this.#out.drop(reason);
    if (!announced) this.#announceEnd(reason);
    this.#options.onEnd();
  }

  /** Ends a stream at whose other end nobody is. Who asked there asks elsewhere now, and must not be heard twice. */
  #cut(reason: Said): void {
    this.wasCut = this.outbound;
    if (this.wasCut) this.#options.reset?.(this.#socket);
    this.close(reason);
  }

  #announceEnd(reason: Said): void {
    queueMicrotask(() => this.#room.receiver.closed(this, reason));
  }

  #closeUnread(octets: number): void {
    if (this.#state === "closed") return;
    const { counters, unread } = this.#room;
    counters.add(`sip_streams_cut{reason="unread"}`);
    unread.warn(
      { address: this.remote.host, transport: this.transport, octets },
      "a stream was closed: its peer does not read what we send",
    );
    this.close(NOT_READ);
  }

  #received(chunk: Buffer): void {
    if (this.#state !== "open") return;
    this.#heardAt = this.#room.clock.now();
    if (this.#isPong(chunk)) return;
    this.#activeAt = this.#heardAt;
    this.#room.counters.add("sip_stream_octets_received", chunk.length);
    this.#framer.push(chunk);
    if (this.#waiting === undefined) this.#read(true);
  }

  /** Whatever comes shows that the peer is there; a lone CRLF is the answer to our keep-alive and nothing else. */
  #isPong(chunk: Buffer): boolean {
    const awaited = this.#awaitsPong;
    this.#awaitsPong = false;
    if (!awaited || this.#framer.midMessage || !chunk.equals(PONG)) return false;
    this.#answersPings = true;
    return true;
  }

  /** RFC 5626 §4.4.1. It is no use of the stream: who only keeps it open may close it when it has long been idle. */
  #ping(): void {
    this.#pingedAt = this.#room.clock.now();
    this.#awaitsPong = true;
    this.#room.counters.add("sip_stream_pings_sent");
    this.#out.put(PING, ignoreError);
  }

  /** Takes what the framer has; `isChunk`: because octets came. */
  #read(isChunk: boolean): void {
    let messages = 0;
    let keepAlives = 0;
    while (this.#state === "open") {
      const next = this.#framer.next();
      if (next === undefined) break;
      if (next.kind === "keepAlive") {
        keepAlives += 1;
        if (!this.#mayIdle("keepAlive")) return;
        // A stranger's keep-alive is no message: it has its ten seconds for one, however often it says that it is there.
        if (this.#hasSpoken || this.#credit.isKnown) this.#partialSince = undefined;
        continue;
      }
      messages += 1;
      // What follows is a message of its own with its own time.
      this.#partialSince = undefined;
      this.#hasSpoken = true;
      if (next.kind === "fault") this.#fault(next.fault);
      else if (!this.#message(next.bytes)) return;
    }
    if (this.#state !== "open") return;
    if (keepAlives > 0) this.#pong();
    else if (messages === 0 && isChunk && !this.#mayIdle(this.#framer.midMessage ? "piece" : "keepAlive"))
      return;
    if (!this.#framer.midMessage) {
      // A lone CRLF that came in pieces began no message.
      if (this.#partialSince !== undefined && (this.#hasSpoken || this.#credit.isKnown))
        this.#partialSince = undefined;
      return;
    }
    this.#partialSince ??= this.#activeAt;
    this.#arm();
  }

  /** Hands a message on, or drops it; false: it waits for its turn, and all that comes after it too. */
  #message(bytes: Buffer): boolean {
    const { receiver, clock } = this.#room;
    const verdict = this.#credit.message(bytes);
    if (verdict === "later") {
      // Nothing is sent twice over a stream: what is dropped here costs a phone half a minute (RFC 3261 Timer F).
      this.#socket.pause();
      this.#waiting = clock.after(WAIT_MS, () => this.#again(bytes));
      return false;
    }
    if (verdict === undefined) receiver.message(bytes, this);
    else if (verdict === "banned") this.close(BANNED);
    return true;
  }

  #again(bytes: Buffer): void {
    this.#waiting = undefined;
    if (this.#state !== "open" || !this.#message(bytes)) return;
    this.#socket.resume();
    this.#read(false);
  }

  /** Whether the stream may bring one more keep-alive, lone CRLF or piece of a message; where not, it is closed. */
  #mayIdle(what: Idle): boolean {
    if (this.#credit.idle(what)) return true;
    this.#room.counters.add(`sip_streams_cut{reason="${what}"}`);
    this.close(TOO_MANY[what]);
    return false;
  }

  /** The peer has sent all it will: what it began and did not finish is refused (RFC 3261 §18.3), then we end too. */
  #peerEnded(): void {
    if (this.#state !== "open") return;
    this.#giveUp("The stream ended before the message was whole.");
    this.end(PEER_ENDED);
  }

  /** Answers a message that will never be there whole, if its header fields tell how. */
  #giveUp(reason: string): void {
    const unfinished = this.outbound ? undefined : this.#framer.giveUp(reason);
    if (unfinished?.kind === "fault") this.#room.receiver.fault(unfinished.fault, this);
  }

  /** RFC 5626 §4.4.1: a double CRLF is answered with a single one, however many came at once. */
  #pong(): void {
    this.#room.counters.add("sip_stream_keepalives");
    this.write(PONG, ignoreError);
  }

  /** Where the framing is lost the stream is useless: nobody knows where the next message begins. */
  #fault(fault: Parameters<Receiver["fault"]>[0]): void {
    this.#room.receiver.fault(fault, this);
    this.end(NO_MESSAGE);
  }

  /** One timer a stream, started again only where the next deadline comes before it. */
  #arm(): void {
    if (!this.open) return;
    const { at } = this.#deadline();
    if (this.#timerAt <= at) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#room.clock.after(Math.max(0, at - this.#room.clock.now()), () => this.#timeUp());
  }

  #timeUp(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const deadline = this.#deadline();
    if (deadline.at > this.#room.clock.now()) {
      this.#arm();
      return;
    }
    if (deadline.due === "ping") {
      this.#ping();
      this.#arm();
      return;
    }
    const { due, reason } = deadline;
    this.#room.counters.add(TIMED_OUT[due]);
    if (due === "message") this.#giveUp("The message was not whole within the time limit.");
    if (due === "connect") this.close(reason);
    else if (due === "keepAlive") this.#cut(reason);
    else this.end(reason);
  }

  #deadline(): Deadline {
    return deadlineOf(
      {
        connecting: this.#state === "connecting",
        outbound: this.outbound,
        activeAt: this.#activeAt,
        partialSince: this.#partialSince,
        pingedAt: this.#pingedAt,
        owesPong: this.#awaitsPong && this.#answersPings,
        isKnown: () => this.#credit.isKnown,
      },
      this.#room.limits,
    );
  }
}
