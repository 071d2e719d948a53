// M8: whoever carries the sound is killed, cut off, restarted or full, at the real server. What the caller hears, what stands in
// the story, and that calls work when it is back.
// Over 5 s: engines are stopped and started while calls have sound.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { afterEach, describe, test } from "node:test";
import { companyText, ringPhone } from "../support/company.ts";
import { converse } from "../support/conversation.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startRtpengine, type TestRtpengine } from "../support/rtpengine.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import { needs } from "./needs.ts";

const DIGITS_PORT = 22_223;
const TO_215 = "+31501000001";
const TO_216 = "+31501000002";
const LOST = 'SIP;cause=503;text="The sound of the call was lost"';
/** One after the other each test has them. */
const AT = {
  server: ownAddress(),
  one: ownAddress(),
  two: ownAddress(),
  phone215: ownAddress(),
  phone216: ownAddress(),
  rtpengine: ownAddress(),
  digits: ownAddress(),
};
/** Two signs of life that fail, and what a busy machine adds. */
const OUT_WITHIN_MS = 12_000;

/** Two callers and two anchored phones, each at an address of its own. */
interface Office {
  readonly server: TestServer;
  readonly one: SpeakingParty;
  readonly two: SpeakingParty;
  readonly phone215: SpeakingParty;
  readonly phone216: SpeakingParty;
}

let office: Office | undefined;
let rtpengine: TestRtpengine | undefined;

afterEach(async () => {
  if (office !== undefined) {
    for (const party of [office.one, office.two, office.phone215, office.phone216]) await party.close();
    // That an engine fell out is a line of level error: whoever runs the machine has to know.
    await office.server.kill();
    rmSync(office.server.dataDir, { recursive: true, force: true });
    const errors = office.server.log.filter(({ level }) => level >= 50);
    for (const { msg = "" } of errors) assert.match(msg, /^The rtpengine at \S+ answers no more\./);
  }
  office = undefined;
  await rtpengine?.stop("SIGKILL");
  rtpengine = undefined;
});

async function open(flags: readonly string[]): Promise<Office> {
  const server = await startServer({
    address: AT.server,
    company: companyText({
      caller: AT.one,
      moreCallers: [AT.two],
      anchored: ["215", "216"],
      routes: { [TO_215]: [ringPhone("215")], [TO_216]: [ringPhone("216")] },
    }),
    flags,
  });
  const one = await SpeakingParty.open(server, { at: AT.one });
  const two = await SpeakingParty.open(server, { at: AT.two });
  const phone215 = await SpeakingParty.phone(server, "215", { at: AT.phone215 });
  const phone216 = await SpeakingParty.phone(server, "216", { at: AT.phone216 });
  office = { server, one, two, phone215, phone216 };
  return office;
}

/** With an rtpengine that has so many ports; the returned function starts it anew at the same place. */
async function openWithRtpengine(ports?: number): Promise<Office & { readonly again: () => Promise<void> }> {
  const digits = `${AT.digits}:${DIGITS_PORT}`;
  const at = AT.rtpengine;
  rtpengine = startRtpengine(digits, at, ports);
  const opened = await open(["--rtpengine", `${at}:${rtpengine.port}`, "--rtpengine-digits", digits]);
  await answers(opened.server, 1);
  return {
    ...opened,
    async again() {
      rtpengine = startRtpengine(digits, at, ports);
      await answers(opened.server, 1);
    },
  };
}

async function answers(server: TestServer, count: 0 | 1): Promise<void> {
  const up = "switchhook_media_rtpengine_servers_up";
  await until(
    `${count} rtpengines to be well`,
    async () => (await server.metric(up)) === count,
    OUT_WITHIN_MS,
  );
}

async function talk(caller: SpeakingParty, phone: SpeakingParty, number: string): Promise<void> {
  caller.voice.forget();
  phone.voice.forget();
  assert.equal(kind(await caller.call({ number })), "200");
  await converse(caller, phone);
}

/** Both sides of a call are hung up on, and told why; its story says it in a sentence. */
async function areToldOfTheLoss(
  { server }: Office,
  sides: readonly SpeakingParty[],
  number: string,
  sentence: RegExp,
): Promise<void> {
  for (const side of sides) {
    await side.hasHungUp(OUT_WITHIN_MS);
    assert.equal(header(side.sip.of("BYE").at(-1) ?? "", "Reason"), LOST);
  }
  await storySays(server, number, sentence);
}

/** The caller is refused with 503, and told when to come again. */
async function isRefused(
  server: TestServer,
  caller: SpeakingParty,
  number: string,
  sentence: RegExp,
): Promise<void> {
  const refused = await caller.call({ number });
  assert.equal(kind(refused), "503");
  assert.match(header(refused, "Retry-After"), /^\d+$/);
  await storySays(server, number, sentence);
}

