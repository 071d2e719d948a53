import type { Socket } from "node:net";
import type { CallRecord } from "../../model/call-record.ts";
import { timeline } from "../../model/timeline.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ApiPorts } from "../ports.ts";

/** Whoever waits for a call that is quiet asks again then: a connection that is silent for longer may be taken for dead. */
const LONGEST_MS = 10_000;

interface CallAsked {
  readonly id: string;
  /** The number of the last entry that is known. */
  readonly behind: number;
  /** Of whoever asks. */
  readonly socket: Pick<Socket, "once" | "off">;
}

/**
 * A call once it is over or there is an entry behind this number, and as it is after 10 s: whoever follows one asks anew behind
 * the last that it has. Waiting costs nothing while the call is quiet, and ends with its connection. Undefined: there is none (docs/adr/0126).
 */
export async function callBehind(
  { calls, liveCalls }: Pick<ApiPorts, "calls" | "liveCalls">,
  { id, behind, socket }: CallAsked,
  clock: Pick<Clock, "after">,
): Promise<CallRecord | undefined> {
  let end = (): void => {};
  // Before it is read: what comes meanwhile is not missed.
  const news = new Promise<void>((resolve) => {
    const timer = clock.after(LONGEST_MS, resolve);
    const unfollow = liveCalls.follow(id, () => resolve());
    const gone = (): void => resolve();
    socket.once("close", gone);
    end = () => {
      timer.cancel();
      unfollow();
      socket.off("close", gone);
    };
  });
  try {
    const record = await calls.get(id);
    if (record?.result !== "ongoing" || (timeline(record).at(-1)?.seq ?? 0) > behind) return record;
    await news;
    return await calls.get(id);
  } finally {
    end();
  }
}
