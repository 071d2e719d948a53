// The reply table of webhook.md: what a webhook answers, and who rings then. One table for calls that are asked for a code
// and for those that are not.

import type { ServerResponse } from "node:http";
import { type CompanyParts, ringPhone, webhookStep } from "../support/company.ts";
import { Receiver } from "../support/receiver.ts";
import { header, user } from "../support/sip-text.ts";

/** 215 rings on the failed branch, 216 on the successful one when there is no destination. */
export type Rung = "215" | "216" | "trunk";

export interface ReplyRow {
  readonly name: string;
  readonly reply: string | Buffer | ((response: ServerResponse) => void);
  readonly status?: number;
  readonly rings: Rung;
  /** What the rung phone shows as the caller's name. */
  readonly shows: string;
  /** Number that the trunk is asked for. */
  readonly dials?: string;
  /** A code is asked for again, as often as is allowed. */
  readonly asksAgain?: true;
  /** Requests in all, redirects included; 1 when left out. */
  readonly requests?: number;
  /**
   * Once more where the connection was kept alive from an earlier request (RFC 9112 §9.3.1), which depends on what goes on
   * beside it.
   */
  readonly mayRepeat?: true;
  /** The story must say this. */
  readonly says?: RegExp;
}

export const CALLER_NAME = "Jan";
export const DOWN = `CRM down: ${CALLER_NAME}`;
const good = { rings: "216", shows: CALLER_NAME } as const;
const failed = { rings: "215", shows: DOWN } as const;
const outside = { rings: "trunk", shows: CALLER_NAME, dials: "+31502102544" } as const;
const inside = { rings: "215", shows: CALLER_NAME } as const;

export const rows: readonly ReplyRow[] = [
  { name: "status=ACK", reply: "status=ACK", ...good },
  { name: "status=ACK and a line end", reply: "status=ACK\r\n", ...good },
  { name: "Status=ack", reply: "Status=ack", ...good },
  { name: "a byte-order mark and white space", reply: "\ufeff  status=ACK \n", ...good },
  { name: "an outside destination", reply: "status=ACK&destination=%2B31502102544", ...outside },
  { name: "a raw plus is repaired", reply: "status=ACK&destination=+31502102544", ...outside, says: /%2B/ },
  { name: "a destination with 00", reply: "status=ACK&destination=0031502102544", ...outside },
  { name: "a national destination", reply: "status=ACK&destination=0502102544", ...outside },
  { name: "an internal destination", reply: "status=ACK&destination=215", ...inside },
  { name: "the legacy key value", reply: "status=ACK&value=215", ...inside },
  { name: "unknown keys", reply: "a=b&status=ACK&destination=215&c", ...inside },
  {
    name: "the first of duplicates",
    reply: "status=ACK&destination=215&destination=216&status=NAK",
    ...inside,
  },
  { name: "JSON", reply: '{"status":"ACK","destination":"215"}', ...inside },
  { name: "a name before the status", reply: "callername=X&status=ACK", rings: "216", shows: "X" },
  {
    name: "a name with raw spaces",
    reply: "status=ACK&callername=Jan Jansen VoIPGRID",
    rings: "216",
    shows: "Jan Jansen VoIPGRID",
  },
  {
    name: "a name with plus signs and a destination",
    reply: "status=ACK&callername=Jansen+Co&destination=215",
    rings: "215",
    shows: "Jansen Co",
  },
  {
    name: "a name in UTF-8",
    reply: "status=ACK&callername=J%C3%BCrgen%20%F0%9F%93%9E",
    rings: "216",
    shows: "Jürgen 📞",
  },
  {
    name: "a name in Latin-1",
    reply: Buffer.from("status=ACK&callername=J\xfcrgen", "latin1"),
    rings: "216",
    shows: "Jürgen",
  },
  {
    name: "a name with quotes and a backslash",
    reply: `status=ACK&callername=${encodeURIComponent('a"b\\c')}`,
    rings: "216",
    shows: 'a"b\\c',
  },
  {
    name: "a name that would inject a header",
    reply: "status=ACK&callername=Eve%0d%0aX-Evil:%20yes%00",
    rings: "216",
    shows: "Eve X-Evil: yes",
  },
  {
    name: "a destination that is no number",
    reply: "status=ACK&destination=sip:x@evil.example",
    ...good,
    says: /Skipped/,
  },
  {
    name: "a destination in a forbidden country",
    reply: "status=ACK&destination=%2B1212555012345",
    ...good,
    says: /Skipped/,
  },
  { name: "a premium destination", reply: "status=ACK&destination=%2B31909123456", ...good, says: /Skipped/ },
  { name: "an emergency destination", reply: "status=ACK&destination=112", ...good, says: /Skipped/ },
  { name: "status=NAK", reply: "status=NAK", ...failed, asksAgain: true },
  { name: "404 with status=NAK", reply: "status=NAK", status: 404, ...failed, asksAgain: true },
  { name: "status=ERR", reply: "status=ERR", ...failed },
  { name: "400 with status=ERR", reply: "status=ERR", status: 400, ...failed },
  { name: "404 with status=ACK", reply: "status=ACK", status: 404, ...failed, says: /404/ },
  { name: "500", reply: "status=ACK", status: 500, ...failed, says: /500/ },
  { name: "500 with status=NAK", reply: "status=NAK", status: 500, ...failed, says: /500/ },
  { name: "429", reply: "status=ACK", status: 429, ...failed, says: /429/ },
  { name: "an empty body", reply: "", ...failed },
  { name: "no status", reply: "destination=215", ...failed },
  { name: "an unknown status", reply: "status=OK", ...failed },
  { name: "HTML", reply: "<!doctype html><html>status=ACK</html>", ...failed },
  { name: "a body beyond 64 KiB", reply: `status=ACK&x=${"y".repeat(70_000)}`, ...failed },
  {
    name: "a redirect that never ends",
    reply: (response) => void response.writeHead(302, { location: response.req.url ?? "/" }).end(),
    ...failed,
    requests: 4,
    says: /redirect/i,
  },
  {
    name: "a reset connection",
    reply: (response) => void response.socket?.resetAndDestroy(),
    ...failed,
    mayRepeat: true,
  },
  { name: "silence until the deadline", reply: () => undefined, ...failed, says: /1 s|1,?000|time/i },
];

