import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type {
  EndName,
  EndParts,
  EndStatistics,
  MediaCall,
  MediaCallParts,
  MediaFault,
  MediaUser,
  Sound,
} from "../engine.ts";
import { mediaSaid } from "../words.ts";
import { End, type Playing } from "./end.ts";
import { noPort, OVER, unknownEnd } from "./faults.ts";
import { LookOut } from "./look-out.ts";
import type { Agreement, LocalPort } from "./negotiation.ts";
import { Playback } from "./playback.ts";
import { ServerChoice } from "./server-choice.ts";
import type { Server, Servers } from "./servers.ts";
import type { Described } from "./session.ts";
import type { Sounds } from "./sounds.ts";
import { observe, type SilenceLimits } from "./watch.ts";

/** What a call needs of the engine. */
export interface CallPorts extends SilenceLimits {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly servers: Servers;
  readonly sounds: Sounds;
  log(level: "warn" | "info", text: string): void;
  /** The call is over, and its label is free. */
  onEnded(call: RtpengineCall): void;
}

const SESSION_BITS = 48;

/**
 * The sound of one call at rtpengine. Each end is a party of its own there, connected to nobody until it is bridged, and
 * keeps its port all the while: so no party needs a re-INVITE for what happens to the other (docs/adr/0022). What is asked
 * for is done in order, one command after the other.
 */
export class RtpengineCall implements MediaCall {
  /** The call's name at rtpengine. */
  readonly label: string;
  readonly #user: MediaUser;
  readonly #ports: CallPorts;
  readonly #choice: ServerChoice;
  readonly #playback: Playback;
  readonly #lookOut: LookOut;
  readonly #ends = new Map<EndName, End>();
  readonly #statistics: EndStatistics[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #over = false;
  #closing: Promise<readonly EndStatistics[]> | undefined;
  #generation = 0;

