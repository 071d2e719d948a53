import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Context, Provider } from "oidc-provider";

/** A client of it, as the server has it. */
export const CLIENT = { id: "switchhook", secret: "client-secret-Zq7w" } as const;

/** A real OpenID server on loopback (the package oidc-provider), at which whoever comes is signed in at once. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** Who comes next; a text: the error that it answers with instead. */
  who: { readonly sub: string; readonly [claim: string]: unknown } | string;
  close(): Promise<void>;
}

/** `back`: where it may send browsers to. */
export async function openIdProvider(back: string): Promise<OpenIdProvider> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [back] }],
    claims: { email: ["email", "email_verified"], profile: ["name", "preferred_username", "groups"] },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, ...people.get(accountId) }),
    }),
    loadExistingGrant: async ({ oidc: { client, session, provider: own } }: Context) => {
      const grant = new own.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    cookies: { keys: ["of this test"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => "/enter" },
    // A new person each time: nobody stays signed in there.
    ttl: { Session: 1, Interaction: 60, Grant: 60, AccessToken: 60, AuthorizationCode: 60, IdToken: 60 },
  });
  const own: OpenIdProvider = {
    issuer,
    who: "access_denied",
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  const answer = provider.callback();
  http.on("request", (request, response) => {
    if (request.url !== "/enter") return answer(request, response);
    const { who } = own;
    if (typeof who !== "string") people.set(who.sub, who);
    const result = typeof who === "string" ? { error: who } : { login: { accountId: who.sub } };
    provider.interactionFinished(request, response, result).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return own;
}

/** Goes where a browser is sent, with its cookies, until it comes to an address that begins with `back`; that address. */
export async function followTo(back: string, href: string): Promise<string> {
  const cookies = new Map<string, string>();
  let address = href;
  for (let hop = 0; hop < 10; hop += 1) {
    if (address.startsWith(back)) return address;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(address, { redirect: "manual", headers: cookie === "" ? {} : { cookie } });
    for (const text of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null) throw new Error(`${response.status} at ${address}: ${await response.text()}`);
    address = new URL(location, address).href;
  }
  throw new Error(`too many redirects, at last to ${address}`);
}
