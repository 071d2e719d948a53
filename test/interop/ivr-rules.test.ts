// The rules of asking for a code (webhook.md, "IVR") with a caller that speaks and listens by RTP itself: what ends a
// code, what clears it, time-outs, barge-in, type-ahead, hold, delayed offer, ringing afterwards, and a caller who hangs
// up at any stage.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { PHONES_TONE } from "../support/conversation.ts";
import { Desk, DID, RIGHT } from "../support/ivr-desk.ts";
import { tone } from "../support/recording.ts";
import { body, kind } from "../support/sip-text.ts";

/** Ended by silence, a code takes 3 s longer; what is asked about before this has not waited for it. */
const AT_ONCE_MS = 2000;
/** Ringing in the Netherlands (ITU-T E.180), in Hz. */
const RINGBACK = 425;

/** Tests with a server, a caller and a phone of their own, one after the other. */
function group(name: string, tests: (desk: Desk) => void): void {
  describe(name, { concurrency: 1 }, () => {
    const desk = new Desk();
    before(() => desk.open());
    afterEach(() => desk.settle());
    after(() => desk.close());
    tests(desk);
  });
}

/** Where a caller may hang up, and what becomes of the call. */
const stages: readonly { readonly name: string; readonly reach: (desk: Desk) => Promise<void> }[] = [
  {
    name: "while the message plays",
    reach: async (desk) => {
      await desk.call(DID.vip);
      await desk.begins(500);
    },
  },
  {
    name: "between two digits",
    reach: async (desk) => {
      await desk.call(DID.vip);
      await desk.press("12");
    },
  },
  {
    name: "while the webhook is asked",
    reach: async (desk) => {
      desk.slow = true;
      await desk.call(DID.vip);
      await desk.press(`${RIGHT}#`);
      await desk.asked();
    },
  },
  {
    name: "while the incorrect message plays",
    reach: async (desk) => {
      await desk.call(DID.vip);
      await desk.press("9#");
      await desk.begins(500, "en/wrong-code");
    },
  },
  {
    name: "while a phone rings",
    reach: async (desk) => {
      desk.phone.manner = "rings";
      await desk.call(DID.vip);
      await desk.press(`${RIGHT}#`);
      await desk.phone.isCalled();
    },
  },
];

