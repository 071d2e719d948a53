import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { mediaSaid } from "../words.ts";
import type { End } from "./end.ts";
import type { Agreement, LocalPort } from "./negotiation.ts";
import type { NgFault } from "./ng-client.ts";
import type { NgCommand } from "./ng-message.ts";
import { readDuration, readSdpText, readTags, type TagState } from "./reply.ts";
import type { Server } from "./servers.ts";
import type { ToldSound } from "./sounds.ts";
import { planJoin, readLocalPort, toldNobody, toldParty } from "./told.ts";

/** As often as a tone goes round: nobody listens to ringback for a year. */
const WITHOUT_END = 10_000_000;

/** An end together with what was agreed there. */
export interface Described {
  readonly end: End;
  readonly agreement: Agreement;
}

/** One call at one rtpengine: the commands that this driver needs, in its own words. */
export class RtpengineSession {
  readonly server: Server;
  readonly #label: string;

  /** `label`: the call's name at rtpengine, like that of no other call. */
  constructor(server: Server, label: string) {
    this.server = server;
    this.#label = label;
  }

  /** Connects an end to nobody; resolves with its port, which it keeps as long as the call lasts. */
  async park({ end, agreement }: Described): Promise<Result<LocalPort, NgFault>> {
    const nobody = toldNobody([agreement.codec], agreement.telephoneEvent, end.parts);
    const offered = await this.#describe("offer", end, end.tag, end.nobodyTag, {
      sdp: toldParty(agreement, end.parts),
      "address family": end.family,
    });
    if (!offered.ok) return offered;
    const answered = await this.#describe("answer", end, end.tag, end.nobodyTag, {
      sdp: nobody,
      "address family": end.family,
    });
    return answered.ok ? portIn(answered.value) : answered;
  }

  /** Makes it forget where an end's sound came from: it learns a place only when a description names another one. */
  async forget({ end, agreement }: Described): Promise<Result<unknown, NgFault>> {
    return this.#describe("offer", end, end.tag, end.nobodyTag, {
      sdp: toldNobody([agreement.codec], agreement.telephoneEvent, end.parts),
      "address family": end.family,
    });
  }

  /** Takes a port for an end of whose party nothing is known yet. */
  async reserve(end: End): Promise<Result<LocalPort, NgFault>> {
    const { codecs, telephoneEvent } = end.negotiation.offerCodecs(undefined);
    const offered = await this.#describe("offer", end, end.nobodyTag, end.tag, {
      sdp: toldNobody(codecs, telephoneEvent, end.parts),
      "address family": end.family,
    });
    return offered.ok ? portIn(offered.value) : offered;
  }

  /** What the party answered to that. */
  async settle({ end, agreement }: Described): Promise<Result<undefined, NgFault>> {
    const answered = await this.#describe("answer", end, end.nobodyTag, end.tag, {
      sdp: toldParty(agreement, end.parts),
      "address family": end.family,
    });
    return answered.ok ? ok(undefined) : answered;
  }

  /** Connects two ends; resolves with their ports, which are those that they had: or it has begun the call anew. */
  async join(one: Described, other: Described): Promise<Result<ReadonlyMap<End, LocalPort>, NgFault>> {
    const { offerer, answerer, codec, foreign } = planJoin(
      { end: one, agreement: one.agreement },
      { end: other, agreement: other.agreement },
    );
    const offered = await this.#describe("offer", offerer.end, offerer.end.tag, answerer.end.tag, {
      sdp: toldParty(offerer.agreement, offerer.end.parts, foreign),
      "address family": answerer.end.family,
      ...(codec === undefined ? {} : { codec }),
    });
    if (!offered.ok) return offered;
    const answered = await this.#describe("answer", answerer.end, offerer.end.tag, answerer.end.tag, {
      sdp: toldParty(answerer.agreement, answerer.end.parts),
      "address family": offerer.end.family,
    });
    if (!answered.ok) return answered;
    const [ofAnswerer, ofOfferer] = [portIn(offered.value), portIn(answered.value)];
    if (!ofAnswerer.ok) return ofAnswerer;
    if (!ofOfferer.ok) return ofOfferer;
    return ok(
      new Map([
        [answerer.end, ofAnswerer.value],
        [offerer.end, ofOfferer.value],
      ]),
    );
  }

  /** Plays to an end; resolves with the length in ms where rtpengine knows it. */
  async play(end: End, sound: ToldSound, repeat: boolean): Promise<Result<number | undefined, NgFault>> {
    const times = repeat ? WITHOUT_END : 1;
    const played = await this.#ask("play media", end, { ...sound, "repeat-times": times });
    return played.ok ? ok(readDuration(played.value)) : played;
  }

  stopPlaying(end: End): Promise<Result<unknown, NgFault>> {
    return this.#ask("stop media", end);
  }

  /** Keeps from the others what this end says, or no longer. */
  block(end: End, on: boolean): Promise<Result<unknown, NgFault>> {
    return this.#ask(on ? "block media" : "unblock media", end);
  }

  /** Looks for keys that are sent as tones, or no longer. Its partner hears each as a `0`, for that is how rtpengine does it. */
  detectTones(end: End, on: boolean): Promise<Result<unknown, NgFault>> {
    return on
      ? this.#ask("block DTMF", end, { "DTMF-security": "zero", flags: ["detect DTMF"] })
      : this.#ask("unblock DTMF", end);
  }

  async query(): Promise<Result<readonly TagState[], NgFault>> {
    return tagsIn(await this.#ask("query", undefined));
  }

  /** Ends one end; resolves with how all of them stood. */
  async remove(end: End): Promise<Result<readonly TagState[], NgFault>> {
    return tagsIn(await this.#ask("delete", end, { "delete delay": 0 }));
  }

  removeAll(): Promise<Result<unknown, NgFault>> {
    return this.#ask("delete", undefined, { "delete delay": 0 });
  }

  #describe(
    command: "offer" | "answer",
    writer: End,
    fromTag: string,
    toTag: string,
    more: Omit<NgCommand, "command">,
  ): Promise<Result<unknown, NgFault>> {
    return this.server.client.request({
      command,
      "call-id": this.#label,
      "from-tag": fromTag,
      "to-tag": toTag,
      // Latching: a port stays the end's own, whoever it is connected to, so that no party needs a re-INVITE.
      flags: ["port latching", "strict source", `endpoint-learning-${writer.learning}`],
      replace: ["origin", "zero address"],
      "transport protocol": "RTP/AVP",
      ICE: "remove",
      DTLS: "off",
      ...more,
    });
  }

  #ask(
    command: string,
    end: End | undefined,
    more: Omit<NgCommand, "command"> = {},
  ): Promise<Result<unknown, NgFault>> {
    const tag = end === undefined ? {} : { "from-tag": end.tag };
    return this.server.client.request({ command, "call-id": this.#label, ...tag, ...more });
  }
}

function portIn(body: unknown): Result<LocalPort, NgFault> {
  const sdp = readSdpText(body);
  const port = sdp === undefined ? undefined : readLocalPort(sdp);
  return port === undefined
    ? err({ kind: "refused", reason: mediaSaid("rtpengine.noPortNamed", {}) })
    : ok(port);
}

function tagsIn(reply: Result<unknown, NgFault>): Result<readonly TagState[], NgFault> {
  if (!reply.ok) return reply;
  return ok(readTags(reply.value) ?? []);
}
