import { err, ok, type Result } from "../lib/result.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { dateOf, daysUntil, notValidNow, type TlsMaterial } from "./certificate.ts";
import type { TlsFiles } from "./tls-files.ts";
import { Turns } from "./turns.ts";

export interface TlsWatchParts {
  readonly files: TlsFiles;
  readonly clock: Clock;
  /** What the server shows since its start. */
  readonly inForce: TlsMaterial;
  /** `stamp()` of the files, taken before `inForce` was read. */
  readonly stamp: string;
  /** Gives it to the signalling thread; the value is why that did not take it, in a sentence. */
  take(material: TlsMaterial): Promise<string | undefined>;
  log(level: "warn" | "info", text: string): void;
}

/**
 * How often the files are looked at. Their state is asked for rather than their changes: that also sees links that are replaced,
 * files on network disks and folders that are mounted anew.
 */
const LOOK_MS = 5_000;
/** A change is taken when nothing has moved for so long: certificate and key are two files. */
const QUIET_MS = 1_000;
const WARN_DAYS = 14;
const WARN_EVERY_MS = 86_400_000;

/** Renews the certificate when its files change or when asked to, and says when it is about to end (reliability B12). */
export class TlsWatch {
  readonly #parts: TlsWatchParts;
  readonly #turns = new Turns();
  #inForce: TlsMaterial;
  /** The files as they were when they were last read. */
  #read: string;
  /** The files as they were at the last look. */
  #seen: string;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer;
  #stopped = false;

  constructor(parts: TlsWatchParts) {
    this.#parts = parts;
    this.#inForce = parts.inForce;
    this.#read = parts.stamp;
    this.#seen = parts.stamp;
    this.#warnOfChain();
    this.#warnOfEnd();
    this.#timer = this.#lookIn(LOOK_MS);
  }

  /** Reads the files now. Both sentences say what is in force then, and are in the log too. */
  reload(): Promise<Result<string, string>> {
    return this.#turns.take(async () => {
      this.#read = await this.#parts.files.stamp();
      this.#seen = this.#read;
      const read = await this.#parts.files.read();
      const outcome = read.ok ? await this.#renew(read.value) : read;
      this.#warnOfEnd();
      if (outcome.ok) {
        this.#parts.log("info", outcome.value);
        return outcome;
      }
      const sentence = `The certificate is not renewed, and the one before stays. ${outcome.error}`;
      this.#parts.log("warn", sentence);
      return err(sentence);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.cancel();
  }

  async #renew(material: TlsMaterial): Promise<Result<string, string>> {
    const { clock, files } = this.#parts;
    const over = notValidNow(material, clock.wall());
    if (over !== undefined) return err(`--tls-cert: the certificate in ${files.paths.cert} ${over}.`);
    const refusal = await this.#parts.take(material);
    if (refusal !== undefined) return err(refusal);
    const same = material.certPem === this.#inForce.certPem && material.keyPem === this.#inForce.keyPem;
    this.#inForce = material;
    this.#warnedAt = Number.NEGATIVE_INFINITY;
    this.#warnOfChain();
    const { valid } = material;
    if (valid === undefined) return ok(`The authorities in ${files.paths.ca} have been read again.`);
    const days = Math.floor(daysUntil(valid.to, clock.wall()));
    const what = same ? "The certificate is the same as before" : "The certificate has been renewed";
    return ok(`${what}: ${files.paths.cert}, valid until ${dateOf(valid.to)} (${days} days).`);
  }

  #lookIn(delayMs: number): Timer {
    return this.#parts.clock.after(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const now = await this.#parts.files.stamp();
    if (this.#stopped) return;
    const moved = now !== this.#seen;
    this.#seen = now;
    if (!moved && now !== this.#read) await this.reload();
    this.#warnOfEnd();
    if (!this.#stopped) this.#timer = this.#lookIn(moved ? QUIET_MS : LOOK_MS);
  }

  /** Once for each certificate. */
  #warnOfChain(): void {
    const { lacksIssuer } = this.#inForce;
    if (lacksIssuer === undefined) return;
    this.#parts.log(
      "warn",
      `The file ${this.#parts.files.paths.cert} (--tls-cert) lacks the certificate of "${lacksIssuer}", which issued the server's own: phones and trunks that check it may not connect. Give the whole chain (of certbot: fullchain.pem).`,
    );
  }

  /** Once a day from two weeks before the end. */
  #warnOfEnd(): void {
    const { clock, files } = this.#parts;
    const { valid } = this.#inForce;
    if (valid === undefined || clock.now() - this.#warnedAt < WARN_EVERY_MS) return;
    const days = daysUntil(valid.to, clock.wall());
    if (days >= WARN_DAYS) return;
    this.#warnedAt = clock.now();
    const when =
      days < 0
        ? `ended on ${dateOf(valid.to)}: phones and trunks that check it do not connect over TLS`
        : `ends in ${Math.floor(days)} days, on ${dateOf(valid.to)}`;
    this.#parts.log(
      "warn",
      `The certificate in ${files.paths.cert} ${when}. Renew it; the new file is taken by itself, without a restart.`,
    );
  }
}
