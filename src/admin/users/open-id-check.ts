import * as openId from "openid-client";
import type { Refused } from "../../api/contract/problems.ts";
import type { Result } from "../../lib/result.ts";
import { ok } from "../../lib/result.ts";
import type { OpenIdSettings } from "../../model/open-id.ts";
import type { Accounts } from "./accounts.ts";
import { type OpenIdFetch, OpenIdServer, sentenceOf } from "./open-id-server.ts";
import { type OpenIdWanted, secretFor } from "./open-id-settings.ts";
import { BACK } from "./open-id-visits.ts";

/** One thing that was looked at of an OpenID server. */
export interface OpenIdFinding {
  /** `server`: it answers and calls itself by the issuer; `client`: the client id and secret; `signInPage`: where people are sent. */
  readonly what: "server" | "client" | "signInPage";
  readonly state: "good" | "bad" | "unknown";
  readonly sentence: string;
}

const SHOWS_PAGE = "The server shows its sign-in page.";

/** What a check needs: a client that may reach the networks of these settings, for as long as it takes. */
export interface OpenIdCheckParts {
  readonly accounts: Pick<Accounts, "openId">;
  asking<T>(networks: readonly string[], work: (fetch: OpenIdFetch) => Promise<T>): Promise<T>;
  monotonicMs(): number;
}

/** Codes of RFC 6749 §5.2 that speak of the client; `invalid_grant` says that the client was taken and our code was not. */
const NOT_THE_CLIENT = new Set(["invalid_client", "unauthorized_client"]);

/**
 * Tries settings, saved or not, as far as that goes without a person: nobody signs in and nothing is kept. `origin`: the address
 * by which browsers know us; undefined: not known, and the page of the server is not asked for. Never rejects.
 */
export async function checkOpenId(
  parts: OpenIdCheckParts,
  to: OpenIdWanted,
  origin: string | undefined,
): Promise<Result<readonly OpenIdFinding[], Refused<"invalidOpenId">>> {
  const clientSecret = secretFor(parts.accounts.openId, to);
  if (!clientSecret.ok) return clientSecret;
  const settings = { ...to, clientSecret: clientSecret.value, revision: 0, changedAt: 0, changedBy: "" };
  return await parts.asking(to.networks, async (fetch) => {
    const server = new OpenIdServer(fetch, () => parts.monotonicMs());
    const found = await server.configuration(settings);
    if (!found.ok) return ok([{ what: "server", state: "bad", sentence: found.error }]);
    const back = `${origin ?? "https://switchhook.invalid"}${BACK}`;
    return ok([
      { what: "server", state: "good", sentence: "The server answers, and calls itself as it is set here." },
      await clientOf(found.value, back),
      ...(origin === undefined ? [] : [await pageOf(server, settings, back, fetch)]),
    ]);
  });
}

/** Whether it takes the client id and secret: a code that it never gave is refused for itself only by those who took them. */
async function clientOf(configuration: openId.Configuration, back: string): Promise<OpenIdFinding> {
  const what = "client";
  try {
    const verifier = openId.randomPKCECodeVerifier();
    const code = openId.randomState();
    await openId.genericGrantRequest(configuration, "authorization_code", {
      code,
      redirect_uri: back,
      code_verifier: verifier,
    });
    return { what, state: "bad", sentence: "The sign-in server takes a code that it never gave." };
  } catch (error) {
    const said = error instanceof openId.ResponseBodyError ? error.error : undefined;
    if (said === "invalid_grant")
      return { what, state: "good", sentence: "The server takes the client id and secret." };
    const isUnsaid = said !== undefined && !NOT_THE_CLIENT.has(said);
    return { what, state: isUnsaid ? "unknown" : "bad", sentence: sentenceOf(error) };
  }
}

/** Whether it shows a page to sign in at: many refuse there an address to come back to that they were not given. */
async function pageOf(
  server: OpenIdServer,
  settings: OpenIdSettings,
  back: string,
  fetch: OpenIdFetch,
): Promise<OpenIdFinding> {
  const what = "signInPage";
  const began = await server.begin(settings, back);
  if (!began.ok) return { what, state: "bad", sentence: began.error };
  try {
    const page = await fetch(began.value.href, {
      method: "GET",
      headers: { accept: "text/html" },
      body: undefined,
      redirect: "manual",
    });
    if (page.status < 400) return { what, state: "good", sentence: SHOWS_PAGE };
    const sentence = `The server answers ${page.status} where people are sent to sign in. Is ${back} the address that it was given to send them back to?`;
    return { what, state: "bad", sentence };
  } catch (error) {
    // It leads on to its page, which is not ours to follow.
    if (error instanceof Error && "code" in error && error.code === "redirectRefused")
      return { what, state: "good", sentence: SHOWS_PAGE };
    return { what, state: "bad", sentence: sentenceOf(error) };
  }
}
