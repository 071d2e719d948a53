import { canonicalIp, familyOfIp, type IpAddress } from "../../lib/ip-address.ts";
import type { Result } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { Timer } from "../../runtime/clock.ts";
import type { EndName, EndParts, EndStatistics, Sound } from "../engine.ts";
import type { LocalPort, RemotePlace } from "./negotiation.ts";
import { Negotiation } from "./negotiation.ts";

/** What is to be heard at an end. */
export interface Playing {
  readonly sound: Sound;
  readonly onDone: ((result: Result<undefined, Said>) => void) | undefined;
  /** rtpengine plays it; false before, and while the party holds. */
  started: boolean;
  /** Hold tones, which give way to whatever comes. */
  readonly yields?: boolean;
  /** Ends a message. */
  timer: Timer | undefined;
}

/** One party's end of a call, as this driver knows it. */
export class End {
  readonly name: EndName;
  /** The label by which rtpengine knows the party. */
  readonly tag: string;
  /** The other side of it while it is connected to nobody. */
  readonly nobodyTag: string;
  readonly negotiation: Negotiation;
  parts: EndParts;
  /** Where rtpengine hears the party; undefined: nothing is reserved. */
  port: LocalPort | undefined;
  /** rtpengine has our offer and not yet the party's answer. */
  offering = false;
  /** The end that it is bridged with. */
  partner: End | undefined;
  playing: Playing | undefined;
  /** rtpengine keeps what this end says from its partner, because something is played there. */
  blocked = false;
  listening = false;
  /** rtpengine looks for tones. */
  detecting = false;
  /** `off`: only from the very address and port of its description; a stranger was once quicker. */
  learning: "immediate" | "off" = "immediate";
  /** Packets that had come when it was last asked, and when that number last grew. */
  packets = 0;
  dropped = 0;
  heardAt: number;
  silenceTold = false;
  /** When its description last named another place than before. */
  movedAt = Number.NEGATIVE_INFINITY;
  #place: RemotePlace | undefined;

  constructor(name: EndName, generation: number, session: string, parts: EndParts, now: number) {
    this.name = name;
    this.tag = `${name}.${generation}`;
    this.nobodyTag = `${this.tag}.nobody`;
    this.negotiation = new Negotiation(session);
    this.parts = parts;
    this.heardAt = now;
  }

  /** Notes where its description says that the party is. */
  isAt(place: RemotePlace | undefined, now: number): void {
    const before = this.#place;
    if (place === undefined) return;
    this.#place = place;
    if (before !== undefined && (before.address !== place.address || before.port !== place.port))
      this.movedAt = now;
  }

  /** From now on its party's sound is waited for. */
  expectSound(now: number): void {
    this.heardAt = now;
    this.silenceTold = false;
  }

  /** As its party reaches us. */
  get ourAddress(): IpAddress {
    return canonicalIp(this.parts.localAddress) ?? this.parts.localAddress;
  }

  get family(): "IP4" | "IP6" {
    return familyOfIp(this.ourAddress) === 6 ? "IP6" : "IP4";
  }

  /** rtpengine 10.5 counts what comes in, and what it drops; nothing else. */
  get statistics(): EndStatistics {
    const codec = this.negotiation.agreed?.codec.codec;
    return {
      end: this.name,
      codec: codec === undefined ? "" : `${codec}/8000`,
      received: this.packets,
      sent: 0,
      lost: 0,
      jitterMs: 0,
      foreign: this.dropped,
    };
  }

  /** Nothing is to be heard here any more, and nobody is told. Returns what was. */
  silence(): Playing | undefined {
    const { playing } = this;
    this.playing = undefined;
    playing?.timer?.cancel();
    return playing;
  }
}