/** Most of the time is waiting: the groups wait side by side. */
describe("asking for a code", { concurrency: true }, () => {
  group("a code", (desk) => {
    test("ends with # at once", async () => {
      const ear = await desk.call(DID.vip);
      await ear.hears("en/enter-code");
      const pressed = await desk.press(`${RIGHT}#`);
      assert.deepEqual(await desk.asked(), [RIGHT]);
      assert.ok(
        (desk.askedAt[0] ?? Infinity) - pressed < AT_ONCE_MS,
        `asked ${desk.askedAt[0]} after ${pressed}`,
      );
      await desk.speak();
    });

    test("ends with three seconds of silence, and * clears it", async () => {
      const ear = await desk.call(DID.vip);
      await ear.hears("en/enter-code");
      const pressed = await desk.press(`12*${RIGHT}`);
      assert.deepEqual(await desk.asked(), [RIGHT]);
      const waited = (desk.askedAt[0] ?? 0) - pressed;
      assert.ok(waited > 2500 && waited < 4500, `${waited} ms after the last key`);
    });

    test("of a known length ends with its last digit", async () => {
      await desk.call(DID.fixed);
      const pressed = await desk.press(RIGHT);
      assert.deepEqual(await desk.asked(), [RIGHT]);
      assert.ok((desk.askedAt[0] ?? Infinity) - pressed < AT_ONCE_MS);
    });

    test("may be typed into the message, which stops", async () => {
      await desk.call(DID.vip);
      await desk.begins(700);
      await desk.press(`${RIGHT}#`);
      assert.deepEqual(await desk.asked(), [RIGHT]);
      assert.deepEqual(desk.prompts(), [], "no message is heard to its end");
      await desk.speak();
    });
  });

  group("keys", (desk) => {
    test("typed while the webhook is asked are dropped", async () => {
      desk.slow = true;
      const ear = await desk.call(DID.vip);
      await ear.hears("en/enter-code");
      await desk.press("11#");
      await desk.asked();
      await desk.press("99");
      desk.slow = false;
      desk.held.pop()?.end("status=NAK");
      await ear.hears("en/wrong-code");
      await desk.press(`${RIGHT}#`);
      assert.deepEqual(await desk.asked(2), ["11", RIGHT]);
    });

    test("held for two seconds, and those whose last packets are lost, are one key each", async () => {
      const ear = await desk.call(DID.vip);
      await ear.hears("en/enter-code");
      desk.caller.voice.press("8", 2000);
      desk.caller.voice.press("76", 100, 0);
      desk.caller.voice.press("5#", 60, 1);
      assert.deepEqual(await desk.asked(), [RIGHT]);
    });
  });

  group("a code that is not typed, or not the right one", (desk) => {
    test("never: the time-out message each time, nothing asked, BYE", async () => {
      const ear = await desk.call(DID.hasty);
      const messages = ["en/enter-code", "en/no-code", "en/no-code"];
      // The BYE may be read before the last of the sound, which comes by another socket.
      for (const message of messages) await ear.hears(message);
      await desk.caller.hasHungUp(20_000);
      assert.deepEqual(desk.prompts(), messages);
      assert.equal(desk.receiver.requests.length, 0);
    });

    test("wrong until the last attempt: its message is still heard, then BYE", async () => {
      const ear = await desk.call(DID.hasty);
      await ear.hears("en/enter-code");
      for (const code of ["1#", "2#"]) {
        await desk.press(code);
        await ear.hears("en/wrong-code");
      }
      await desk.caller.hasHungUp();
      assert.deepEqual(await desk.asked(2), ["1", "2"]);
    });
  });

  group("the caller's description, and ringing after the answer", (desk) => {
    test("an INVITE without an offer gets ours in the 200, and the answer goes in the ACK", async () => {
      const ear = await desk.call(DID.vip, "");
      await ear.hears("en/enter-code");
      await desk.press(`${RIGHT}#`);
      await desk.asked();
      await desk.speak();
    });

    test("hold and resume while the message plays: the code still counts, the call is connected", async () => {
      await desk.call(DID.vip);
      await desk.begins(500);
      const hold = await desk.caller.redescribe("sendonly");
      assert.match(body(hold), /a=(recvonly|inactive)/);
      const resume = await desk.caller.redescribe("sendrecv");
      assert.equal(kind(resume), "200");
      await desk.press(`${RIGHT}#`);
      assert.deepEqual(await desk.asked(), [RIGHT]);
      await desk.speak();
    });

    test("ringing after the answer is heard as the country's tone, until the phone answers", async () => {
      desk.phone.manner = "rings";
      await desk.call(DID.vip);
      await desk.press(`${RIGHT}#`);
      await desk.hears(desk.caller, RINGBACK);
      await desk.phone.pickUp();
      await desk.speak();
    });

    test("ringing after the answer gives way to the sound that the phone sends before it answers", async () => {
      desk.phone.manner = "early";
      desk.phone.say(tone(PHONES_TONE, 20_000));
      await desk.call(DID.vip);
      await desk.press(`${RIGHT}#`);
      await desk.hears(desk.caller, PHONES_TONE);
      await desk.phone.pickUp();
      await desk.speak();
    });
  });

  group("the caller hangs up", (desk) => {
    for (const { name, reach } of stages) {
      test(name, async () => {
        await reach(desk);
        const before = (await desk.server.calls()).length;
        await desk.caller.bye();
        for (const response of desk.held.splice(0)) {
          assert.ok(!response.destroyed, "the request is left to finish");
          response.end("status=ACK");
        }
        const [record] = await desk.server.recorded(before + 1);
        assert.ok(record !== undefined);
        const { result } = await desk.server.call(record.id);
        assert.ok(result === "cancelled" || result === "completed", result);
      });
    }
  });
});
