// What a form does with what is wrong, with what somebody else saved meanwhile, and with who is quicker than the server. They share the
// server and the Chromium of first-minutes.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContext, Page, Request } from "playwright-core";
import { until } from "../support/process.ts";
import { ADMIN } from "./opened.ts";
import type { Scene } from "./scene.ts";

const SAVED = /Saved\. Calls use this since/;
/** What browsers have over TLS and on this machine only. */
const PLAIN_HTTP = `for (const [type, name] of [[Crypto, "randomUUID"], [Navigator, "clipboard"]])
  Object.defineProperty(type.prototype, name, { value: undefined });`;

interface Made {
  readonly id: string;
}
interface Webhook {
  readonly description: string;
  readonly timeoutSeconds: number;
}

/** Registers the tests. */
export function formProofs({ skip, page, opened, server, ask }: Scene): void {
  const go = (where: string): Promise<unknown> => page().goto(server().http + where);
  const save = (): Promise<void> => page().getByRole("button", { name: "Save" }).click();
  const enter = async (own: Page, name: string, password: string): Promise<void> => {
    await own.getByLabel("Name").fill(name);
    await own.getByLabel("Password", { exact: true }).fill(password);
    await own.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  const signIn = async (context: BrowserContext, name: string, password: string): Promise<Page> => {
    const own = await opened().page(context);
    await own.goto(`${server().http}/login`);
    await enter(own, name, password);
    await own.getByRole("heading", { level: 1, name: "Home" }).waitFor();
    return own;
  };

  test("saving that stops says why: a wrong entry at its list, and a wrong field in a shut part of the form", {
    skip,
  }, async () => {
    await go("/trunks/new");
    await page().getByRole("textbox", { name: "Name", exact: true }).fill("provider");
    const hosts = page().locator("input").and(page().getByLabel("Hosts"));
    await hosts.fill("sip.provider.example");
    await hosts.press("Enter");
    const wrong = page().getByText(/“sip\.provider\.example”: A host is a SIP address/);
    // The fault comes by leaving the field, and does not move what is pressed for that.
    const more = page().getByText("Names, numbers and sound");
    const called = page().getByRole("textbox", { name: "Called number from" });
    await more.click();
    await wrong.waitFor();
    await called.fill("header Via");
    await more.click();
    await called.waitFor({ state: "hidden" });
    await save();
    await wrong.waitFor();
    await called.waitFor();
    await page().getByText('"Via" never says who was called.').waitFor();
  });

  test("what is wrong in another part of the settings is named where saving stops", { skip }, async () => {
    await go("/settings/security");
    const networks = page().locator("input").and(page().getByLabel("Networks for webhooks"));
    await networks.fill("198.51.100.7");
    await networks.press("Enter");
    await page().getByRole("link", { name: "Company", exact: true }).click();
    await save();
    await page()
      .getByText(/^Security, Networks for webhooks: A network needs its length/)
      .waitFor();
    await page().getByRole("button", { name: "Drop my changes" }).click();
  });

  test("a colleague's change of another field stands in the form after saving, and the next save keeps it", {
    skip,
  }, async () => {
    const body = { name: "Shared", callerIdForwarding: "caller", urlTemplate: "http://127.0.0.1:9/?d={did}" };
    const { id } = (await ask("POST", "/webhooks", body)) as Made;
    const there = async (): Promise<Webhook> =>
      ((await ask("GET", `/webhooks/${id}`)) as { readonly document: Webhook }).document;
    await go(`/webhooks/${id}`);
    const description = page().getByLabel("Description");
    await description.fill("mine");
    await ask("PUT", `/webhooks/${id}`, { ...body, timeoutSeconds: 9 });
    await save();
    await page().getByText(SAVED).waitFor();
    await page().getByText("Time-out, redirects").click();
    assert.match(await page().getByLabel("Time-out of the request").inputValue(), /^9/);
    await description.fill("mine, again");
    await save();
    await until("the second save", async () => (await there()).description === "mine, again");
    assert.equal((await there()).timeoutSeconds, 9);
  });

  test("what was typed before a reload and is saved by now is not spoken of again", { skip }, async () => {
    const restored = page().getByText("You had not saved this. Here it is again.");
    const description = page().getByLabel("Description");
    await description.fill("mine, over a reload");
    await page().reload();
    await restored.waitFor();
    await save();
    await page().getByText(SAVED).waitFor();
    await description.fill("mine, after it");
    await page().getByRole("button", { name: "Save" }).and(page().locator(":enabled")).waitFor();
    assert.equal(await restored.count(), 0);
    await description.fill("mine, over a reload");
  });

  test("what both changed is called as in the form; “Use theirs” shows what is there, where no event has told of it", {
    skip,
  }, async () => {
    const body = { name: "Both", callerIdForwarding: "caller", urlTemplate: "http://127.0.0.1:9/?d={did}" };
    const { id } = (await ask("POST", "/webhooks", body)) as Made;
    const context = await opened().context();
    const own = await signIn(context, ADMIN.name, ADMIN.password);
    await own.route("**/api/v1/events*", (route) => route.abort());
    await own.goto(`${server().http}/webhooks/${id}`);
    const description = own.getByLabel("Description");
    await description.fill("mine");
    await ask("PUT", `/webhooks/${id}`, { ...body, description: "theirs" });
    await own.getByRole("button", { name: "Save" }).click();
    await own.getByRole("rowheader", { name: "Description", exact: true }).waitFor();
    await own.getByRole("button", { name: "Use theirs" }).click();
    await own.getByText("Changed by somebody else").waitFor({ state: "detached" });
    assert.equal(await description.inputValue(), "theirs");
    await context.close();
  });

  test("what was removed is back by “Undo”, which says so", { skip }, async () => {
    await page().getByRole("button", { name: "More", exact: true }).click();
    await page().getByRole("menuitem", { name: "Remove" }).click();
    await page().getByRole("button", { name: "Undo" }).click();
    await page().getByText("“Shared” is back.").waitFor();
  });

  test("a webhook that somebody else has removed says so on its page, where what was typed stays", {
    skip,
  }, async () => {
    const body = { name: "Brief", callerIdForwarding: "caller", urlTemplate: "http://127.0.0.1:9/?d={did}" };
    const { id } = (await ask("POST", "/webhooks", body)) as Made;
    await go(`/webhooks/${id}`);
    const description = page().getByLabel("Description");
    await description.fill("mine");
    await ask("DELETE", `/webhooks/${id}`, {});
    await page().getByText("This is not there any more.").waitFor();
    assert.equal(await description.inputValue(), "mine");
  });

  test("what the tab keeps of a webhook has no key in it", { skip }, async () => {
    const key = "correct-horse-battery";
    const description = page().getByLabel("Description");
    const url = page().getByLabel("URL template");
    await go("/webhooks/new");
    await description.fill(`Ask Jo for ${key}.`);
    await url.fill(`https://crm.example/?did={did}&api_key=${key}`);
    await page().getByText("api_key=").first().waitFor();
    const kept = String(await page().evaluate("JSON.stringify(sessionStorage)"));
    assert.match(kept, /Ask Jo for \*\*\*\..*api_key=\*\*\*/);
    assert.ok(!kept.includes(key));
    await description.fill("");
    await url.fill("");
  });

  test("a new phone that is saved twice at once is made once, and its password is shown", {
    skip,
  }, async () => {
    const made: string[] = [];
    const note = (request: Request): void => {
      if (request.method() === "POST") made.push(new URL(request.url()).pathname);
    };
    await go("/phones/new");
    await page().getByLabel("Extension").fill("216");
    await page().getByRole("textbox", { name: "Name", exact: true }).fill("Workshop");
    page().on("request", note);
    await page().keyboard.press("Control+s");
    await page().keyboard.press("Control+s");
    await page().waitForURL(/\/phones\/(?!new)/);
    const once = page().getByText("This password is shown now and never again.");
    await once.waitFor();
    page().off("request", note);
    assert.deepEqual(made, ["/api/v1/phones"]);
    await page().getByRole("link", { name: "Phones" }).first().click();
    await page().getByRole("heading", { level: 1, name: "Phones" }).waitFor();
    await page().goBack();
    await page().getByText("kept, shown only when it is set").waitFor();
    await page().getByRole("button", { name: "Set a new password" }).click();
    await once.waitFor();
  });

  test("many numbers of which one is there already: the others are added", { skip }, async () => {
    await ask("POST", "/numbers", { number: "+31501234571" });
    await go("/numbers");
    await page().getByRole("button", { name: "Paste many" }).click();
    const dialog = page().getByRole("dialog", { name: "Paste many" });
    const typed = dialog.getByRole("textbox", { name: "Numbers" });
    await typed.fill("050 123 4570\n050 123 4571\n050 123 4572");
    const held = Promise.withResolvers<void>();
    await page().route("**/api/v1/numbers", async (route) => {
      await held.promise;
      await route.continue();
    });
    await dialog.getByRole("button", { name: "Add 3 numbers" }).click();
    await until("nothing to be typed meanwhile", async () => !(await typed.isEditable()));
    held.resolve();
    await page().getByText("2 numbers added; already there: 1").waitFor();
    await page().getByText("+31 50 123 4572").waitFor();
    await page().unrouteAll({ behavior: "wait" });
  });

  test("a number that was typed and is dropped is not in its field any more", { skip }, async () => {
    const { id } = (await ask("POST", "/numbers", { number: "+31501234573" })) as Made;
    const field = page().getByLabel("Number");
    await go(`/numbers/${id}`);
    await page().getByRole("heading", { level: 1, name: "+31 50 123 4573" }).waitFor();
    await field.fill("050 123 4574");
    await page().getByText("Kept as +31501234574").waitFor();
    assert.equal(await field.inputValue(), "050 123 4574", "as it was typed");
    await page().reload();
    await page().getByText("You had not saved this. Here it is again.").waitFor();
    await page().getByRole("button", { name: "Drop my changes" }).click();
    await until("the number that is saved", async () => (await field.inputValue()) === "+31501234573");
  });

  test("a company file and a sign-in server that were typed are there again after another page", {
    skip,
  }, async () => {
    const part = (name: string): Promise<void> => page().getByRole("link", { name, exact: true }).click();
    const file = page().getByRole("textbox", { name: "Apply a file" });
    const issuer = page().getByLabel("Issuer");
    await go("/settings/file");
    await file.fill("version: 1");
    await part("Sign-in server");
    await issuer.fill("https://login.example");
    await part("Company file");
    assert.equal(await file.inputValue(), "version: 1");
    await file.fill("");
    await part("Sign-in server");
    await page().getByText("You had not saved this. Here it is again.").waitFor();
    assert.equal(await issuer.inputValue(), "https://login.example");
    await page().getByRole("button", { name: "Drop my changes" }).click();
  });

  test("over plain HTTP from afar one signs in, and copies", { skip }, async () => {
    const context = await opened().context();
    await context.addInitScript(PLAIN_HTTP);
    const own = await signIn(context, ADMIN.name, ADMIN.password);
    const { items } = (await ask("GET", "/phones?q=215")) as { readonly items: readonly Made[] };
    await own.goto(`${server().http}/phones/${items[0]?.id}`);
    await own.getByRole("button", { name: "Copy: User" }).click();
    await own.getByText("Copied", { exact: true }).waitFor();
    await context.close();
  });

  test("an editor sees the company's settings, and why they cannot be changed", { skip }, async () => {
    const password = "an editor needs words too";
    await ask("POST", "/users", { name: "edith", role: "editor", password });
    const context = await opened().context();
    const own = await signIn(context, "edith", password);
    await own.goto(`${server().http}/settings/company`);
    await own.getByText("Your role may not change this.").waitFor();
    assert.ok(await own.getByRole("combobox", { name: "Country" }).isDisabled());
    await context.close();
  });

  test("what was typed and not saved is nobody else's who signs in in the same tab, and is there again for who typed it", {
    skip,
  }, async () => {
    const words = "tulip-anchor-73-lantern";
    await ask("POST", "/users", { name: "second", role: "administrator", password: words });
    const context = await opened().context();
    const own = await signIn(context, ADMIN.name, ADMIN.password);
    const part = (name: string): Promise<void> => own.getByRole("link", { name, exact: true }).click();
    const file = own.getByRole("textbox", { name: "Apply a file" });
    const name = own.getByRole("textbox", { name: "Name", exact: true });
    await own.goto(`${server().http}/webhooks/new`);
    await name.fill("Half done");
    await own.goto(`${server().http}/settings/file`);
    await file.fill("version: 1");
    // The session ends, and the program goes on.
    await context.clearCookies();
    await part("Users");
    await own.waitForURL(/\/login/);
    await enter(own, "second", words);
    await own.waitForURL(/\/settings\/users/);
    await part("Company file");
    assert.equal(await file.inputValue(), "");
    await own.goto(`${server().http}/webhooks/new`);
    assert.equal(await name.inputValue(), "");
    await own.goto(`${server().http}/settings/you`);
    await own.getByRole("button", { name: "Sign out" }).click();
    await own.waitForURL(/\/login/);
    await enter(own, ADMIN.name, ADMIN.password);
    await own.getByRole("heading", { level: 1, name: "Home" }).waitFor();
    await own.goto(`${server().http}/webhooks/new`);
    await own.getByText("You had not saved this. Here it is again.").waitFor();
    assert.equal(await name.inputValue(), "Half done");
    await context.close();
  });

  test("what a company file keeps cannot be typed into, and why stands there, until it is taken over", {
    skip,
  }, async () => {
    const text = (await server().cli("export")).stdout;
    await server().put(text.replace(/^version: 1$/m, "version: 1\nkeptIn: file"));
    const kept = page().getByText(
      /^The configuration is kept in .+ It is changed there, not here\. An admin/,
    );
    const name = page().getByRole("textbox", { name: "Name", exact: true });
    const saving = page().getByRole("button", { name: "Save" });
    await go("/phones");
    await kept.waitFor();
    assert.equal(await page().getByRole("link", { name: "New phone" }).count(), 0);
    const { items } = (await ask("GET", "/phones?q=215")) as { readonly items: readonly Made[] };
    await go(`/phones/${items[0]?.id}`);
    await kept.waitFor();
    assert.ok(await name.isDisabled());
    assert.equal(await saving.count(), 0);
    await go("/settings/file");
    const takeOver = page().getByRole("button", { name: "Take over here" });
    await takeOver.click();
    await takeOver.waitFor({ state: "detached" });
    await go(`/phones/${items[0]?.id}`);
    await saving.waitFor();
    assert.ok(await name.isEnabled());
  });
}