async function storySays(server: TestServer, number: string, sentence: RegExp): Promise<void> {
  await until(`a story of a call to ${number} that says ${sentence}`, async () =>
    sentence.test(JSON.stringify((await server.recordOf(number)).story)),
  );
}

describe("M8: rtpengine in the middle of a call", { skip: needs("rtpengine") }, () => {
  for (const [title, harm] of [
    ["killed", (engine: TestRtpengine) => void engine.stop("SIGKILL")],
    ["stopped, as a machine that is cut off", (engine: TestRtpengine) => engine.freeze()],
  ] as const) {
    test(`${title}: both are told why, callers get 503, and when it is back calls have sound`, async () => {
      const opened = await openWithRtpengine();
      const { server, one, two, phone215, phone216, again } = opened;
      await talk(one, phone215, TO_215);
      harm(rtpengine ?? assert.fail("no rtpengine"));
      // Before anybody knows that it is gone, and after.
      await isRefused(
        server,
        two,
        TO_216,
        /No rtpengine can carry the sound of this call: \S+ says: no reply in 2 seconds/,
      );
      await areToldOfTheLoss(opened, [one, phone215], TO_215, /The rtpengine at \S+ answers no more/);
      await answers(server, 0);
      await isRefused(
        server,
        two,
        TO_216,
        /No rtpengine can carry the sound of this call: none of them answers/,
      );
      assert.equal(phone216.sip.of("INVITE").length, 0, "no phone rings for a call that nobody could hear");
      if (title === "killed") await again();
      else {
        rtpengine?.thaw();
        await answers(server, 1);
      }
      await talk(two, phone216, TO_216);
      await talk(one, phone215, TO_215);
      await two.bye();
      await one.bye();
    });
  }

  test("restarted before anybody knew: the call is lost and told, the next ones have sound", async () => {
    const opened = await openWithRtpengine();
    const { one, two, phone215, phone216, again } = opened;
    await talk(one, phone215, TO_215);
    await rtpengine?.stop("SIGKILL");
    await again();
    await talk(two, phone216, TO_216);
    await areToldOfTheLoss(
      opened,
      [one, phone215],
      TO_215,
      /The rtpengine at \S+ (no longer knows|answers no more)/,
    );
    await converse(two, phone216);
    await two.bye();
  });

  test("restarted, and the caller describes itself anew at once: the call is lost and told, not left without sound", async () => {
    const opened = await openWithRtpengine();
    const { one, phone215, again } = opened;
    await talk(one, phone215, TO_215);
    await rtpengine?.stop("SIGKILL");
    await again();
    await one.redescribe("sendrecv").catch(() => undefined);
    await areToldOfTheLoss(
      opened,
      [one, phone215],
      TO_215,
      /The rtpengine at \S+ (no longer knows|answers no more)/,
    );
    await talk(one, phone215, TO_215);
    await one.bye();
  });
});

describe("M8: all ports are taken", () => {
  // A bridged call takes eight at rtpengine, a party that nobody has been found for yet four.
  for (const [title, ports] of [
    ["none for the caller", 8],
    ["one for the caller, none for the phone", 12],
  ] as const) {
    test(`${title}, rtpengine: 503, who talks goes on, and the next call has sound`, {
      skip: needs("rtpengine"),
    }, async () => {
      const { server, one, two, phone215, phone216 } = await openWithRtpengine(ports);
      await talk(one, phone215, TO_215);
      await isRefused(server, two, TO_216, /rtpengine .*: Ran out of ports/);
      assert.equal(phone216.sip.of("INVITE").length, 0);
      await converse(one, phone215);
      await one.bye();
      await server.callsOver();
      await talk(two, phone216, TO_216);
      await two.bye();
    });
  }

  // Two for each party, none of which is used again in the next half minute (C4).
  for (const [title, ports] of [
    ["none for the caller", 4],
    ["one for the caller, none for the phone", 6],
  ] as const) {
    test(`${title}, built-in: 503, and who talks goes on`, async () => {
      const first = 40_000 + (process.pid % 1000) * 10;
      const { server, one, two, phone215, phone216 } = await open([
        "--rtp-min",
        String(first),
        "--rtp-max",
        String(first + ports - 1),
      ]);
      await talk(one, phone215, TO_215);
      await isRefused(server, two, TO_216, /All media ports are in use or rest/);
      assert.equal(phone216.sip.of("INVITE").length, 0);
      await converse(one, phone215);
      await one.bye();
    });
  }
});
