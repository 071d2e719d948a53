import {
  type EntryRun,
  entryAt,
  eventOf,
  eventTextOf,
  messageOf,
  type RawEntry,
} from "../model/record-entries.ts";
import { withSentence } from "../model/trace-bytes.ts";

/** Without a sentence that is made of its code (`withSentence`): what was written is what readers get. */
const AS_WRITTEN = /^\{"type":"(?!step"|note"|legEvent").*\}$/s;

/** These entries as readers get them (model/timeline.ts), a list in JSON; without messages and notes that are damaged. An event is taken as the recorder wrote it. */
export function entriesJson(runs: readonly EntryRun[]): string {
  let list = "";
  for (const { octets, places } of runs)
    for (let index = 0; index < places.length; index += 2) {
      const raw = entryAt(octets, places[index] ?? 0);
      const json = raw === undefined ? undefined : entryJson(raw);
      if (json !== undefined) list += list === "" ? json : `,${json}`;
    }
  return `[${list}]`;
}

function entryJson(raw: RawEntry): string | undefined {
  const message = messageOf(raw);
  if (message !== undefined) {
    const { atMs, seq, leg, direction, peer, text } = message;
    return JSON.stringify({ type: "sip", atMs, seq, leg, direction, peer, text });
  }
  const written = eventTextOf(raw);
  if (written === undefined) return undefined;
  if (AS_WRITTEN.test(written)) return `${written.slice(0, -1)},"atMs":${raw.atMs},"seq":${raw.seq}}`;
  const event = eventOf(raw);
  return event === undefined ? undefined : JSON.stringify(withSentence(event));
}
