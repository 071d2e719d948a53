import type { FastifyInstance } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { fixesOf } from "../../model/call-fixes.ts";
import type { CallRecord } from "../../model/call-record.ts";
import type { CallFilter, CallPlace, CallSummary } from "../../model/repositories.ts";
import { spans } from "../../model/spans.ts";
import { stepPath } from "../../model/step-path.ts";
import { describeEvent } from "../../model/story.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { CallPorts } from "../call-ports.ts";
import { callRoutes, type ListedCall, type ShownCall } from "../contract/calls.ts";
import { refused } from "../contract/problems.ts";
import type { QueryOf } from "../contract/route.ts";
import type { ApiPorts } from "../ports.ts";
import { serve } from "../serve.ts";
import { callBehind } from "./call-behind.ts";

/** A list says how often strangers were refused in this time. */
const REFUSED_MS = 86_400_000;
/** Of a CSV file, read so many at once. */
const CSV_ROWS = { most: 100_000, atOnce: 500 } as const;

const TYPES = {
  html: "text/html; charset=utf-8",
  pcap: "application/vnd.tcpdump.pcap",
  json: "application/json",
};

/** Records of calls, and the phones that are registered. */
export function serveCalls(server: FastifyInstance, ports: CallPorts & Pick<ApiPorts, "liveCalls">): void {
  serve(server, callRoutes.list, async ({ query: { limit, cursor, before, ...filters } }) => {
    const after = cursor === undefined ? undefined : placeOf(cursor);
    // One more than is shown tells whether there is another page.
    const found = await ports.calls.list({ ...filterOf(filters), limit: limit + 1, before, after });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return ok({
      items: items.map((call): ListedCall => ({ ...call, fixes: fixesOf(call) })),
      next: found.length > limit && last !== undefined ? cursorOf(last) : null,
      refused: await ports.calls.refusedSince(ports.now() - REFUSED_MS),
    });
  });

  serve(server, callRoutes.csv, async ({ query, http: { reply } }) => {
    reply.header("content-disposition", 'attachment; filename="calls.csv"');
    return ok(csvOf(ports, filterOf(query)));
  });

  serve(server, callRoutes.get, async ({ params: { id }, query: { behind }, http: { request } }) => {
    const { socket } = request.raw;
    const record = await (behind === undefined
      ? ports.calls.get(id)
      : callBehind(ports, { id, behind, socket }, systemClock));
    return record === undefined ? err(NO_SUCH_CALL) : ok(shown(record));
  });

  serve(server, callRoutes.export, async ({ params: { id }, query: { as }, http: { reply } }) => {
    const record = await ports.calls.get(id);
    if (record === undefined) return err(NO_SUCH_CALL);
    reply.header("content-type", TYPES[as]);
    reply.header("content-disposition", `attachment; filename="call-${record.id}.${as}"`);
    return ok(once(octetsOf(ports, record, as)));
  });

  serve(server, callRoutes.test, ({ body }) => ports.testCall(body));

  serveFixes(server, ports);

  serve(server, callRoutes.registrations, async () =>
    ok({ registrations: [...(await ports.registrations.load(ports.now()))] }),
  );
}

function serveFixes(server: FastifyInstance, { fixes }: Pick<CallPorts, "fixes">): void {
  serve(server, callRoutes.fixes, async ({ params: { id } }) => {
    const items = await fixes.offered(id);
    return items === undefined ? err(NO_SUCH_CALL) : ok({ items: [...items] });
  });

  serve(server, callRoutes.fix, ({ params: { id, fix }, body, actor }) => fixes.make(id, fix, body, actor));
}

const NO_SUCH_CALL = refused(
  "noSuchCall",
  "There is no call with this id; the beginning of an id is enough when only one call has it.",
);

function filterOf({
  result,
  kind,
  ...rest
}: Omit<QueryOf<typeof callRoutes.csv>, never>): Omit<CallFilter, "limit"> {
  return { ...rest, results: result, kinds: kind };
}

function cursorOf({ startedAt, id }: CallPlace): string {
  return `${startedAt}.${id}`;
}

/** Of a text that the route has looked at. */
function placeOf(cursor: string): CallPlace {
  const [startedAt = "", id = ""] = cursor.split(".");
  return { startedAt: Number(startedAt), id };
}

function shown(record: CallRecord): ShownCall {
  return {
    ...record,
    // Octets are how a record keeps a text; who reads it gets the text.
    sip: record.sip.map(({ octets: _, ...message }) => message),
    sentences: record.story.map(describeEvent),
    spans: spans(record),
    path: stepPath(record),
    fixes: fixesOf(record),
  };
}

function octetsOf({ exports }: CallPorts, record: CallRecord, as: keyof typeof TYPES): Uint8Array {
  if (as === "pcap") return exports.pcap(record);
  return Buffer.from(as === "html" ? exports.html(record) : JSON.stringify(shown(record)), "utf8");
}

async function* once(octets: Uint8Array): AsyncIterable<Uint8Array> {
  yield octets;
}

/** Page after page, as fast as they are taken. */
async function* csvOf(
  { calls, exports }: CallPorts,
  filter: Omit<CallFilter, "limit">,
): AsyncIterable<Uint8Array> {
  yield Buffer.from(exports.csvHead, "utf8");
  let after: CallPlace | undefined;
  for (let given = 0; given < CSV_ROWS.most; given += CSV_ROWS.atOnce) {
    const page: readonly CallSummary[] = await calls.list({ ...filter, limit: CSV_ROWS.atOnce, after });
    if (page.length > 0) yield Buffer.from(page.map((call) => exports.csvLine(call)).join(""), "utf8");
    after = page.at(-1);
    if (page.length < CSV_ROWS.atOnce) return;
  }
}
