import type { StoryEvent } from "../../../../src/model/call-record.ts";
import { timeline } from "../../../../src/model/timeline.ts";
import type { Tone } from "../../theme/tokens.ts";
import type { Row } from "./row.ts";
import type { ShownCall } from "./shown-call.ts";

/** The call's story in full sentences, as the record tells it; keys are one line for as many as there were. */
export function storyRows(call: ShownCall): readonly Row[] {
  const rows: Row[] = [];
  let keys = 0;
  for (const entry of timeline(call)) {
    if (entry.type === "sip" || entry.type === "soundEnds") continue;
    if (entry.type === "key") {
      keys += 1;
      if (keys > 1) continue;
    } else keys = 0;
    rows.push(rowOf(entry));
  }
  return rows;
}

const ICONS: Partial<Record<StoryEvent["type"], Row["icon"]>> = {
  step: "decision",
  plan: "decision",
  number: "decision",
  asked: "webhook",
  replied: "webhook",
  soundBegins: "sound",
  key: "keys",
  note: "note",
  media: "note",
};

function rowOf(entry: Exclude<ReturnType<typeof timeline>[number], { readonly type: "sip" }>): Row {
  return {
    seq: entry.seq,
    covers: [entry.seq],
    atMs: entry.atMs,
    icon: ICONS[entry.type] ?? "message",
    tone: toneOf(entry),
    said: { event: entry },
    opens: { type: "event", event: entry },
    times: 1,
  };
}

function toneOf(event: StoryEvent): Tone {
  if (event.type === "answered") return "good";
  if (event.type === "replied")
    return event.verdict === "ack" ? "good" : event.verdict === "nak" ? "warn" : "bad";
  if (event.type !== "legEvent") return "neutral";
  return ["refused", "failed", "unreachable"].includes(event.what) ? "bad" : "neutral";
}
