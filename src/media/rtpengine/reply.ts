import { z } from "zod";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Why } from "../../lib/said.ts";
import { mediaSaid } from "../words.ts";

// What rtpengine 10.5 replies. It is software of another house on another machine: nothing is believed unread.

const MAX_REASON = 200;

const head = z.object({ result: z.string(), "error-reason": z.string().optional() });

/** Whether a reply says `ok`; else rtpengine's own words. */
export function readResult(body: unknown): Result<undefined, Why> {
  const read = head.safeParse(body);
  if (!read.success) return err(mediaSaid("rtpengine.notUnderstood", {}));
  const { result, "error-reason": reason } = read.data;
  if (result === "ok" || result === "pong") return ok(undefined);
  return err(printableStart(reason ?? result));
}

function printableStart(text: string): string {
  return text.replaceAll(/[^ -~]/g, "?").slice(0, MAX_REASON);
}

const withSdp = z.object({ sdp: z.string().max(65_536) });

/** The description in the reply to `offer` and `answer`; undefined: there is none. */
export function readSdpText(body: unknown): string | undefined {
  return withSdp.safeParse(body).data?.sdp;
}

const withDuration = z.object({
  duration: z
    .number()
    .int()
    .positive()
    .max(24 * 3600 * 1000),
});

/** How long the sound of `play media` lasts, ms; undefined: rtpengine does not know. */
export function readDuration(body: unknown): number | undefined {
  return withDuration.safeParse(body).data?.duration;
}

const count = z.number().int().nonnegative();

const stream = z.object({
  flags: z.array(z.string()).optional(),
  endpoint: z.object({ address: z.string() }).optional(),
  stats: z.object({ packets: count, errors: count }),
});

const queried = z.object({
  tags: z.record(z.string(), z.object({ medias: z.array(z.object({ streams: z.array(stream) })) })),
});

/** What `query` and `delete` tell of one tag. */
export interface TagState {
  readonly tag: string;
  /** Packets of RTP that came in and were taken. */
  readonly packets: number;
  /** Packets that were dropped: of a stranger, or not RTP. */
  readonly dropped: number;
  /** Where its sound really comes from, once a packet came. */
  readonly from: string | undefined;
}

/** The tags of a call; undefined: the reply is no such thing. */
export function readTags(body: unknown): readonly TagState[] | undefined {
  const read = queried.safeParse(body);
  if (!read.success) return undefined;
  return Object.entries(read.data.tags).map(([tag, { medias }]) => {
    const rtp = medias[0]?.streams[0];
    return {
      tag,
      // rtpengine counts what it dropped among what came.
      packets: Math.max(0, (rtp?.stats.packets ?? 0) - (rtp?.stats.errors ?? 0)),
      dropped: rtp?.stats.errors ?? 0,
      from: rtp?.flags?.includes("confirmed") === true ? rtp.endpoint?.address : undefined,
    };
  });
}
