import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { needs } from "../interop/needs.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Program } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { headers, kind } from "../support/sip-text.ts";
import { Party, proofFor, type Shape, sdp, token } from "./parts/party.ts";

const GUESSES = 10_000;
/** Where in the list the right password stands. */
const HIT = 5_000;
/** More than any network delay here; what the server had to say has been said by then. */
const SILENCE_MS = 1_500;

describe("B3: guessing passwords", () => {
  const trunk = ownAddress();
  let server: TestServer;
  before(async () => {
    const company = companyText({
      caller: trunk,
      routes: { "+31501234567": [ringPhone("216", 2)] },
    });
    server = await startServer({ company });
  });
  after(async () => {
    await server.stop();
  });

  const opened: Party[] = [];
  const open = async (address = ownAddress()): Promise<Party> => {
    const party = await Party.open(address);
    opened.push(party);
    return party;
  };
  let registrationsBefore = 0;
  beforeEach(async () => {
    registrationsBefore = await server.metric("switchhook_registrations_total");
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((party) => party.close()));
  });

  const registerShape = (extension: string): Shape => ({
    method: "REGISTER",
    uri: `sip:${server.address}`,
    from: `<sip:${extension}@${server.address}>;tag=${token()}`,
    to: `<sip:${extension}@${server.address}>`,
    callId: token(),
  });

  /** Fires guesses at an extension as fast as they can be written, with the nonce that this source was given. */
  async function guess(party: Party, extension: string, count: number, passwordAt: (at: number) => string) {
    const shape = registerShape(extension);
    const challenge = await party.ask(shape, server);
    const offered = headers(challenge, "WWW-Authenticate")[0] ?? "";
    const nonce = /nonce="([^"]*)"/.exec(offered)?.[1] ?? "";
    const realm = /realm="([^"]*)"/.exec(offered)?.[1] ?? "";
    assert.notEqual(nonce, "");
    const heardBefore = party.heard.length;
    for (let at = 0; at < count; at += 1) {
      const [uri, nc] = [shape.uri ?? "", at + 1];
      const proof = { username: extension, password: passwordAt(at), method: "REGISTER", uri, nc };
      const fields = [["Authorization", proofFor(realm, nonce, proof)]] as const;
      await party.send(party.write({ ...shape, cseq: 2 + at, headers: fields }, server), server);
    }
    return () => party.heard.length - heardBefore;
  }

  test(`B3: ${GUESSES} guesses from one source: at most 20 are looked at, 0 hit; the true user is let in meanwhile`, async () => {
    const guesser = await open();
    const user = await open();
    const attack = { over: false };
    const guesses = guess(guesser, "215", GUESSES, (at) => (at === HIT ? PASSWORD : `guess-${at}`)).finally(
      () => {
        attack.over = true;
      },
    );
    let slowestMs = 0;
    let times = 0;
    while (!attack.over || times === 0) {
      const began = performance.now();
      assert.equal(
        await user.register("215", PASSWORD, server, { cseq: 1 + 2 * times, callId: "true-user" }),
        "200",
      );
      slowestMs = Math.max(slowestMs, performance.now() - began);
      times += 1;
    }
    const answered = await guesses;
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
    assert.ok(answered() <= 20, `${answered()} guesses were answered`);
    assert.ok(answered() >= 1, "guesses were looked at");
    assert.ok(guesser.responses.every((text) => kind(text) !== "200"));
    assert.ok(slowestMs <= 1_000, `a registration of the true user took ${slowestMs} ms`);
    assert.equal(await server.metric("switchhook_registrations_total"), registrationsBefore + times);
  });

  test(`B3: ${GUESSES} guesses at one account from 10 sources: at most 20 are looked at, 0 hit`, async () => {
    const sources = await Promise.all(Array.from({ length: 10 }, () => open()));
    const user = await open();
    assert.equal(await user.register("216", PASSWORD, server), "200");
    const answers = await Promise.all(
      sources.map((source, index) =>
        guess(source, "216", GUESSES / sources.length, (at) =>
          at === 500 && index === 5 ? PASSWORD : `guess-${index}-${at}`,
        ),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
    const statuses = sources.flatMap((source) => source.responses.slice(1).map((text) => kind(text)));
    // 403: not looked at any more, and said so.
    const evaluated = statuses.filter((status) => status !== "403").length;
    assert.ok(evaluated <= 20, `${evaluated} guesses were looked at: ${statuses.join(" ")}`);
    assert.ok(!statuses.includes("200"));
    assert.ok(answers.every((answered) => answered() < 40));
    const again = { cseq: 10, callId: "true-user-2" };
    assert.equal(
      await user.register("216", PASSWORD, server, again),
      "200",
      "who proved the account before is let in",
    );
  });

  test("B3: a UDP source that never answered a nonce is not banned, so nobody can have another one locked out", async () => {
    const victim = await open();
    const nonce = "0".repeat(60);
    for (let at = 0; at < 500; at += 1) {
      const uri = `sip:${server.address}`;
      const proof = proofFor("pbx", nonce, {
        username: "215",
        password: "x",
        method: "REGISTER",
        uri,
      });
      const shape = { ...registerShape("215"), headers: [["Authorization", proof]] as const };
      await victim.send(victim.write(shape, server), server);
    }
    // The rate limit is over after its window; a ban would go on.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    assert.equal(await victim.register("215", PASSWORD, server), "200");
  });

  test("B3: a trunk is never banned, whatever comes from its address", async () => {
    const carrier = await open(trunk);
    await guess(carrier, "215", 200, (at) => `guess-${at}`);
    const call: Shape = { method: "INVITE", uri: `sip:+31501234567@${server.address}`, body: sdp(trunk) };
    assert.match(kind(await carrier.ask(call, server)), /^48[06]$/, "the call went through to the plan");
  });

  test("B3: svcrack finds no password", { skip: needs("svcrack") }, async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-svcrack-"));
    try {
      const list = path.join(folder, "words.txt");
      const words = Array.from({ length: 500 }, (_, at) => (at === 250 ? PASSWORD : `word${at}`));
      writeFileSync(list, `${words.join("\n")}\n`);
      const source = ownAddress();
      const what = ["-u", "215", "-d", list, "--maximumtime", "10"];
      const ended = await new Program("svcrack", [...what, "-b", source, "-x", source, server.address]).ended;
      const text = `${ended.stdout}${ended.stderr}`;
      assert.ok(!text.includes(PASSWORD), text);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("B3: a refused login is a row that says why, without the password", async () => {
    const refused = await server.refused("registration");
    assert.ok(refused.length > 0);
    assert.ok((await server.calls()).every(({ kind }) => kind === "call"));
    const text = JSON.stringify(refused);
    assert.match(text, /Too many wrong passwords/);
    assert.ok(!text.includes(PASSWORD));
    assert.doesNotMatch(text, /guess-\d/);
  });
});
