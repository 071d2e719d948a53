import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredAuditEntry } from "../../src/model/audit.ts";
import { VirtualClock } from "../fakes/virtual-clock.ts";
import { type BrowserClient, browserClient } from "./browser-client.ts";
import { startControl } from "./control-service.ts";
import { CLIENT, followTo, type OpenIdProvider, openIdProvider } from "./open-id-provider.ts";

export const PASSWORD = "correct horse battery";
/** Of the settings. */
export const PATH = "/api/v1/sign-in/openid";

/** The control side of a server with an administrator Root, beside a real OpenID server. */
export interface Scene {
  readonly admin: BrowserClient;
  readonly provider: OpenIdProvider;
  readonly clock: VirtualClock;
  readonly folder: string;
  readonly logged: readonly string[];
  browser(): BrowserClient;
  /** Sets the server, with these differences. */
  set(over?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Signs in a person in a browser of its own, as the page does. */
  enter(who: OpenIdProvider["who"], browser?: BrowserClient): ReturnType<BrowserClient["ask"]>;
  /** The entries of this kind, newest first. */
  audit(what: string): Promise<readonly StoredAuditEntry[]>;
  stop(): Promise<void>;
}

/** Starts both, and ends them when `work` is done. */
export async function scene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-openid-"));
  const clock = new VirtualClock();
  const { address, setupLink = "", logged, stop: end } = await startControl(folder, clock);
  const back = `${address}/login/openid`;
  const provider = await openIdProvider(back);
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await end();
    isStopped = true;
  };
  try {
    const admin = browserClient(address);
    const secret = setupLink.split("#")[1];
    await admin.ask("POST", "/api/v1/setup", { secret, name: "Root", password: PASSWORD });
    const browser = () => browserClient(address);
    await work({
      admin,
      provider,
      clock,
      folder,
      logged,
      browser,
      stop,
      async set(over = {}) {
        const settings = {
          label: "Office account",
          issuer: provider.issuer,
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          allowedDomains: ["Example.com"],
          roles: {
            claim: "groups",
            values: [{ value: "pbx-admins", role: "administrator" }],
            otherwise: "viewer",
          },
          networks: ["127.0.0.0/8"],
          ...over,
        };
        const set = await admin.ask("PUT", PATH, settings, { "if-match": "*" });
        assert.equal(set.status, 200, JSON.stringify(set.body));
      },
      async enter(who, own = browser()) {
        provider.who = who;
        const began = await own.ask("POST", "/api/v1/session/openid", {});
        if (began.status !== 200) return began;
        const came = await followTo(back, String(began.body["href"]));
        return own.ask("POST", "/api/v1/session/openid/finish", { answer: new URL(came).search });
      },
      async audit(what) {
        const { body } = await admin.ask("GET", `/api/v1/audit?what=${what}`);
        return body["items"] as StoredAuditEntry[];
      },
    });
  } finally {
    await stop();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Somebody there, by a verified address of the allowed domain. */
export const person = (name: string, over: Readonly<Record<string, unknown>> = {}) => ({
  sub: `id-of-${name}`,
  email: `${name}@example.com`,
  email_verified: true,
  ...over,
});
