import { authorization, Party, type Place, type Shape, token } from "../test/abuse/parts/party.ts";
import { ownAddress } from "../test/support/loopback.ts";
import { startServer, type TestServer } from "../test/support/server.ts";
import { kind } from "../test/support/sip-text.ts";
import { GOALS, type PartResult } from "./goals.ts";
import { median } from "./median.ts";
import { progress } from "./progress.ts";

/** Of each kind; each is asked for twice, without a password and with a wrong one. */
const NAMES = 1000;
/** 2 × 1,000 names over 250 addresses. */
const ADDRESSES = 250;
const KINDS = ["known", "unknown"] as const;
/** The first extension of each kind. */
const FIRST = { known: 1000, unknown: 3000 };
/** What the first answers of a server cost is not counted. */
const WARM_UP = 100;
const PATIENCE_MS = 3000;
const GOAL_MS = 1;

/** Milliseconds until each answer. */
type Times = Readonly<Record<(typeof KINDS)[number], number[]>>;

/**
 * Whether time tells which extensions exist (reliability B2): REGISTER for 1,000 phones and 1,000 others, in turn.
 * They come from a trunk's network, whose questions are not limited. Wrong passwords are, of a trunk too, so each
 * address asks for eight names only and each name is tried once.
 */
export async function usersPart(): Promise<PartResult> {
  progress(`users: ${2 * NAMES} extensions, half of which exist, each asked for twice`);
  const network = ownAddress().replace(/\d+$/, "");
  const parties: Party[] = [];
  const challenged: Times = { known: [], unknown: [] };
  const refused: Times = { known: [], unknown: [] };
  const notes: string[] = [];
  let server: TestServer | undefined;
  try {
    server = await startServer({ company: companyOf(network) });
    for (let host = 1; host <= ADDRESSES; host += 1) parties.push(await Party.open(`${network}${host}`));
    for (let index = 0; index < NAMES; index += 1) {
      for (const kind of index % 2 === 0 ? KINDS : KINDS.toReversed()) {
        const extension = String(FIRST[kind] + index);
        const party = parties[index % ADDRESSES] as Party;
        const [first, second] = await guess(party, extension, server);
        if (first.status !== "401" || second.status !== "401") {
          notes.push(`users: REGISTER ${extension} was answered ${first.status}, then ${second.status}`);
        }
        if (index < WARM_UP) continue;
        challenged[kind].push(first.ms);
        refused[kind].push(second.ms);
      }
    }
  } finally {
    await Promise.all(parties.map((party) => party.close()));
    await server?.stop();
  }
  const measured = [challenged, refused].map(describe).join("; ");
  const tells = [challenged, refused].some((times) => difference(times) >= GOAL_MS);
  return {
    rows: [{ ...GOALS.users, measured }],
    notes: notes.slice(0, 3),
    failed: tells || notes.length > 0,
  };
}

/** Of the medians. */
function difference({ known, unknown }: Times): number {
  return Math.abs(median(known) - median(unknown));
}

/** `0.010 ms (0.420 known, 0.410 unknown)`. */
function describe(times: Times): string {
  const [known, unknown] = [times.known, times.unknown].map((each) => median(each).toFixed(3));
  return `${difference(times).toFixed(3)} ms (${known} known, ${unknown} unknown)`;
}

function companyOf(network: string): string {
  const phones = [...Array(NAMES).keys()].map(
    (index) => `  - { extension: "${FIRST.known + index}", name: Phone, password: correct-horse-1 }`,
  );
  return [
    "version: 1",
    "home: { country: NL, timeZone: Europe/Amsterdam }",
    "phones:",
    ...phones,
    "trunks:",
    `  - { name: carrier, kind: peer, hosts: ["sip:${network}1:5060"], acceptFrom: ["${network}0/24"] }`,
    "",
  ].join("\n");
}

interface Answer {
  readonly text: string;
  readonly status: string;
  readonly ms: number;
}

/** A REGISTER without a password, then one with a wrong password. */
async function guess(party: Party, extension: string, server: Place): Promise<readonly [Answer, Answer]> {
  const user = `<sip:${extension}@${server.address}>`;
  const uri = `sip:${server.address}`;
  const shape: Shape = { method: "REGISTER", uri, from: `${user};tag=${token()}`, to: user, callId: token() };
  const first = await timed(party, shape, server);
  const wrong = { username: extension, password: "guess", method: "REGISTER", uri };
  const headers = [["Authorization", authorization(first.text, wrong)]] as const;
  return [first, await timed(party, { ...shape, cseq: 2, headers }, server)];
}

/** The answer to a request, the only one under way; `Party.ask` looks every 10 ms, which is too seldom here. */
function timed(party: Party, shape: Shape, server: Place): Promise<Answer> {
  const request = party.write(shape, server);
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`no answer to\n${request}`)), PATIENCE_MS);
    const began = performance.now();
    party.onResponse = (text) => {
      const ms = performance.now() - began;
      clearTimeout(patience);
      resolve({ text, status: kind(text), ms });
    };
    party.send(request, server).catch(reject);
  });
}
