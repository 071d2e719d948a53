import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { err, ok, type Result } from "../lib/result.ts";

/** Where the settings say that the certificate, its key and the authorities are. */
export interface TlsPaths {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
  /** Whose certificates callers over TLS must have. */
  readonly clientCa?: string | undefined;
}

/** What was read there (PEM), checked. */
export interface TlsMaterial {
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly caPem?: string;
  readonly clientCaPem?: string;
  /** From when and until when our certificate is valid, in milliseconds since the epoch. */
  readonly valid?: { readonly from: number; readonly to: number };
  /** Who issued our certificate, where it is an authority between it and those that are trusted, and the file lacks its certificate. */
  readonly lacksIssuer?: string;
}

/** The contents of the files of `TlsPaths`, as far as there are any. */
export type TlsTexts = { readonly [Kind in keyof TlsPaths]?: string };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const DAY_MS = 86_400_000;

/**
 * Checks that each file holds what it should and that the key belongs to the certificate; not whether the certificate is valid
 * today. An error is a sentence that names the flag and the file.
 */
export function checkTls(texts: TlsTexts, paths: TlsPaths): Result<TlsMaterial, string> {
  const ca = texts.ca === undefined ? ok([]) : certificates(texts.ca, `--tls-ca: ${paths.ca}`);
  if (!ca.ok) return ca;
  const { clientCa } = texts;
  const callers =
    clientCa === undefined ? ok([]) : certificates(clientCa, `--tls-client-ca: ${paths.clientCa}`);
  if (!callers.ok) return callers;
  const caPem = {
    ...(texts.ca === undefined ? {} : { caPem: texts.ca }),
    ...(clientCa === undefined ? {} : { clientCaPem: clientCa }),
  };
  if (texts.cert === undefined || texts.key === undefined) return ok(caPem);
  const chain = certificates(texts.cert, `--tls-cert: ${paths.cert}`);
  if (!chain.ok) return chain;
  const key = privateKey(texts.key, `--tls-key: ${paths.key}`);
  if (!key.ok) return key;
  const [first, ...others] = chain.value;
  if (first === undefined || !first.checkPrivateKey(key.value)) {
    if (others.some((other) => other.checkPrivateKey(key.value)))
      return err(
        `--tls-cert: ${paths.cert} begins with another certificate than the server's own, which must come first.`,
      );
    return err(`--tls-key: the key in ${paths.key} does not belong to the certificate in ${paths.cert}.`);
  }
  const valid = { from: first.validFromDate.getTime(), to: first.validToDate.getTime() };
  // An authority of one's own that stands here by itself is one that those who check us know too.
  const roots = [...ca.value, ...callers.value].filter((one) => one.checkIssued(one));
  const issuer = missingIssuer(first, [...others, ...roots]);
  const lacks = issuer === undefined ? {} : { lacksIssuer: issuer };
  return ok({ certPem: texts.cert, keyPem: texts.key, ...caPem, valid, ...lacks });
}

/**
 * Whoever checks a certificate knows the authorities at the root; those in between the server has to bring (RFC 8446 §4.4.2). A
 * certificate that says where its issuer's is to be had is of such a one; that of an authority of one's own says nothing.
 */
function missingIssuer(own: X509Certificate, others: readonly X509Certificate[]): string | undefined {
  if (own.infoAccess?.includes("CA Issuers") !== true) return undefined;
  if (others.some((other) => own.checkIssued(other))) return undefined;
  const names = own.issuer.split("\n");
  return names.find((name) => name.startsWith("CN="))?.slice(3) ?? names.join(", ");
}

/** Why a certificate must not be shown now, as the rest of a sentence; undefined: it may. */
export function notValidNow({ valid }: TlsMaterial, now: number): string | undefined {
  if (valid === undefined) return undefined;
  if (valid.to <= now) return `ended on ${dateOf(valid.to)}`;
  return valid.from > now ? `is not valid before ${dateOf(valid.from)}` : undefined;
}

/** Whole and broken days until then; below 0: it is over. */
export function daysUntil(then: number, now: number): number {
  return (then - now) / DAY_MS;
}

/** `2027-02-27`. */
export function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** At least one, all of them readable; `what` begins the sentence: flag and file. */
function certificates(text: string, what: string): Result<readonly X509Certificate[], string> {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) {
    const instead = text.includes("PRIVATE KEY-----") ? ", but a private key" : "";
    return err(
      `${what} holds no certificate in PEM ("-----BEGIN CERTIFICATE-----" to "-----END …")${instead}.`,
    );
  }
  const read: X509Certificate[] = [];
  for (const pem of found) {
    try {
      read.push(new X509Certificate(pem));
    } catch {
      return err(
        `${what} is damaged: certificate ${read.length + 1} of ${found.length} in it cannot be read.`,
      );
    }
  }
  return ok(read);
}

function privateKey(text: string, what: string): Result<KeyObject, string> {
  if (!text.includes("PRIVATE KEY-----")) {
    const instead = text.includes("-----BEGIN CERTIFICATE-----") ? ", but a certificate" : "";
    return err(`${what} holds no private key in PEM ("-----BEGIN PRIVATE KEY-----")${instead}.`);
  }
  if (text.includes("ENCRYPTED"))
    return err(
      `${what} is protected by a password; it must be readable without one (openssl pkey -in … -out …).`,
    );
  try {
    return ok(createPrivateKey(text));
  } catch {
    return err(`${what} is damaged: the private key in it cannot be read.`);
  }
}
