import { randomBytes } from "node:crypto";
import { until } from "../support/process.ts";
import { fits, type TortureMessage } from "./messages.ts";
import { openWire, type Place, type Wire, type WireKind } from "./wires.ts";

/** What became of one message. */
interface Outcome {
  readonly name: string;
  /** The first final status, else the first provisional one; undefined: no reply. */
  readonly status: number | undefined;
  /** The server answered an OPTIONS afterwards. */
  readonly alive: boolean;
  readonly ok: boolean;
  readonly best: boolean;
}

export interface TortureRun {
  readonly messages: readonly TortureMessage[];
  readonly kind: WireKind;
  readonly server: Place;
  /** Messages go out from these addresses side by side. */
  readonly sources: readonly string[];
  /** Cuts each message where a reader that trusts packet boundaries would stumble. */
  readonly inPieces?: boolean;
  /** From one source at most one message with its probe in this time: strangers may send 16 requests in 2 s. */
  readonly paceMs?: number;
}

/** Nothing has come for so long: nothing will. */
const QUIET_MS = 400;
const REPLY_MS = 5_000;

/** Sends every message over a connection of its own, and asks after each whether the server still answers. */
export async function runTorture(run: TortureRun): Promise<readonly Outcome[]> {
  const waiting = [...run.messages];
  const outcomes: Outcome[] = [];
  const worker = async (source: string): Promise<void> => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      const next = performance.now() + (run.paceMs ?? 0);
      outcomes.push(await one(run, message, source));
      await until("the next turn", () => performance.now() >= next);
    }
  };
  await Promise.all(run.sources.map(worker));
  return outcomes;
}

/** `survived 50/50 ok 49/49 best 49/49`, as the Python runner counts; then what was not best, each in a line. */
export function score(outcomes: readonly Outcome[]): { readonly line: string; readonly misses: string } {
  const scored = outcomes.filter(({ name }) => name !== "test");
  const count = (list: readonly Outcome[], key: "alive" | "ok" | "best"): string =>
    `${list.filter((outcome) => outcome[key]).length}/${list.length}`;
  const misses = scored
    .filter(({ best, alive }) => !best || !alive)
    .map(({ name, status, ok }) => `${name}: ${status ?? "silent"}${ok ? "" : " (not ok)"}`);
  return {
    line: `survived ${count(outcomes, "alive")}  ok ${count(scored, "ok")}  best ${count(scored, "best")}`,
    misses: misses.toSorted().join("\n"),
  };
}

async function one(run: TortureRun, message: TortureMessage, source: string): Promise<Outcome> {
  const mine = callIds(message.octets.toString("latin1"));
  const wire = await openWire(run.kind, source, run.server, (datagram) => {
    const its = callIds(datagram);
    return mine.length === 0 ? its.length === 0 : its.some((id) => mine.includes(id));
  });
  let status: number | undefined;
  try {
    await wire.send(run.inPieces === true ? pieces(message.octets) : [message.octets]);
    status = await reply(wire, run.kind, message.best.includes("silent"));
  } finally {
    await wire.close();
  }
  const alive = await probe(run, source);
  const is = (tokens: readonly string[]): boolean => alive && tokens.some((token) => fits(token, status));
  return { name: message.name, status, alive, ok: is(message.ok), best: is(message.best) };
}

/** Over a stream a message that is shorter than it says never ends; then the peer learns so when we end. */
async function reply(wire: Wire, kind: WireKind, silence: boolean): Promise<number | undefined> {
  const answered = (): boolean => finalStatus(wire.text) !== undefined || wire.ended;
  const waitFor = async (ms: number): Promise<void> => {
    const deadline = performance.now() + ms;
    await until("a reply or silence", () => answered() || performance.now() > deadline);
  };
  await waitFor(silence || kind !== "udp" ? QUIET_MS : REPLY_MS);
  if (kind !== "udp" && !answered()) {
    wire.finish();
    await waitFor(silence ? QUIET_MS : REPLY_MS);
  }
  return finalStatus(wire.text) ?? statuses(wire.text)[0];
}

function statuses(text: string): readonly number[] {
  return Array.from(text.matchAll(/^SIP\/2\.0 (\d{3}) /gm), ([, status]) => Number(status));
}

function callIds(text: string): readonly string[] {
  return Array.from(text.matchAll(/^(?:call-id|i)[ \t]*:[ \t]*([^\r\n]+)/gim), ([, id]) => (id ?? "").trim());
}

function finalStatus(text: string): number | undefined {
  return statuses(text).find((status) => status >= 200);
}

async function probe({ kind, server }: TortureRun, source: string): Promise<boolean> {
  const id = randomBytes(8).toString("hex");
  const wire = await openWire(kind, source, server, (datagram) => callIds(datagram).includes(id));
  try {
    const lines = [
      `OPTIONS sip:${server.host}:${server.port} SIP/2.0`,
      `Via: SIP/2.0/${kind.toUpperCase()} ${source};rport;branch=z9hG4bK${id}`,
      "Max-Forwards: 70",
      `From: <sip:probe@${source}>;tag=${id}`,
      `To: <sip:${server.host}>`,
      `Call-ID: ${id}`,
      "CSeq: 1 OPTIONS",
      "Content-Length: 0",
    ];
    await wire.send([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`)]);
    await until("the answer to an OPTIONS", () => finalStatus(wire.text) !== undefined, REPLY_MS);
    return finalStatus(wire.text) === 200;
  } catch {
    return false;
  } finally {
    await wire.close();
  }
}

/** After one octet, inside the first CRLF, inside the empty line, and before the last octet. */
function pieces(octets: Buffer): readonly Buffer[] {
  const places = [1, octets.indexOf("\r\n") + 1, octets.indexOf("\r\n\r\n") + 2, octets.length - 1];
  const cuts = [...new Set(places)].filter((at) => at > 0 && at < octets.length).toSorted((a, b) => a - b);
  return [0, ...cuts].map((at, index) => octets.subarray(at, cuts[index] ?? octets.length));
}