/** Failures before any receiver: the webhook's host does not exist, or nobody listens there. */
export const deadEnds = [
  { name: "a host that does not exist", webhook: "nowhere" },
  { name: "a port that nobody listens at", webhook: "closed" },
] as const;

/** The calls to place: one for each row, then one for each dead end. */
export const CALLS = rows.length + deadEnds.length;
export const didOf = (index: number): string => `+3150${String(1_000_000 + index)}`;
export const callerOf = (index: number): string => `+3161${String(1_000_000 + index)}`;

/** Answers a call to the number of a row as the row says. */
export function startRowReceiver(): Promise<Receiver> {
  return Receiver.start((query, _request, response) => {
    const row = rows[Number((query.get("did") ?? "").slice(5)) - 1_000_000];
    if (row === undefined) return void response.writeHead(404).end();
    if (typeof row.reply === "function") return row.reply(response);
    response.statusCode = row.status ?? 200;
    response.end(row.reply);
  });
}

/** Parts of a company in which each row and each dead end has a number; `asks` is an entry of `webhooks`. */
export function rowCompany(
  receiver: string,
  asks: (name: string, address: string) => string,
): Pick<CompanyParts, "webhooks" | "routes"> {
  const branches = [
    [
      "{ type: callerName, mode: webhook }",
      "{ type: variableDestination, ringSeconds: 20 }",
      ringPhone("216"),
    ],
    ['{ type: callerName, mode: prepend, text: "CRM down: " }', ringPhone("215")],
  ] as const;
  return {
    webhooks: [
      asks("CRM", receiver),
      asks("nowhere", "http://receiver.invalid"),
      asks("closed", "http://127.0.0.1:9"),
    ],
    routes: Object.fromEntries(
      [...rows.map(() => "CRM"), ...deadEnds.map((end) => end.webhook)].map((name, index) => [
        didOf(index),
        [webhookStep(name, ...branches)],
      ]),
    ),
  };
}

/** The INVITE for the call of a row among those that a party got; calls are told apart by the caller's number. */
export function inviteOf(index: number, invites: readonly string[] = []): string | undefined {
  return invites.find((text) => user(header(text, "From")) === callerOf(index));
}
