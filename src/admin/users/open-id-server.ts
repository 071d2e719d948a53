import * as openId from "openid-client";
import { reasonOf } from "../../lib/failure.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { OpenIdSettings } from "../../model/open-id.ts";
import type { Claims } from "./open-id-person.ts";

/**
 * Makes one HTTP request; a rejection whose name is `NotReached` says in its message why there is no reply that may be read, and
 * in `code` which failure of the HTTP client that is.
 */
export type OpenIdFetch = openId.CustomFetch;

/** What belongs to one sign-in and must come back with it. */
export interface Challenge {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the server says of itself is asked for again after so long. */
const KNOWN_MS = 3_600_000;
/** A server that did not answer is not asked again for so long, whoever presses the button. */
const FAILED_MS = 5_000;

interface Known {
  readonly revision: number;
  readonly untilMs: number;
  readonly configuration: Promise<Result<openId.Configuration, string>>;
}

/**
 * The OpenID server: authorization code flow with PKCE (RFC 7636), state and nonce (OpenID Connect Core 1.0 §3.1). What may go
 * wrong there is a sentence.
 */
export class OpenIdServer {
  readonly #fetch: OpenIdFetch;
  readonly #monotonicMs: () => number;
  #known: Known | undefined;

  constructor(fetch: OpenIdFetch, monotonicMs: () => number) {
    this.#fetch = fetch;
    this.#monotonicMs = monotonicMs;
  }

  /** Where a browser goes to sign in, and what has to come back. Never rejects. */
  async begin(
    settings: OpenIdSettings,
    redirectUri: string,
  ): Promise<Result<{ readonly href: string; readonly challenge: Challenge }, string>> {
    const configuration = await this.configuration(settings);
    if (!configuration.ok) return configuration;
    const challenge: Challenge = {
      redirectUri,
      state: openId.randomState(),
      nonce: openId.randomNonce(),
      verifier: openId.randomPKCECodeVerifier(),
    };
    try {
      const address = openId.buildAuthorizationUrl(configuration.value, {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state: challenge.state,
        nonce: challenge.nonce,
        code_challenge: await openId.calculatePKCECodeChallenge(challenge.verifier),
        code_challenge_method: "S256",
      });
      if (!mayLeadTo(address, settings.issuer))
        return err("The sign-in server names an address for signing in that is not https.");
      return ok({ href: address.href, challenge });
    } catch (error) {
      return err(sentenceOf(error));
    }
  }

  /** Who signed in there; `answer` is the query that came back. Never rejects. */
  async finish(
    settings: OpenIdSettings,
    { redirectUri, state, nonce, verifier }: Challenge,
    answer: string,
  ): Promise<Result<Claims, string>> {
    const configuration = await this.configuration(settings);
    if (!configuration.ok) return configuration;
    const address = new URL(redirectUri);
    address.search = answer;
    try {
      const tokens = await openId.authorizationCodeGrant(configuration.value, address, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) return err("The sign-in server did not say who you are.");
      if (configuration.value.serverMetadata().userinfo_endpoint === undefined) return ok(claims);
      const more = await openId.fetchUserInfo(configuration.value, tokens.access_token, claims.sub);
      // What is signed counts.
      return ok({ ...more, ...claims });
    } catch (error) {
      return err(sentenceOf(error));
    }
  }

  /** The server as it describes itself, with our client; kept for an hour. Never rejects. */
  configuration(settings: OpenIdSettings): Promise<Result<openId.Configuration, string>> {
    const now = this.#monotonicMs();
    const { revision } = settings;
    if (this.#known?.revision === revision && now < this.#known.untilMs) return this.#known.configuration;
    const configuration = this.#discover(settings);
    const known: Known = { revision, untilMs: now + KNOWN_MS, configuration };
    this.#known = known;
    void configuration.then((found) => {
      if (found.ok || this.#known !== known) return;
      this.#known = { ...known, untilMs: this.#monotonicMs() + FAILED_MS };
    });
    return configuration;
  }

  async #discover(settings: OpenIdSettings): Promise<Result<openId.Configuration, string>> {
    const { issuer, clientId, clientSecret } = settings;
    try {
      const found = await openId.discovery(
        new URL(issuer),
        clientId,
        undefined,
        clientSecret === undefined ? openId.None() : withSecret(clientSecret),
        {
          [openId.customFetch]: this.#fetch,
          // Only an issuer on this machine may be asked in clear: the settings take no other.
          execute: issuer.startsWith("http:") ? [openId.allowInsecureRequests] : [],
        },
      );
      return ok(found);
    } catch (error) {
      return err(sentenceOf(error));
    }
  }
}

/** By the way that the server takes; where it says none that is basic (OpenID Connect Discovery 1.0 §3). */
function withSecret(secret: string): openId.ClientAuth {
  return (server, client, body, headers) => {
    const isPost = server.token_endpoint_auth_methods_supported?.includes("client_secret_post") === true;
    const authenticate = isPost ? openId.ClientSecretPost(secret) : openId.ClientSecretBasic(secret);
    authenticate(server, client, body, headers);
  };
}

function mayLeadTo({ protocol }: URL, issuer: string): boolean {
  return protocol === "https:" || (protocol === "http:" && issuer.startsWith("http:"));
}

/** What went wrong at the server, for who signs in. Nothing in it is of the request but codes of RFC 6749. */
export function sentenceOf(error: unknown): string {
  const cause = [...causesOf(error)].find(({ name }) => name === "NotReached");
  if (cause !== undefined) return `The sign-in server cannot be asked. ${cause.message}`;
  if (error instanceof openId.AuthorizationResponseError)
    return error.error === "access_denied"
      ? "The sign-in server did not let you in (access_denied)."
      : `The sign-in server refused (${codeText(error.error)}).`;
  if (error instanceof openId.ResponseBodyError)
    return error.error === "invalid_client"
      ? "The sign-in server does not take the client id and secret of this server (invalid_client)."
      : `The sign-in server refused (${codeText(error.error)}).`;
  if (error instanceof openId.ClientError && error.code === "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED")
    return "The sign-in server calls itself by another name than the issuer that is set here.";
  if (error instanceof openId.ClientError && error.code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED")
    return "The clocks of the sign-in server and of this one differ too much.";
  const code = error instanceof openId.ClientError ? (error.code ?? "") : "";
  return `The sign-in server gave an answer that cannot be trusted (${codeText(code === "" ? reasonOf(error) : code)}).`;
}

function* causesOf(error: unknown): Iterable<Error> {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth += 1) {
    yield at;
    at = at.cause;
  }
}

function codeText(text: string): string {
  return text.replaceAll(/[^\w .-]/g, "").slice(0, 80);
}
