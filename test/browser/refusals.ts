// Proof 7 of the interface: each kind of refused call is mended by the button that its row shows, and then it is answered. They share the
// server and the Chromium of first-minutes.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEMO_PHONE_VOICE, startDemoPhone } from "../../src/softphone/phone.ts";
import { until } from "../support/process.ts";
import type { Scene } from "./scene.ts";

const UNKNOWN = "+31501234599";

/** Registers the tests. */
export function refusalProofs({ skip, page, opened, server, ask, heard }: Scene): void {
  /** From the row of the list to the call's page, and there through the button. */
  const mend = async (list: string, button: string): Promise<void> => {
    const kind = /kind=(stranger|registration)/.exec(list)?.[1] as "stranger" | "registration" | undefined;
    // A stranger's first call may be the first step of a login: it is a row when none has followed for 3 s.
    if (kind !== undefined)
      await until("the row of a stranger", async () => (await server().refused(kind)).length > 0);
    await page().goto(`${server().http}${list}`);
    await page().getByRole("link", { name: button, exact: true }).first().click();
    await page().getByRole("button", { name: button, exact: true }).click();
    await page()
      .getByText(/^Done\. Calls use this since/)
      .waitFor();
  };

  test("an address that is none of a trunk's: refused, trusted by the button, then its call is answered", {
    skip,
  }, async () => {
    assert.deepEqual(await heard("+31501234567", DEMO_PHONE_VOICE), ["refused"]);
    await mend("/calls?kind=stranger", "Trust this address");
    assert.deepEqual(await heard("+31501234567", DEMO_PHONE_VOICE), [`hears ${DEMO_PHONE_VOICE}`]);
  });

  test("a number that is none of ours: refused, given a plan by the button, then it is answered", {
    skip,
  }, async () => {
    assert.deepEqual(await heard(UNKNOWN, DEMO_PHONE_VOICE), ["refused"]);
    await mend("/calls?result=refused", "Give it a dial plan");
    await page().getByRole("button", { name: "Call it now" }).waitFor();
    assert.deepEqual(await heard(UNKNOWN, DEMO_PHONE_VOICE), [`hears ${DEMO_PHONE_VOICE}`]);
  });

  test("a phone with a wrong password: refused, given another one by the button, then it logs in", {
    skip,
  }, async () => {
    const options = {
      extension: "215",
      server: { host: server().address, port: server().port },
      ringMs: 300,
      onRinging: () => {},
      onHeard: () => {},
    };
    // Its page hears of it, and does not ask again and again.
    const beside = await opened().page(page().context());
    const { items } = (await ask("GET", "/phones?q=215")) as { readonly items: readonly { id: string }[] };
    await beside.goto(`${server().http}/phones/${items[0]?.id}`);
    await beside.getByText("Settings to type into the phone").waitFor();
    await assert.rejects(startDemoPhone({ ...options, password: "not-the-password" }), /phone 215/);
    await beside.getByText(/Last try .+: The password for "215" is wrong/).waitFor();
    await beside.close();
    await mend("/calls?kind=registration", "Set a new password");
    const password = await page().getByRole("status").locator("code").textContent();
    const phone = await startDemoPhone({ ...options, password: password ?? "" });
    await phone.close();
  });
}
