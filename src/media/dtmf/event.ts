import { timestampDistance } from "../rtp/packet.ts";
import { DIGITS } from "./digit.ts";

/** Payload of a telephone-event (RFC 4733 §2.3). */
export interface TelephoneEvent {
  /** 0 … 255; 0 … 15 are keys (`DIGITS`). */
  readonly event: number;
  /** The last packets of an event say so. */
  readonly end: boolean;
  /** 0 … 63, the level in -dBm0. */
  readonly volume: number;
  /** From the packet's timestamp on, in clock ticks: 16 bits. */
  readonly duration: number;
}

export const EVENT_OCTETS = 4;

/** Reads a payload; undefined if it is too short. Of several events in one packet (§2.5.1.5) the first is taken. */
export function parseEvent(payload: Uint8Array): TelephoneEvent | undefined {
  if (payload.length < EVENT_OCTETS) return undefined;
  const flags = payload[1] as number;
  return {
    event: payload[0] as number,
    end: flags >= 0x80,
    volume: flags & 0x3f,
    duration: ((payload[2] as number) << 8) | (payload[3] as number),
  };
}

export function buildEvent(event: TelephoneEvent): Uint8Array {
  const flags = (event.end ? 0x80 : 0) | (event.volume & 0x3f);
  return Uint8Array.of(event.event, flags, event.duration >> 8, event.duration);
}

/** What the header of an event's packet says. */
export interface EventPacket {
  /** Of the stream; another one begins anew. */
  readonly ssrc: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly sequence: number;
}

/** The last event that was seen of one sender; plain data, made anew by each packet. */
export interface EventReceiverState {
  readonly ssrc: number;
  readonly timestamp: number;
  readonly event: number;
  readonly duration: number;
  readonly ended: boolean;
  /** Of the newest packet of it. */
  readonly sequence: number;
}

/** Ticks between the end of one packet of an event and its next one, at most: two packets of 20 ms at 8 kHz. */
const CONTINUES_WITHIN = 320;
/** A packet that is this much older than the event before it (10 s) is no straggler: the sender has begun anew. */
const STRAGGLER_WITHIN = 80_000;

/** Some phones give several keys one timestamp: then the same key begins again behind the packets in which it had ended. */
function beginsAnew(state: EventReceiverState, { sequence }: EventPacket, event: TelephoneEvent): boolean {
  return state.ended && !event.end && isLater(sequence, state.sequence);
}

/** RFC 3550 §5.1: sequence numbers begin again behind 65,535. */
function isLater(sequence: number, than: number): boolean {
  const ahead = (sequence - than) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
}

/**
 * Counts each event once, when its first packet comes, whichever of its packets is lost (RFC 4733 §2.5.1): all of them
 * bear the timestamp of its start. An event too long for the 16 bits of its duration goes on under a new timestamp without
 * marker (§2.5.1.3), as do those of phones that wrongly let the timestamp run. Returns the new state and the key, if
 * this packet is the first of one.
 */
export function receiveEvent(
  state: EventReceiverState | undefined,
  packet: EventPacket,
  event: TelephoneEvent,
): readonly [EventReceiverState | undefined, digit: string | undefined] {
  const next: EventReceiverState = {
    ssrc: packet.ssrc,
    timestamp: packet.timestamp,
    event: event.event,
    duration: event.duration,
    ended: event.end,
    sequence: packet.sequence,
  };
  const digit = DIGITS[event.event];
  if (state === undefined || state.ssrc !== packet.ssrc) return [next, digit];
  const sinceStart = timestampDistance(state.timestamp, packet.timestamp);
  if (sinceStart === 0) {
    if (event.event !== state.event)
      return isLater(packet.sequence, state.sequence) ? [next, digit] : [state, undefined];
    if (beginsAnew(state, packet, event)) return [next, digit];
    // Packets may overtake each other: an event that has ended stays so.
    const sequence = isLater(packet.sequence, state.sequence) ? packet.sequence : state.sequence;
    return [
      {
        ...next,
        sequence,
        duration: Math.max(event.duration, state.duration),
        ended: event.end || state.ended,
      },
      undefined,
    ];
  }
  if (sinceStart < 0 && sinceStart > -STRAGGLER_WITHIN) return [state, undefined];
  const goesOn =
    !packet.marker &&
    // The end of one whose timestamp runs along comes several times, each later.
    (!state.ended || event.end) &&
    event.event === state.event &&
    sinceStart > 0 &&
    sinceStart - state.duration <= CONTINUES_WITHIN;
  return [next, goesOn ? undefined : digit];
}
