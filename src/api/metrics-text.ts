import type { ServerStatus } from "../model/server-status.ts";

/** A name, and labels in braces where there are any. */
const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[^\n]*\})?$/;

/** Counters and gauges in the text format of Prometheus (version 0.0.4); labels are part of the given name. */
export function metricsText(status: Pick<ServerStatus, "counters" | "gauges">): string {
  return `${block(status.counters, "counter")}${block(status.gauges, "gauge")}`;
}

function block(values: Readonly<Record<string, number>>, kind: "counter" | "gauge"): string {
  let text = "";
  let last = "";
  // Sorted, so that the series of one name stand together as the format asks.
  for (const [series, value] of Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = SERIES.exec(series)?.[1];
    if (name === undefined) continue;
    if (name !== last) text += `# TYPE ${name} ${kind}\n`;
    last = name;
    text += `${series} ${value}\n`;
  }
  return text;
}
