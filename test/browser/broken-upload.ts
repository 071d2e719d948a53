// A sound that is on its way when the server goes away. Its two tests stand around the one of bad-weather.test.ts that stops the server
// and starts it again, and share its Chromium.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import { until } from "../support/process.ts";
import type { TestServer } from "../support/server.ts";
import { tone, wav } from "../support/sound.ts";
import type { Opened } from "./opened.ts";

const SECONDS = 60;
/** Slow enough that the server stops long before all of it has arrived. */
const OCTETS_A_SECOND = 50_000;

interface Weather {
  readonly skip: string | false;
  opened(): Opened;
  server(): TestServer;
  page(): Page;
}

/** Registers the first test; what it answers registers the second. */
export function brokenUpload({ skip, opened, server, page }: Weather): () => void {
  let form: Page;
  let line: CDPSession;
  test("a sound is on its way, and what there is of it is told", { skip }, async () => {
    form = await opened().page(page().context());
    await form.goto(`${server().http}/audio/new`);
    await form.getByLabel("Name").fill("Welcome, all of you");
    line = await form.context().newCDPSession(form);
    await line.send("Network.enable");
    await line.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: OCTETS_A_SECOND,
    });
    await form.locator("input[type=file]").setInputFiles({
      name: "welcome.wav",
      mimeType: "audio/wav",
      buffer: wav({ rate: 16_000, channels: [tone(700, 16_000, SECONDS)] }),
    });
    await form.getByText(/^\d\d? % has arrived …$/).waitFor();
  });
  return () => {
    test("a sound that the server went away from is said not to have arrived; once more, and it is saved", {
      skip,
    }, async () => {
      // The line is a good one again, now that it has broken: before, the rest would have arrived.
      await line.detach();
      const said = form.getByRole("alert").getByText("“welcome.wav” did not arrive");
      await said.waitFor();
      assert.equal(await form.getByLabel("Name").inputValue(), "Welcome, all of you");
      assert.deepEqual(await opened().faults(form), []);
      await form.getByRole("button", { name: "Try again" }).click();
      await form.getByText(/1:00 of sound, as phones will hear it/).waitFor();
      await said.waitFor({ state: "detached" });
      await form.getByRole("button", { name: "Save" }).click();
      await form.waitForURL(/\/audio$/);
      await until("the message to be live", async () =>
        (await server().cli("export")).stdout.includes("Welcome, all of you"),
      );
      await form.close();
    });
  };
}
