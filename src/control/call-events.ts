import type { EventSource } from "../admin/events/event-bus.ts";
import type { LiveCalls } from "../model/live-calls.ts";
import { writeEntries } from "../record/entry-json.ts";

/** Calls while they are up, as events. */
export function callEvents(calls: Pick<LiveCalls, "all">): EventSource {
  return {
    topics: ["call.started", "call.updated", "call.ended"],
    begin: (publish) =>
      calls.all(({ call, entries, isFirst, isReset }) => {
        const json = JSON.stringify(call);
        if (isFirst) publish("call.started", (out) => out.text('{"call":').text(json).text("}"));
        publish(call.result === "ongoing" ? "call.updated" : "call.ended", (out) => {
          writeEntries(out.text('{"call":').text(json).text(',"entries":'), entries);
          out.text(isReset ? ',"isReset":true}' : ',"isReset":false}');
        });
      }),
  };
}
