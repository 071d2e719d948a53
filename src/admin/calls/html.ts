import type { CallRecord } from "../../model/call-record.ts";
import { describeEvent, eventDetails, summarise } from "../../model/story.ts";
import { type Entry, timeline } from "../../model/timeline.ts";

const STYLE = `body{font:14px/20px system-ui,sans-serif;margin:24px auto;max-width:960px;padding:0 16px;color:#17211d}
h1{font-size:20px;line-height:28px}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px}dt{color:#4c5a54}dd{margin:0}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #e2e6e1;padding:6px 8px;vertical-align:top}
td:first-child{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums;color:#4c5a54}
small{display:block;color:#4c5a54}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f7f5;padding:8px;margin:4px 0}
summary{cursor:pointer}`;

/** A call as one page that needs nothing else: no script, nothing is loaded, all that others wrote is text. */
export function htmlOf(record: CallRecord, timeZone: string): string {
  const title = summarise(record, timeZone);
  const facts: readonly (readonly [string, string])[] = [
    ["Call", record.id],
    ["Came from", record.origin],
    ["Caller", [record.callerName, record.caller].filter((one) => one !== "").join(" ") || "anonymous"],
    ["Called", record.called],
    ["Dial plan", record.plan ?? "none"],
    ["Result", record.reason === "" ? record.result : `${record.result}: ${record.reason}`],
    ["Began", `${new Date(record.startedAt).toISOString()} (shown above in ${timeZone})`],
  ];
  const shown = facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escape(title)}</h1>
<dl>
${shown}
</dl>
<table>
<tbody>
${timeline(record).map(row).join("\n")}
</tbody>
</table>
</body>
</html>
`;
}

function row(entry: Entry): string {
  const time = `${(entry.atMs / 1000).toFixed(3)} s`;
  return `<tr><td>${time}</td><td>${entry.type === "sip" ? message(entry) : event(entry)}</td></tr>`;
}

function event(entry: Exclude<Entry, { readonly type: "sip" }>): string {
  const details = eventDetails(entry).map((line) => `<small>${escape(line)}</small>`);
  return `${escape(describeEvent(entry))}${details.join("")}`;
}

function message({ leg, direction, peer, text }: Extract<Entry, { readonly type: "sip" }>): string {
  const [first = ""] = text.split(/\r?\n/, 1);
  const way = `${escape(leg)} ${direction === "in" ? "&larr;" : "&rarr;"} ${escape(peer)}`;
  return `<details><summary><small>${way}</small>${escape(first)}</summary><pre>${escape(text)}</pre></details>`;
}

/** Nothing of it is markup, in text and in attributes alike; what a browser has no character for is one of its own. */
function escape(text: string): string {
  return text
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