  constructor(parts: MediaCallParts, user: MediaUser, ports: CallPorts) {
    this.#user = user;
    this.#ports = ports;
    this.label = `${parts.callId.replaceAll(/[^\w.-]/g, "_")}-${ports.ids.hex(64)}`;
    this.#choice = new ServerChoice({
      servers: ports.servers,
      label: this.label,
      isOver: () => this.#over,
      onChosen: () => this.#lookOut.begin(),
    });
    this.#playback = new Playback({
      clock: ports.clock,
      sounds: ports.sounds,
      country: parts.country,
      session: () => this.#choice.session,
      later: (work) => this.#later(work),
    });
    this.#lookOut = new LookOut({
      clock: ports.clock,
      limits: ports,
      user,
      playback: this.#playback,
      label: this.label,
      warn: (text) => ports.log("warn", text),
      session: () => this.#choice.session,
      ends: () => this.#ends.values(),
      isOver: () => this.#over,
      later: (work) => this.#later(work),
      connect: (end) => this.#connect(end),
      lose: (reason) => this.lose(reason),
    });
  }

  /** The rtpengine that carries it; undefined before one has given it a port. */
  get server(): Server | undefined {
    return this.#choice.server;
  }

  remoteOffer(name: EndName, sdp: Uint8Array, parts: EndParts): Promise<Result<undefined, MediaFault>> {
    return this.#inOrder(async () => {
      const end = this.#endOf(name, parts);
      const read = end.negotiation.remoteOffer(sdp, end.ourAddress);
      if (!read.ok) return read;
      const plan = end.negotiation.plan(undefined);
      // The port is taken now, so that a call without one is refused before anything else is tried.
      return plan.ok && end.port === undefined ? this.#park(end, plan.value) : ok(undefined);
    });
  }

  localAnswer(name: EndName, towards?: EndName): Promise<Result<Uint8Array, MediaFault>> {
    return this.#inOrder(async () => {
      const end = this.#ends.get(name);
      if (end === undefined) return unknownEnd(name);
      const codec = end.partner ?? this.#ends.get(towards ?? "");
      const plan = end.negotiation.plan(codec?.negotiation.agreed?.codec.codec);
      if (!plan.ok) return plan;
      end.negotiation.agreed = plan.value;
      end.expectSound(this.#ports.clock.now());
      const connected = await this.#connect(end);
      if (!connected.ok) return connected;
      return end.port === undefined ? noPort(name) : end.negotiation.answer(plan.value, end.port);
    });
  }

  localOffer(name: EndName, parts: EndParts, towards?: EndName): Promise<Result<Uint8Array, MediaFault>> {
    return this.#inOrder(async () => {
      const end = this.#endOf(name, parts);
      if (end.port === undefined) {
        const reserved = await this.#choice.run((session) => session.reserve(end));
        if (!reserved.ok) return reserved;
        end.port = reserved.value;
        end.offering = true;
      }
      return ok(end.negotiation.offer(end.port, this.#ends.get(towards ?? "")?.negotiation.agreed));
    });
  }

  remoteAnswer(name: EndName, sdp: Uint8Array): Promise<Result<undefined, MediaFault>> {
    return this.#inOrder(async () => {
      const end = this.#ends.get(name);
      if (end === undefined) return unknownEnd(name);
      const read = end.negotiation.remoteAnswer(sdp, end.ourAddress);
      if (!read.ok) return read;
      end.expectSound(this.#ports.clock.now());
      return this.#connect(end);
    });
  }

  bridge(one: EndName, other: EndName): void {
    const stopped = [one, other].map((name) => this.#ends.get(name)?.silence());
    this.#later(async () => {
      const [first, second] = [this.#ends.get(one), this.#ends.get(other)];
      if (first === undefined || second === undefined || first === second) return;
      for (const [at, end] of [first, second].entries()) {
        end.expectSound(this.#ports.clock.now());
        await this.#playback.stopped(end, stopped[at]);
        if (end.partner !== first && end.partner !== second) await this.#part(end);
      }
      first.partner = second;
      second.partner = first;
      await this.#connect(first);
    });
  }

  unbridge(): void {
    this.#later(async () => {
      for (const end of this.#ends.values()) await this.#part(end);
    });
  }

  play(name: EndName, sound: Sound, onDone?: (result: Result<undefined, Said>) => void): void {
    if (this.#over) return;
    const known = this.#ends.get(name);
    // What played before goes on until the new sound takes its place.
    const started = known?.silence()?.started ?? false;
    const playing: Playing = { sound, onDone, started, timer: undefined };
    if (known !== undefined) known.playing = playing;
    this.#later(async () => {
      const end = known ?? this.#ends.get(name);
      if (end === undefined) {
        onDone?.(err(mediaSaid("media.noEndToPlayAt", { end: name })));
        return;
      }
      if (known === undefined) end.playing = playing;
      await this.#playback.start(end, playing);
    });
  }

  stop(name: EndName): void {
    const end = this.#ends.get(name);
    const playing = end?.silence();
    if (end === undefined || playing === undefined) return;
    this.#later(() => this.#playback.stopped(end, playing));
  }

  listen(name: EndName, on: boolean): void {
    this.#later(async () => {
      const end = this.#ends.get(name);
      if (end === undefined) return;
      end.listening = on;
      await this.#detect(end);
    });
  }

  release(name: EndName): void {
    this.#ends.get(name)?.silence();
    this.#later(async () => {
      const end = this.#ends.get(name);
      if (end === undefined) return;
      await this.#part(end);
      this.#ends.delete(name);
      if (end.port === undefined) return;
      const removed = await this.#choice.session?.remove(end);
      if (removed?.ok === true) observe(end, removed.value, this.#ports.clock.now(), this.#ports);
      this.#statistics.push(end.statistics);
    });
  }

  close(): Promise<readonly EndStatistics[]> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A key of one of its ends, as rtpengine reports it. */
  digit(tag: string, digit: string): void {
    if (this.#over) return;
    for (const end of this.#ends.values()) {
      if (end.tag === tag) this.#user.onDigit(end.name, digit, end.detecting ? "tone" : "event");
    }
  }

  /** Its rtpengine is gone, or has forgotten it. */
  lose(reason: Said): void {
    if (this.#over) return;
    this.#end();
    this.#user.onLost(reason);
  }

  #end(): void {
    this.#over = true;
    this.#lookOut.end();
    for (const end of this.#ends.values()) end.silence();
    this.#ports.onEnded(this);
  }

  async #close(): Promise<readonly EndStatistics[]> {
    const lost = this.#over;
    if (!lost) this.#end();
    await this.#queue;
    const session = this.#choice.session;
    if (session === undefined || lost) return [];
    const stood = await session.query();
    await session.removeAll();
    if (!stood.ok) return [];
    for (const end of this.#ends.values()) {
      observe(end, stood.value, this.#ports.clock.now(), this.#ports);
      if (end.port !== undefined) this.#statistics.push(end.statistics);
    }
    return this.#statistics;
  }

  /** Runs after all that was asked for before. */
  #inOrder<T>(work: () => Promise<Result<T, MediaFault>>): Promise<Result<T, MediaFault>> {
    if (this.#over) return Promise.resolve(err(OVER));
    const done = this.#queue.then(() => (this.#over ? err(OVER) : work()));
    this.#queue = done;
    return done;
  }

  #later(work: () => Promise<void>): void {
    void this.#inOrder(async () => ok(await work()));
  }

  #endOf(name: EndName, parts: EndParts): End {
    const known = this.#ends.get(name);
    if (known !== undefined) {
      known.parts = parts;
      return known;
    }
    this.#generation += 1;
    const session = String(Number.parseInt(this.#ports.ids.hex(SESSION_BITS), 16));
    const end = new End(name, this.#generation, session, parts, this.#ports.clock.now());
    this.#ends.set(name, end);
    return end;
  }

  async #park(end: End, agreement: Agreement): Promise<Result<undefined, MediaFault>> {
    const parked = await this.#choice.run((session) => session.park({ end, agreement }));
    if (!parked.ok) return parked;
    end.offering = false;
    return this.#takePorts(new Map([[end, parked.value]]));
  }

  /** Ports stay as long as the call lasts: an rtpengine that names others was restarted, and took the call for a new one. */
  #takePorts(ports: ReadonlyMap<End, LocalPort>): Result<undefined, MediaFault> {
    for (const [end, port] of ports) {
      const session = this.#choice.session;
      if (session !== undefined && end.port !== undefined && end.port.port !== port.port) {
        void session.removeAll();
        const why = mediaSaid("rtpengine.otherPort", {});
        this.lose(mediaSaid("rtpengine.forgot", { server: session.server.name, why }));
        return err(OVER);
      }
      end.port = port;
    }
    return ok(undefined);
  }

  /** Tells rtpengine what is now agreed at an end, connected to its partner if it has one. */
  async #connect(end: End): Promise<Result<undefined, MediaFault>> {
    const { agreed } = end.negotiation;
    if (agreed === undefined) return ok(undefined);
    end.isAt(agreed.place, this.#ports.clock.now());
    const { partner } = end;
    const other = partner?.negotiation.agreed;
    if (partner !== undefined) for (const one of [end, partner]) await this.#playback.block(one);
    const connected =
      partner !== undefined && other !== undefined
        ? await this.#join({ end, agreement: agreed }, { end: partner, agreement: other })
        : end.offering
          ? await this.#choice.run((session) => session.settle({ end, agreement: agreed }))
          : await this.#park(end, agreed);
    if (!connected.ok) {
      this.#ports.log(
        "warn",
        `End ${end.name} of ${this.label} is not connected: ${connected.error.reason.text}`,
      );
      return connected;
    }
    end.offering = false;
    await this.#detect(end);
    await this.#playback.holdChanged(end);
    if (partner !== undefined) for (const one of [end, partner]) await this.#playback.unblock(one);
    await this.#lookOut.keepHold();
    return ok(undefined);
  }

  async #join(one: Described, other: Described): Promise<Result<undefined, MediaFault>> {
    const joined = await this.#choice.run((session) => session.join(one, other));
    return joined.ok ? this.#takePorts(joined.value) : joined;
  }

  async #part(end: End): Promise<void> {
    const { partner } = end;
    if (partner === undefined) return;
    end.partner = undefined;
    partner.partner = undefined;
    for (const one of [end, partner]) {
      await this.#connect(one);
      await this.#playback.unblock(one);
    }
  }

  /**
   * rtpengine does not say in which way a key came, so tones are looked for only where the party has no telephone-event:
   * otherwise a phone that sends both would be counted twice.
   */
  async #detect(end: End): Promise<void> {
    const { agreed } = end.negotiation;
    if (agreed === undefined || end.port === undefined) return;
    const wanted = end.listening && agreed.telephoneEvent === undefined;
    if (wanted === end.detecting) return;
    end.detecting = wanted;
    await this.#choice.session?.detectTones(end, wanted);
  }
}
