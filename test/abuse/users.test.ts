// Over 5 s: wrong passwords are slowed down by seconds.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { needs } from "../interop/needs.ts";
import { ownAddress } from "../support/loopback.ts";
import { Program } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { headerLines, startLine } from "../support/sip-text.ts";
import { authorization, Party, type Shape, token } from "./parts/party.ts";

const trunk = ownAddress();
/** Ten phones somewhere among a thousand possible extensions. */
const extensions = ["104", "187", "215", "333", "402", "518", "667", "701", "850", "998"];
const KNOWN = "215";
const UNKNOWN = "216";
/** A guess may wait a second for its turn before it is answered. */
const PATIENCE_MS = 10_000;

const company = `
version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
phones:
${extensions.map((extension) => `  - { extension: "${extension}", name: Phone ${extension}, password: correct-horse-1 }`).join("\n")}
trunks:
  - { name: carrier, kind: peer, hosts: ["sip:${trunk}:5060"], acceptFrom: ["${trunk}/32"] }
`;

/** What an answer tells: its lines with everything random or echoed replaced by as many dots. */
function shapeOf(answer: string): readonly string[] {
  const blank = (value: string): string => value.replaceAll(/[^ ]/g, ".");
  const fields = headerLines(answer).map(([name, value]) => {
    // Seconds to wait go by the clock, which moves on between the two.
    if (/^(via|from|call-id|cseq|retry-after)$/i.test(name)) return `${name}: ${blank(value)}`;
    return `${name}: ${value.replace(/(nonce|opaque|tag)(="?)([^",;]*)/g, (_all, key: string, eq: string, random: string) => key + eq + blank(random))}`;
  });
  return [startLine(answer), ...fields.map((field) => field.replaceAll(/21[56]@/g, "...@"))];
}

describe("B2: nobody learns which extensions exist", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ company });
  });
  after(async () => {
    await server.stop();
  });

  /** The answers that a known and an unknown extension get, each asked for by a stranger of its own. */
  async function both(ask: (party: Party, extension: string) => Promise<string>): Promise<void> {
    const [known, unknown] = await Promise.all(
      [KNOWN, UNKNOWN].map(async (extension) => {
        const party = await Party.open(ownAddress());
        try {
          return (await ask(party, extension)).replaceAll(party.address, "x".repeat(15));
        } finally {
          await party.close();
        }
      }),
    );
    assert.ok(known !== undefined && unknown !== undefined);
    assert.deepEqual(shapeOf(known), shapeOf(unknown));
    assert.equal(Buffer.byteLength(known), Buffer.byteLength(unknown), "size");
  }

  const asUser = (method: string, extension: string): Shape => ({
    method,
    uri: method === "REGISTER" ? `sip:${server.address}` : `sip:${extension}@${server.address}`,
    from: `<sip:${extension}@${server.address}>;tag=${token()}`,
    to: `<sip:${extension}@${server.address}>`,
    callId: token(),
  });

  for (const method of ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE"]) {
    test(`B2: ${method} without a password: the same answer for a known and an unknown extension`, () =>
      both((party, extension) => party.ask(asUser(method, extension), server)));
  }

  for (const method of ["REGISTER", "INVITE"]) {
    test(`B2: ${method} with a wrong password: the same answer, until and after no more are looked at`, async () => {
      const answers = new Map<string, string[]>();
      await both(async (party, extension) => {
        const shape = asUser(method, extension);
        const list: string[] = [];
        let last = await party.ask(shape, server);
        for (let guess = 0; guess < 20; guess += 1) {
          if (!last.includes("nonce=")) break;
          const uri = shape.uri ?? "";
          const proof = authorization(last, { username: extension, password: `guess-${guess}`, method, uri });
          const fields = [["Authorization", proof]] as const;
          last = await party.ask({ ...shape, cseq: guess + 2, headers: fields }, server, PATIENCE_MS);
          list.push(startLine(last));
        }
        answers.set(extension, list);
        return last;
      });
      assert.deepEqual(answers.get(KNOWN), answers.get(UNKNOWN));
      assert.match(answers.get(KNOWN)?.[0] ?? "", / 401 /, "guesses were looked at");
      assert.match(answers.get(KNOWN)?.at(-1) ?? "", / 503 /, "the last one was not looked at any more");
    });
  }

  for (const method of ["REGISTER", "INVITE", "OPTIONS"]) {
    const name = `B2: svwar finds 0 of 10 extensions among 1,000 names by ${method}`;
    test(name, { skip: needs("svwar") }, async () => {
      const args = [
        "-e",
        "100-1099",
        "-m",
        method,
        "--force",
        "-t",
        "0.001",
        "-x",
        "127.0.0.1",
        server.address,
      ];
      const ended = await new Program("svwar", args).ended;
      const text = `${ended.stdout}${ended.stderr}`;
      assert.match(text, /found nothing/);
      for (const extension of extensions) assert.doesNotMatch(text, new RegExp(`\\| ${extension} `));
    });
  }
});
