// What a session shows the password for again: a second factor, and a backup in place of what is there. They share the server and the
// Chromium of page-states.test.ts.

import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import { ADMIN } from "./opened.ts";
import type { Scene } from "./scene.ts";

/** Registers the tests. */
export function passwordProofs({ skip, opened, server }: Pick<Scene, "skip" | "opened" | "server">): void {
  test("a second factor is begun with the password, put in force by a code, and removed by one", {
    skip,
  }, async () => {
    const own = await opened().signedIn();
    await own.goto(`${server().http}/settings`);
    const begin = own.getByRole("button", { name: "Set one up" });
    const password = own.locator("form").filter({ has: begin }).getByLabel("Password now");
    await password.fill("not the one");
    await begin.click();
    await own.getByText("The present password is wrong.").waitFor();
    await password.fill(ADMIN.password);
    await begin.click();
    await own.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    const secret = (await own.locator("code").first().textContent()) ?? "";
    const codes = new TOTP({ secret: Secret.fromBase32(secret) });
    const field = own.getByLabel("Code that the app shows");
    await field.fill("000000");
    await own.getByRole("button", { name: "Put in force" }).click();
    await own.locator("[aria-invalid=true]").waitFor();
    await field.fill(codes.generate());
    await own.getByRole("button", { name: "Put in force" }).click();
    await own.getByText("In force: a code is asked for when you sign in.").waitFor();
    // A code counts once: the next one is of the next half minute.
    await field.fill(codes.generate({ timestamp: Date.now() + 30_000 }));
    await own.locator("form").filter({ has: field }).getByRole("button").click();
    await begin.waitFor();
    await own.context().close();
  });

  test("a backup that was just taken is sent back: what it has is shown, and nothing changes without the password", {
    skip,
  }, async () => {
    const passphrase = "other words than that";
    const own = await opened().signedIn();
    await own.goto(`${server().http}/settings/backup`);
    const take = own.getByRole("button", { name: "Download" });
    await own.locator("form").filter({ has: take }).getByLabel("Passphrase").fill(passphrase);
    const [taken] = await Promise.all([own.waitForEvent("download"), take.click()]);
    const file = own.getByLabel("Backup file");
    const sent = own.locator("form").filter({ has: file });
    await own.locator("input[type=file]").setInputFiles(await taken.path());
    await sent.getByText(/ is here: made .+ by Switchhook /).waitFor();
    await sent.getByLabel("Passphrase").fill(passphrase);
    await sent.getByRole("button", { name: "Look what is in it" }).click();
    const has = own.getByRole("list", { name: "What the backup has" }).getByRole("listitem");
    await has.filter({ hasText: /^Of\s*this installation$/ }).waitFor();
    await has.filter({ hasText: /^Who can sign in as administrator then\s*admin$/ }).waitFor();
    await own.getByLabel("Password now").fill("not the one");
    await opened().assertClean(own, "what a backup has");
    await own.getByRole("button", { name: "Restore this backup" }).click();
    await own.getByText("The present password is wrong.").waitFor();
    await own.getByRole("button", { name: "Cancel" }).click();
    await file.waitFor();
    await own.context().close();
  });
}
