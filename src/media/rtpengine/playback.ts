import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { Clock } from "../../runtime/clock.ts";
import { mediaSaid } from "../words.ts";
import type { End, Playing } from "./end.ts";
import { mayHear } from "./negotiation.ts";
import type { RtpengineSession } from "./session.ts";
import type { Sounds } from "./sounds.ts";

/** What playing needs of a call. */
export interface PlaybackPorts {
  readonly clock: Clock;
  readonly sounds: Sounds;
  readonly country: string;
  /** Undefined before the first end is described. */
  session(): RtpengineSession | undefined;
  /** Runs it in the order of the call. */
  later(work: () => Promise<void>): void;
}

/** What is played at the ends of one call, and who is kept from being heard meanwhile. */
export class Playback {
  readonly #ports: PlaybackPorts;

  constructor(ports: PlaybackPorts) {
    this.#ports = ports;
  }

  /** Plays what is to be heard at an end; while its party holds nothing is sent, and only the time runs. */
  async start(end: End, playing: Playing): Promise<void> {
    const session = this.#ports.session();
    const { agreed } = end.negotiation;
    if (end.playing !== playing) return;
    if (session === undefined || agreed === undefined) {
      this.#finish(end, playing, err(mediaSaid("media.notAgreed", {})));
      return;
    }
    if (!mayHear(agreed)) {
      this.#endInTime(end, playing, undefined);
      return;
    }
    const { sound } = playing;
    const told = await this.#ports.sounds.told(
      sound,
      this.#ports.country,
      agreed.codec.codec,
      session.server.sharesFiles,
    );
    if (end.playing !== playing) return;
    if (!told.ok) {
      this.#finish(end, playing, told);
      return;
    }
    if (end.partner !== undefined) await this.block(end.partner);
    const played = await session.play(end, told.value, sound.kind !== "message");
    if (played.ok) playing.started = true;
    if (end.playing !== playing) return;
    if (played.ok) {
      this.#endInTime(end, playing, played.value);
      return;
    }
    const failed = { server: session.server.name, why: played.error.reason };
    const why =
      sound.kind === "message"
        ? mediaSaid("rtpengine.messageNotPlayed", { message: sound.name, ...failed })
        : mediaSaid("rtpengine.toneNotPlayed", { tone: sound.kind, ...failed });
    this.#finish(end, playing, err(why));
  }

  /** What was played is over before its end: stopped, or its end is to be bridged. */
  async stopped(end: End, playing: Playing | undefined): Promise<void> {
    if (playing?.started === true) {
      playing.started = false;
      await this.#ports.session()?.stopPlaying(end);
    }
    if (end.partner !== undefined) await this.unblock(end.partner);
  }

  /** The party holds, or is back: a tone goes on then, a message has gone by. */
  async holdChanged(end: End): Promise<void> {
    const { playing } = end;
    if (playing === undefined) return;
    if (mayHear(end.negotiation.agreed)) {
      if (!playing.started && playing.sound.kind !== "message") await this.start(end, playing);
    } else if (playing.started) {
      playing.started = false;
      await this.#ports.session()?.stopPlaying(end);
    }
  }

  /** Keeps what an end says from its partner, where that one hears something else or holds. */
  async block(end: End): Promise<void> {
    if (end.blocked || !mustBlock(end)) return;
    end.blocked = true;
    await this.#ports.session()?.block(end, true);
  }

  async unblock(end: End): Promise<void> {
    if (!end.blocked || mustBlock(end)) return;
    end.blocked = false;
    await this.#ports.session()?.block(end, false);
  }

  /** rtpengine does not say when a message is over: the clock does. */
  #endInTime(end: End, playing: Playing, durationMs: number | undefined): void {
    if (playing.sound.kind !== "message" || playing.timer !== undefined) return;
    playing.timer = this.#ports.clock.after(durationMs ?? playing.sound.durationMs, () =>
      this.#finish(end, playing, ok(undefined)),
    );
  }

  #finish(end: End, playing: Playing, result: Result<undefined, Said>): void {
    if (end.playing !== playing) return;
    end.silence();
    playing.onDone?.(result);
    this.#ports.later(async () => {
      if (end.partner !== undefined) await this.unblock(end.partner);
    });
  }
}

function mustBlock({ partner }: End): boolean {
  if (partner === undefined) return false;
  const { playing } = partner;
  // Hold tones give way to what comes, so it must be able to come.
  return (playing !== undefined && playing.yields !== true) || !mayHear(partner.negotiation.agreed);
}
