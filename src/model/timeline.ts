import type { CallRecord, Moment, SipTrace, StoryEvent } from "./call-record.ts";

/** One thing in a record: a SIP message, or an event of the story. */
export type Entry = Required<Moment> & (({ readonly type: "sip" } & SipTrace) | StoryEvent);

/**
 * All that a record holds, in the order in which it was: by number, never by time. Records made before entries had numbers
 * get them from the times; of two at the same time what came in is first and what went out last.
 */
export function timeline({ story, sip }: Pick<CallRecord, "story" | "sip">): readonly Entry[] {
  const messages = sip.map((message) => ({ type: "sip" as const, ...message }));
  if ([...story, ...messages].every(isNumbered)) {
    return [...story.filter(isNumbered), ...messages.filter(isNumbered)].toSorted((a, b) => a.seq - b.seq);
  }
  return merged(story, messages).map((entry, index) => ({ ...entry, seq: index + 1 }));
}

function isNumbered<One extends Moment>(entry: One): entry is One & Required<Moment> {
  return entry.seq !== undefined;
}

type Message = { readonly type: "sip" } & SipTrace;

/** Each of the two is in its order already. */
function merged(story: readonly StoryEvent[], sip: readonly Message[]): readonly (StoryEvent | Message)[] {
  const all: (StoryEvent | Message)[] = [];
  let told = 0;
  for (const message of sip) {
    for (let next = story[told]; next !== undefined && isBefore(next, message); next = story[told]) {
      all.push(next);
      told += 1;
    }
    all.push(message);
  }
  return [...all, ...story.slice(told)];
}

function isBefore(event: StoryEvent, message: Message): boolean {
  return event.atMs < message.atMs || (event.atMs === message.atMs && message.direction === "out");
}
