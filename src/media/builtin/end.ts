import type { RemoteInfo } from "node:dgram";
import { canonicalIp, familyOfIp } from "../../lib/ip-address.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { RTP_CLOCK } from "../codec/codec.ts";
import type { Digit, EndName, EndParts, EndStatistics, MediaFault, Sound } from "../engine.ts";
import { emptyRtpPacket, isRtcp, readRtp } from "../rtp/packet.ts";
import { ReceiveStatistics } from "../rtp/receive-statistics.ts";
import { mediaSaid } from "../words.ts";
import { DigitReceiver } from "./digit-receiver.ts";
import { Ear, type PlayDone } from "./ear.ts";
import type { MediaEnvironment } from "./environment.ts";
import { Latch } from "./latch.ts";
import { Negotiation, type Wishes } from "./negotiation.ts";
import { Reports } from "./reports.ts";
import { openPair, type SocketPair } from "./socket-pair.ts";
import { StreamSender } from "./stream-sender.ts";

/** Speaks upward to the session. */
export interface EndUser {
  onDigit(digit: Digit, way: "event" | "tone"): void;
  /** A key that was told is still down, or has just been let go. */
  onHeld(): void;
  onSilent(seconds: number): void;
}

/** Who holds and sends nothing for this long leaves the other in silence, who then hears hold tones, ms. */
const HOLD_TONES_AFTER_MS = 1000;
/**
 * A party that has sent from one place for so long is likely to stay there, and its socket is connected, ms. If it falls
 * silent, the socket is opened to all again: it may come back from elsewhere.
 */
const STEADY_MS = 5000;
const OPEN_AFTER_MS = 500;

/** The packet that is looked at. One for all ends: it is used before the next one comes. */
const packet = emptyRtpPacket();

/** One party's end of the sound: its two sockets, what was agreed with it, what it hears and what comes from it. */
export class End {
  readonly name: EndName;
  readonly #environment: MediaEnvironment;
  readonly #country: string;
  readonly #negotiation: Negotiation;
  readonly #latch: Latch;
  readonly #sender: StreamSender;
  readonly #ear: Ear;
  readonly #digits: DigitReceiver;
  readonly #statistics = new ReceiveStatistics(RTP_CLOCK);
  readonly #reports: Reports;
  readonly #user: EndUser;
  #pair: SocketPair | undefined;
  #peer: End | undefined;
  #foreign = 0;
  /** When the last packet was taken, or since when one may be expected. */
  #heardAt: number;
  #silenceTold = false;
  /** Since when its packets come without a gap. */
  #steadySince = 0;
  #closed = false;

