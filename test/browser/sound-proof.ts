// Proof 8 of the interface: a sound that is uploaded, one that is spoken into a microphone, and a text; heard in a real call, the tones
// by their frequency. They share the server and the Chromium of from-nothing.test.ts.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../support/process.ts";
import { tone, wav } from "../support/sound.ts";
import type { Scene } from "./scene.ts";

const HZ = { uploaded: 700, spoken: 1100 };
const NUMBER = "+31501234590";
/** Whoever is asked for the microphone allows it by `allowMicrophone()` only. */
const SLOW_TO_ALLOW = `{
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    await new Promise((allow) => { globalThis.allowMicrophone = () => allow(); });
    globalThis.microphone = await ask(wanted);
    return globalThis.microphone;
  };
} void 0`;

/** A file that Chromium's microphone speaks over and over. */
export function microphoneFile(folder: string): string {
  const file = path.join(folder, "microphone.wav");
  writeFileSync(file, wav({ rate: 48_000, channels: [tone(HZ.spoken, 48_000, 4)] }));
  return file;
}

/** Registers the tests. */
export function soundProofs({ skip, page, opened, server, ask, heard, folder }: Scene): void {
  const save = async (at: Page, name: string): Promise<void> => {
    await at.getByLabel("Name").fill(name);
    await at.getByRole("button", { name: "Save" }).click();
    await at.waitForURL(/\/audio$/);
  };

  test("a sound is uploaded, one is recorded, a text is spoken; each is seen before it is saved", {
    skip,
  }, async () => {
    const file = path.join(folder(), "beep.wav");
    writeFileSync(file, wav({ rate: 16_000, channels: [tone(HZ.uploaded, 16_000, 0.5)] }));
    const longer = wav({ rate: 16_000, channels: [tone(HZ.uploaded, 16_000, 0.7)] });
    writeFileSync(path.join(folder(), "longer.wav"), longer);
    await page().goto(`${server().http}/audio/new`);
    await page().locator("input[type=file]").setInputFiles(file);
    await page()
      .getByText(/500 ms of sound, as phones will hear it; loudness -\d+ dB/)
      .waitFor();
    assert.ok((await page().locator("main svg rect").count()) > 100, "its shape is drawn");
    await save(page(), "Beep");
    await page().goto(`${server().http}/audio/new`);
    await page().getByRole("button", { name: "Record it" }).click();
    await page()
      .getByRole("button", { name: /^Stop \([1-9]\.\d s\)$/ })
      .click();
    await page()
      .getByText(/^[1-9]\d*\.\d s of sound/)
      .waitFor();
    // A name that another one has takes nothing away from that.
    await page().getByLabel("Name").fill("Beep");
    await page().getByRole("button", { name: "Save" }).click();
    await page().getByText("Another audio message has this name.").waitFor();
    await save(page(), "Spoken");
    await page().goto(`${server().http}/audio/new`);
    await page().getByText("A text that is spoken").click();
    const text = page().getByRole("textbox", { name: "Text" });
    await text.fill("Good evening.");
    await page().getByRole("link", { name: "Phones" }).first().click();
    await page().getByRole("heading", { level: 1, name: "Phones" }).waitFor();
    await page().goto(`${server().http}/audio/new`);
    await page().getByText("You had not saved this. Here it is again.").waitFor();
    assert.equal(await text.inputValue(), "Good evening.");
    await page().getByRole("button", { name: "Speak the text" }).click();
    await page()
      .getByText(/ of sound, as phones/)
      .waitFor();
    // In another language it is another sound.
    const [speech] = await Promise.all([
      page().waitForResponse((response) => response.url().includes("/audio/speech")),
      (async () => {
        await page().getByRole("combobox", { name: "Language" }).click();
        await page().getByRole("option", { name: "Dutch" }).click();
      })(),
    ]);
    assert.match(speech.url(), /language=nl$/);
    await save(page(), "Said");
    const { items } = (await ask("GET", "/audio-messages")) as {
      readonly items: readonly { readonly document: { readonly name: string; readonly language?: string } }[];
    };
    assert.equal(items.find(({ document }) => document.name === "Said")?.document.language, "nl");
  });

  test("a microphone that is allowed only when the page has been left is shut at once", {
    skip,
  }, async () => {
    await page().goto(`${server().http}/audio/new`);
    const record = page().getByRole("button", { name: "Record it" });
    await record.waitFor();
    await page().evaluate(SLOW_TO_ALLOW);
    await record.click();
    await page().getByRole("link", { name: "Phones" }).first().click();
    await page().getByRole("heading", { level: 1, name: "Phones" }).waitFor();
    await page().evaluate("allowMicrophone()");
    await until("the microphone to be shut", () =>
      page().evaluate("globalThis.microphone?.getTracks().every((track) => track.readyState === 'ended')"),
    );
  });

  test("who leaves while a message is saved is not led back, and does not find it as not saved", {
    skip,
  }, async () => {
    const held = Promise.withResolvers<void>();
    await page().goto(`${server().http}/audio/new`);
    await page().locator("input[type=file]").setInputFiles(path.join(folder(), "longer.wav"));
    await page()
      .getByText(/^700 ms of sound/)
      .waitFor();
    await page().getByLabel("Name").fill("Slow");
    await page().route("**/api/v1/audio-messages", async (route) => {
      await held.promise;
      await route.continue();
    });
    await page().getByRole("button", { name: "Save" }).click();
    await page().getByRole("link", { name: "Phones" }).first().click();
    await page().getByRole("heading", { level: 1, name: "Phones" }).waitFor();
    held.resolve();
    await page()
      .getByText(/Saved\. Calls use this since/)
      .waitFor();
    assert.match(page().url(), /\/phones$/);
    await page().unrouteAll({ behavior: "wait" });
    await page().goto(`${server().http}/audio/new`);
    assert.equal(await page().getByLabel("Name").inputValue(), "");
  });

  test("a message that somebody else has changed meanwhile is not overwritten unasked; one that is removed comes back", {
    skip,
  }, async () => {
    const { items } = (await ask("GET", "/audio-messages")) as {
      readonly items: readonly { readonly id: string; readonly key: string }[];
    };
    const { id = "" } = items.find(({ key }) => key === "Beep") ?? {};
    await page().goto(`${server().http}/audio/${id}`);
    await page().locator("input[type=file]").setInputFiles(path.join(folder(), "longer.wav"));
    await page()
      .getByText(/^700 ms of sound/)
      .waitFor();
    await ask("PUT", `/audio-messages/${id}`, { name: "Beep", text: "No beep.", language: "en" });
    await page().getByRole("button", { name: "Save" }).click();
    await page().getByRole("heading", { name: "Changed by somebody else" }).waitFor();
    assert.deepEqual(await opened().faults(page()), []);
    await page().getByRole("button", { name: "Use mine" }).click();
    await page().waitForURL(/\/audio$/);
    await page().goto(`${server().http}/audio/${id}`);
    await page().getByRole("button", { name: "Remove" }).click();
    await page().waitForURL(/\/audio$/);
    await page().getByRole("button", { name: "Undo" }).click();
    await page().getByText("“Beep” is back.").waitFor();
  });

  test("a call hears them: the tones by their frequency", { skip }, async () => {
    const steps = ["Said", "Beep", "Spoken"].map((message) => ({ type: "audio", message }));
    await ask("POST", "/plans", { name: "sounds", steps: [...steps, { type: "hangUp", as: "normal" }] });
    await ask("POST", "/numbers", { number: NUMBER, plan: "sounds" });
    const what = await heard(NUMBER, `a tone of ${HZ.spoken} Hz`);
    const tones = what.flatMap((one) => Number(/a tone of (\d+) Hz/.exec(one)?.[1] ?? []));
    for (const hz of Object.values(HZ))
      assert.ok(
        tones.some((one) => Math.abs(one - hz) <= 10),
        `${hz} Hz was not heard: ${what.join("; ")}`,
      );
    assert.ok(what.includes("hears some sound"), `no speech was heard: ${what.join("; ")}`);
  });
}
