import { createSocket, type Socket } from "node:dgram";
import { authorization, type Place, token } from "../test/abuse/parts/party.ts";
import { ownAddress } from "../test/support/loopback.ts";
import { startServer } from "../test/support/server.ts";
import { kind } from "../test/support/sip-text.ts";
import { GOALS, type PartResult } from "./goals.ts";
import { median } from "./median.ts";
import { progress } from "./progress.ts";

/** Of each kind; each is asked for twice, without a password and with a wrong one. */
const NAMES = 1000;
/** Extensions of four digits; those of phones begin with 1, the others with 3. */
const [PHONES, OTHERS] = [1000, 3000];
/** What the first answers of a server cost is not counted. */
const WARM_UP = 200;
const PATIENCE_MS = 3000;
const GOAL_MS = 1;

type Kind = "known" | "unknown";

/** Milliseconds until each answer. */
type Times = Readonly<Record<Kind, number[]>>;

/**
 * Whether time tells which extensions exist (reliability B2): REGISTER for 1,000 phones and 1,000 others, in turn by
 * chance. They come from a trunk's address, the only one whose questions and wrong passwords are not counted; an
 * account's are, so each is tried once.
 */
export async function usersPart(): Promise<PartResult> {
  progress(`users: ${2 * NAMES} extensions, half of which exist, each asked for twice`);
  const asker = await Asker.open(ownAddress());
  const server = await startServer({ company: companyOf(asker.address) });
  const [challenged, refused]: readonly [Times, Times] = [
    { known: [], unknown: [] },
    { known: [], unknown: [] },
  ];
  const notes: string[] = [];
  try {
    const order = shuffled([...Array(2 * NAMES).keys()]);
    for (const [turn, index] of order.entries()) {
      const known = index < NAMES;
      const extension = String(known ? PHONES + index : OTHERS + index - NAMES);
      const [first, second] = await asker.guess(extension, server);
      if (first.status !== "401" || second.status !== "401") {
        notes.push(`users: REGISTER ${extension} was answered ${first.status}, then ${second.status}`);
      }
      if (turn < WARM_UP) continue;
      challenged[known ? "known" : "unknown"].push(first.ms);
      refused[known ? "known" : "unknown"].push(second.ms);
    }
  } finally {
    asker.close();
    await server.stop();
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

function companyOf(trunk: string): string {
  const phones = [...Array(NAMES).keys()].map(
    (index) => `  - { extension: "${PHONES + index}", name: Phone, password: correct-horse-1 }`,
  );
  return [
    "version: 1",
    "home: { country: NL, timeZone: Europe/Amsterdam }",
    "phones:",
    ...phones,
    "trunks:",
    `  - { name: carrier, kind: peer, hosts: ["sip:${trunk}:5060"], acceptFrom: ["${trunk}/32"] }`,
    "",
  ].join("\n");
}

interface Answer {
  readonly text: string;
  readonly status: string;
  readonly ms: number;
}

interface Guess {
  readonly extension: string;
  readonly callId: string;
  readonly tag: string;
  readonly cseq: number;
  /** Authorization; empty: none. */
  readonly proof: string;
}

/** Somebody who guesses passwords and has a stop-watch. */
class Asker {
  readonly address: string;
  readonly #socket: Socket;

  private constructor(address: string, socket: Socket) {
    this.address = address;
    this.#socket = socket;
  }

  static async open(address: string): Promise<Asker> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(5060, address, resolve));
    return new Asker(address, socket);
  }

  /** A REGISTER without a password, then one with a wrong password. */
  async guess(extension: string, server: Place): Promise<readonly [Answer, Answer]> {
    const [callId, tag] = [token(), token()];
    const first = await this.#ask(
      this.#register({ extension, callId, tag, cseq: 1, proof: "" }, server),
      server,
    );
    const uri = `sip:${server.address}`;
    const proof = authorization(first.text, {
      username: extension,
      password: "guess",
      method: "REGISTER",
      uri,
    });
    const second = this.#register({ extension, callId, tag, cseq: 2, proof }, server);
    return [first, await this.#ask(second, server)];
  }

  close(): void {
    this.#socket.close();
  }

  #register({ extension, callId, tag, cseq, proof }: Guess, server: Place): string {
    const user = `sip:${extension}@${server.address}`;
    return [
      `REGISTER sip:${server.address} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.address};rport;branch=z9hG4bK${token()}`,
      "Max-Forwards: 70",
      `From: <${user}>;tag=${tag}`,
      `To: <${user}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} REGISTER`,
      `Contact: <sip:${extension}@${this.address}>`,
      ...(proof === "" ? [] : [`Authorization: ${proof}`]),
      "Content-Length: 0",
      "\r\n",
    ].join("\r\n");
  }

  /** The answer to a request, the only one under way. */
  #ask(request: string, server: Place): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => reject(new Error(`no answer to\n${request}`)), PATIENCE_MS);
      const began = performance.now();
      this.#socket.once("message", (octets) => {
        const ms = performance.now() - began;
        clearTimeout(patience);
        const text = octets.toString("utf8");
        resolve({ text, status: kind(text), ms });
      });
      this.#socket.send(request, server.port, server.address);
    });
  }
}

function shuffled(numbers: readonly number[]): readonly number[] {
  return numbers
    .map((number) => ({ number, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ number }) => number);
}