  private constructor(
    environment: MediaEnvironment,
    name: EndName,
    country: string,
    place: { readonly parts: EndParts; readonly address: string; readonly port: number },
    user: EndUser,
  ) {
    const { clock, ids } = environment;
    this.name = name;
    this.#environment = environment;
    this.#country = country;
    this.#user = user;
    // Some parsers read the session id as 32 bits.
    this.#negotiation = new Negotiation(place, String(ids.integer(2 ** 31)));
    this.#latch = new Latch(canonicalIp(place.parts.signallingAddress) ?? place.parts.signallingAddress);
    this.#sender = new StreamSender(
      (octets) => this.#sendRtp(octets),
      ids.integer(2 ** 32),
      ids.integer(2 ** 16),
      ids.integer(2 ** 32),
    );
    this.#ear = new Ear(environment, this.#sender);
    this.#digits = new DigitReceiver(
      (digit, way) => this.#user.onDigit(digit, way),
      () => this.#user.onHeld(),
    );
    this.#reports = new Reports(environment, this.#sender, this.#statistics);
    this.#heardAt = clock.now();
  }

  /** Opens an end with ports of its own. Never rejects. */
  static async open(
    environment: MediaEnvironment,
    name: EndName,
    country: string,
    parts: EndParts,
    user: EndUser,
  ): Promise<Result<End, MediaFault>> {
    const local = canonicalIp(parts.localAddress);
    if (local === undefined)
      return err({ status: 500, reason: mediaSaid("media.badOwnAddress", { address: parts.localAddress }) });
    const family = familyOfIp(local);
    const { bindAddress, externalAddresses } = environment.start;
    const like = (address: string | undefined): address is string =>
      address !== undefined && familyOfIp(address) === family;
    const all = family === 4 ? "0.0.0.0" : "::";
    // Sound leaves from the address that is announced: many phones take it from nowhere else. Behind NAT the announced
    // one may be the router's, which nobody here can bind.
    const bind = like(bindAddress)
      ? { address: bindAddress, family }
      : { address: local, family, fallback: all };
    // What comes before the end is there, nobody has been told to send.
    const made: { end?: End } = {};
    const pair = await openPair(
      environment.ports,
      bind,
      (octets, from) => {
        if (made.end !== undefined) made.end.#onRtp(octets, from);
      },
      (octets, from) => {
        if (made.end !== undefined) made.end.#onRtcp(octets, from);
      },
    );
    if (!pair.ok) return pair;
    const address = externalAddresses.find(like) ?? local;
    const end = new End(environment, name, country, { parts, address, port: pair.value.port }, user);
    end.#pair = pair.value;
    made.end = end;
    return ok(end);
  }

  // ---- offer and answer

  /** The party is described anew, and by signalling from here. */
  signalledFrom(address: string): void {
    this.#latch.signalledFrom(canonicalIp(address) ?? address);
  }

  remoteOffer(sdp: Uint8Array): Result<undefined, MediaFault> {
    return this.#negotiation.remoteOffer(sdp);
  }

  localAnswer(towards: End | undefined): Result<Uint8Array, MediaFault> {
    const answer = this.#negotiation.answer(wishesOf(towards));
    if (answer.ok) this.#agreed();
    return answer;
  }

  localOffer(towards: End | undefined): Uint8Array {
    return this.#negotiation.offer(wishesOf(towards));
  }

  remoteAnswer(sdp: Uint8Array): Result<undefined, MediaFault> {
    const answer = this.#negotiation.remoteAnswer(sdp);
    if (answer.ok) this.#agreed();
    return answer;
  }

  get wishes(): Wishes {
    return this.#negotiation.wishes;
  }

  #agreed(): void {
    const { agreement } = this.#negotiation;
    if (agreement === undefined) return;
    const { address, port } = agreement.remote;
    this.#latch.describe(
      address === undefined ? undefined : { address, port },
      this.#environment.clock.now(),
    );
    this.#ear.agree(agreement);
    this.#expectSound();
    if (this.#latch.locked === undefined) {
      this.#reports.forgetPlace();
      this.#openToAll();
    }
  }

  // ---- what it hears

  /** Hears this end from now on, and what was played is over; undefined: nobody, and what plays goes on. */
  join(peer: End | undefined): void {
    this.#ear.join(peer !== undefined);
    this.#peer = peer;
    this.#expectSound();
  }

  get peer(): End | undefined {
    return this.#peer;
  }

  play(sound: Sound, done: PlayDone): void {
    this.#ear.play(sound, this.#country, done);
  }

  stop(): void {
    this.#ear.stop();
  }

  listen(on: boolean): void {
    if (on) this.#ear.attend();
    this.#digits.listen(on);
  }

  // ---- packets

  #sendRtp(octets: Uint8Array): void {
    const target = this.#latch.target;
    if (target === undefined || this.#pair === undefined) return;
    this.#environment.counters.sent += 1;
    this.#pair.rtp.send(octets, target);
  }

  /** Each packet of sound comes here. */
  #onRtp(octets: Buffer, from: RemoteInfo): void {
    const { counters, clock } = this.#environment;
    if (this.#closed) return;
    counters.received += 1;
    // RFC 5761 §4: told apart by what it says, not by what was agreed.
    if (isRtcp(octets)) {
      this.#onRtcp(octets, from);
      return;
    }
    const { agreement } = this.#negotiation;
    const now = clock.now();
    const isRtp = readRtp(octets, packet);
    if (!isRtp) counters.malformed += 1;
    if (agreement === undefined) return;
    if (!isRtp || !this.#latch.takes(from, packet.ssrc, packet.sequence, now)) {
      this.#refuse(from);
      return;
    }
    this.#statistics.update(packet.ssrc, packet.sequence, packet.timestamp, now);
    this.#heardAt = now;
    this.#silenceTold = false;
    const peer = this.#peer === undefined ? undefined : this.#peer.#ear;
    const meaning = agreement.incoming[packet.payloadType];
    // Of padding alone (S12) nothing is left that could be heard.
    if (meaning === undefined || packet.payloadStart === packet.payloadEnd) peer?.pass(packet);
    else if (meaning === "event") {
      const digit = this.#digits.event(packet, octets.subarray(packet.payloadStart, packet.payloadEnd), now);
      peer?.hearEvent(octets, packet, digit, now);
    } else if (meaning === "noise") peer?.hearNoise(octets, packet, now);
    else {
      if (this.#digits.listening)
        this.#digits.sound(meaning, octets.subarray(packet.payloadStart, packet.payloadEnd), now);
      peer?.hearSound(meaning, octets, packet, now);
    }
  }

  #refuse(from: RemoteInfo): void {
    const { locked } = this.#latch;
    if (locked !== undefined && locked.port === from.port && locked.address === from.address) return;
    this.#foreign += 1;
    this.#environment.counters.foreign += 1;
    this.#pair?.rtp.noteStranger(locked);
  }

  #onRtcp(octets: Buffer, from: RemoteInfo): void {
    if (this.#closed) return;
    if (!this.#latch.knows(from.address)) {
      this.#foreign += 1;
      this.#environment.counters.foreign += 1;
      const place = this.#rtcpPlace();
      this.#pair?.rtcp.noteStranger(this.#latch.locked === undefined ? undefined : place);
    } else if (!this.#reports.receive(octets, from, this.#environment.clock.now()))
      this.#environment.counters.malformed += 1;
  }

  // ---- time

  /** Some times a second: reports, silences, hold tones. */
  keepUp(now: number): void {
    const { agreement } = this.#negotiation;
    if (agreement === undefined) return;
    const report = this.#reports.due(now);
    if (report !== undefined) this.#sendRtcp(report);
    this.#pair?.rtp.forgetStrangers();
    this.#pair?.rtcp.forgetStrangers();
    const { locked } = this.#latch;
    if (now - this.#heardAt >= OPEN_AFTER_MS) this.#openToAll();
    else if (locked !== undefined && now - this.#steadySince >= STEADY_MS) this.#pair?.rtp.keepTo(locked);
    this.#keepHold(now);
    const { silentMs, silentOnHoldMs } = this.#environment.start;
    const limitMs = agreement.hears && agreement.speaks ? silentMs : silentOnHoldMs;
    if (this.#silenceTold || now - this.#heardAt < limitMs) return;
    this.#silenceTold = true;
    this.#user.onSilent(Math.floor((now - this.#heardAt) / 1000));
  }

  #openToAll(): void {
    this.#steadySince = this.#environment.clock.now();
    this.#pair?.rtp.openToAll();
    this.#pair?.rtcp.openToAll();
  }

  /** The other party has put this one on hold and sends nothing. */
  #keepHold(now: number): void {
    const peer = this.#peer;
    const held = peer !== undefined && peer.#negotiation.agreement?.hears === false;
    if (!held) this.#ear.stopHold();
    else if (now - peer.#heardAt >= HOLD_TONES_AFTER_MS) this.#ear.playHold(this.#country);
  }

  /** From now on the party's sound is waited for. */
  #expectSound(): void {
    this.#heardAt = this.#environment.clock.now();
    this.#silenceTold = false;
  }

  #rtcpPlace(): { readonly address: string; readonly port: number } | undefined {
    const { agreement } = this.#negotiation;
    const { target } = this.#latch;
    if (agreement === undefined || target === undefined) return undefined;
    return agreement.rtcpMux ? target : this.#reports.placeAt(target.address, agreement.remote.rtcpPort);
  }

  #sendRtcp(octets: Uint8Array): void {
    const place = this.#rtcpPlace();
    const agreement = this.#negotiation.agreement;
    // RFC 3264 §8.4: to 0.0.0.0 go neither RTP nor RTCP.
    if (place === undefined || agreement?.remote.address === undefined) return;
    (agreement.rtcpMux ? this.#pair?.rtp : this.#pair?.rtcp)?.send(octets, place);
  }

  // ---- its end

  statistics(): EndStatistics {
    const codec = this.#negotiation.agreement?.codec;
    return {
      end: this.name,
      codec: codec === undefined ? "" : `${codec}/${RTP_CLOCK}`,
      received: this.#statistics.received,
      sent: this.#sender.packets,
      lost: this.#statistics.lost,
      jitterMs: Math.round(this.#statistics.jitterMs * 100) / 100,
      foreign: this.#foreign,
    };
  }

  /** Says BYE and closes the sockets; their ports rest. */
  close(): void {
    if (this.#closed) return;
    this.#ear.close();
    if (this.#peer !== undefined && this.#peer.#peer === this) this.#peer.join(undefined);
    this.#peer = undefined;
    if (this.#sender.packets > 0) this.#sendRtcp(this.#reports.bye());
    this.#closed = true;
    this.#pair?.close();
  }
}

function wishesOf(towards: End | undefined): Wishes {
  return towards?.wishes ?? { codecs: [], comfortNoise: false };
}
