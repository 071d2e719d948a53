// T4: one side has IPv6 only and the other IPv4 only, at the real server: sound both ways through us, told by its frequency, or
// a refusal with its sentence (RFC 6157). Both engines.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type CompanyParts, companyText, ringPhone } from "../support/company.ts";
import { converse } from "../support/conversation.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startRtpengine, type TestRtpengine, withoutIpv6 } from "../support/rtpengine.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import { needs } from "./needs.ts";

const SIX = "::1";
const DIGITS_PORT = 22_223;
const AUTO = { extension: "215", number: "+31501000001", four: ownAddress() };
const ANCHORED = { extension: "216", number: "+31501000002", four: ownAddress() };
const PASS_THROUGH = { extension: "217", number: "+31501000003", four: ownAddress() };
/** One after the other each group of tests has them. */
const AT = { server: ownAddress(), carrier: ownAddress(), rtpengine: ownAddress(), digits: ownAddress() };
const PHONES = [AUTO, ANCHORED, PASS_THROUGH];

const ROUTES: Pick<CompanyParts, "routes" | "morePhones" | "anchored" | "passThrough"> = {
  routes: Object.fromEntries(PHONES.map(({ number, extension }) => [number, [ringPhone(extension)]])),
  morePhones: [PASS_THROUGH.extension],
  anchored: [ANCHORED.extension],
  passThrough: [PASS_THROUGH.extension],
};

for (const engine of ["built-in", "rtpengine"] as const) {
  const without = engine === "rtpengine" ? needs("rtpengine") : false;
  for (const six of ["the caller", "the phone"] as const) {
    describe(`T4: ${six} has IPv6, the other IPv4; ${engine}`, { skip: withoutIpv6 || without }, () => {
      let rtpengine: TestRtpengine | undefined;
      let server: TestServer;
      /** The server as the side with IPv6 reaches it. */
      let atSix: { readonly address: string; readonly port: number };
      let caller: SpeakingParty;
      const phones = new Map<string, SpeakingParty>();

      before(async () => {
        const from = six === "the caller" ? SIX : AT.carrier;
        atSix = { address: SIX, port: 10_000 + (process.pid % 5000) * 2 + (six === "the caller" ? 0 : 1) };
        const flags = ["--sip", `[${SIX}]:${atSix.port}`];
        if (engine === "rtpengine") {
          const digits = `${AT.digits}:${DIGITS_PORT}`;
          rtpengine = startRtpengine(digits, AT.rtpengine);
          flags.push("--rtpengine", `${rtpengine.host}:${rtpengine.port}`, "--rtpengine-digits", digits);
        }
        server = await startServer({
          address: AT.server,
          company: companyText({ caller: AT.carrier, moreCallers: [from], ...ROUTES }),
          flags,
        });
        if (engine === "rtpengine") {
          const up = (): Promise<number> => server.metric("switchhook_media_rtpengine_servers_up");
          await until("rtpengine to answer", async () => (await up()) === 1);
        }
        caller = await SpeakingParty.open(from === SIX ? atSix : server, { at: from });
        for (const { extension, four } of PHONES) {
          const place = from === SIX ? server : atSix;
          const at = from === SIX ? four : SIX;
          phones.set(extension, await SpeakingParty.phone(place, extension, { at }));
        }
      });

      after(async () => {
        await caller?.close();
        for (const phone of phones.values()) await phone.close();
        await server?.stop();
        await rtpengine?.stop();
      });

      for (const [policy, { extension, number }] of [
        ["auto", AUTO],
        ["anchored", ANCHORED],
      ] as const) {
        test(`${policy}: each hears the other, and each is told a place of its own family`, async () => {
          const phone = phones.get(extension) ?? assert.fail(extension);
          caller.voice.forget();
          const ok = await caller.call({ number });
          assert.equal(kind(ok), "200");
          assert.match(body(ok), six === "the caller" ? /^c=IN IP6 ::1\r$/m : /^c=IN IP4 127\./m);
          const offered = body(phone.sip.of("INVITE").at(-1) ?? "");
          assert.match(offered, six === "the caller" ? /^c=IN IP4 127\./m : /^c=IN IP6 ::1\r$/m);
          await converse(caller, phone);
          await caller.bye();
          await phone.hasHungUp();
        });
      }

      test("passThrough: 488 with its sentence, and no phone rings", async () => {
        const { extension, number } = PASS_THROUGH;
        assert.equal(kind(await caller.call({ number })), "488");
        assert.equal(phones.get(extension)?.sip.of("INVITE").length, 0);
        const { story } = await server.recordOf(number);
        assert.match(JSON.stringify(story), /phone 217 is set to \\"media: passThrough\\": nothing can flow/);
      });
    });
  }
}
