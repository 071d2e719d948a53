// Signing in by a real OpenID server in a browser: there, back over another site, and in.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { CLIENT, openIdProvider } from "../support/open-id-provider.ts";
import { until } from "../support/process.ts";

interface Scene {
  readonly skip: string | false;
  /** Signed in as an administrator; it asks nobody but the server. */
  page(): Page;
  /** Another browser of the same person, which may go to the OpenID server. */
  another(): Promise<Page>;
  /** A browser in which nobody is signed in. */
  stranger(): Promise<Page>;
  address(): string;
}

/** Registers the tests. */
export function openIdProofs({ skip, page, another, stranger, address }: Scene): void {
  test("an administrator sets an OpenID server, and a person signs in by its button", { skip }, async () => {
    const provider = await openIdProvider(`${address()}/login/openid`);
    try {
      await page().setViewportSize({ width: 1440, height: 900 });
      await page().goto(`${address()}/settings/openId`);
      await page().getByLabel("What the button says").fill("Office account");
      await page().getByLabel("Issuer").fill(provider.issuer);
      await page().getByLabel("Client id").fill(CLIENT.id);
      await page().getByLabel("Client secret").fill(CLIENT.secret);
      await page().getByLabel("Domains that may sign in").fill("example.com");
      await page().getByLabel("Claim that gives the role").fill("groups");
      await page().getByLabel("Values of the claim").fill("desk = operator");
      await page().getByLabel("Networks that are not public").fill("127.0.0.0/8");
      await page().getByRole("button", { name: "Try these settings" }).click();
      await page().getByText("The server takes the client id and secret.").waitFor();
      await page().getByText("The server shows its sign-in page.").waitFor();
      // What was found is of the settings as they were tried.
      await page().getByLabel("Client id").fill("another");
      await page().getByText("The server shows its sign-in page.").waitFor({ state: "detached" });
      await page().getByLabel("Client id").fill(CLIENT.id);
      await page().getByRole("button", { name: "Save" }).click();
      await page().getByText("Saved. Try the button on the sign-in page.").waitFor();
      const secret = (): Promise<string> => page().getByLabel("Client secret").inputValue();
      await until("the secret to be masked", async () => (await secret()) === "***");

      const other = await stranger();
      await other.goto(`${address()}/login?to=%2Fphones`);
      provider.who = "access_denied";
      await other.getByRole("button", { name: "Office account" }).click();
      await other.getByText("The sign-in server did not let you in (access_denied).").waitFor();
      await other.getByRole("link", { name: "Back to the sign-in page" }).click();
      provider.who = { sub: "7", email: "jo@example.com", email_verified: true, groups: ["desk"] };
      await other.getByRole("button", { name: "Office account" }).click();
      await other.getByRole("heading", { level: 1, name: "Home" }).waitFor();
      assert.ok(!other.url().includes("code="), "the code stays in the address");
      await other.goto(`${address()}/settings`);
      await other.getByText("Signed in as jo@example.com, operator").waitFor();
      await other.getByText("You sign in by Office account and have no password here.").waitFor();
      await other.context().close();

      // Whoever is signed in here links the account there, and undoes it.
      const own = await another();
      await own.goto(`${address()}/settings/you`);
      provider.who = { sub: "8", email: "root@example.com", email_verified: true, groups: ["desk"] };
      await own.getByRole("button", { name: "Link with Office account" }).click();
      await own.getByText("Your account at the sign-in server is linked").waitFor();
      await own.getByRole("button", { name: "Undo the link" }).click();
      await own.getByRole("button", { name: "Link with Office account" }).waitFor();
      await own.context().close();

      await page().goto(`${address()}/settings/audit`);
      await page().getByText("jo@example.com · 127.0.0.1").first().waitFor();
      await page().getByText("way: openId, user: added, role: operator").waitFor();
      await page().getByText("sign-in failed").first().waitFor();
    } finally {
      await provider.close();
    }
  });
}
