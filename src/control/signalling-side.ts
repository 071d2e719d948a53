import type { TlsMaterial } from "../admin/certificate.ts";
import type { FromControl, ToControl } from "../link/link.ts";
import { Requests } from "../link/requests.ts";
import type { AccessReport, Lift, PhoneStanding } from "../model/access.ts";
import type { ServerStatus } from "../model/server-status.ts";
import type { Clock } from "../runtime/clock.ts";

const STATUS_TIMEOUT_MS = 1000;
const TLS_TIMEOUT_MS = 5000;

type Answer = Extract<ToControl, { type: "status" | "access" | "phones" | "tlsTaken" | "vouched" }>;

/** What the signalling thread is asked, and what it is told to write into the log. */
export class SignallingSide {
  readonly #send: (message: FromControl) => void;
  readonly #status: Requests<ServerStatus>;
  readonly #access: Requests<AccessReport | undefined>;
  readonly #phones: Requests<readonly PhoneStanding[] | undefined>;
  readonly #tlsTaken: Requests<{ readonly refusal: string | undefined }>;
  readonly #vouched: Requests<true>;

  constructor(clock: Clock, send: (message: FromControl) => void) {
    this.#send = send;
    this.#status = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#access = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#phones = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#tlsTaken = new Requests(clock, TLS_TIMEOUT_MS);
    this.#vouched = new Requests(clock, STATUS_TIMEOUT_MS);
  }

  /** Undefined when it does not answer within a second; so `access`. */
  status(): Promise<ServerStatus | undefined> {
    return this.#status.ask((request) => this.#send({ type: "askStatus", request }));
  }

  access(lift: Lift | undefined): Promise<AccessReport | undefined> {
    return this.#access.ask((request) => this.#send({ type: "askAccess", request, lift }));
  }

  /** As `status`, for these phones. */
  phones(extensions: readonly string[]): Promise<readonly PhoneStanding[] | undefined> {
    return this.#phones.ask((request) => this.#send({ type: "askPhones", request, extensions }));
  }

  /** Says that our own caller calls from this port, or has ended; resolves when it knows, after a second at the latest. */
  async vouch(port: number, isOver: boolean): Promise<void> {
    await this.#vouched.ask((request) => this.#send({ type: "vouch", request, port, isOver }));
  }

  /** Gives it a certificate; the value is why it did not take that, in a sentence. */
  async takeTls(material: TlsMaterial): Promise<string | undefined> {
    const taken = await this.#tlsTaken.ask((request) => this.#send({ type: "tls", request, material }));
    return taken === undefined ? "the server did not take it within 5 s" : taken.refusal;
  }

  log(level: "error" | "warn" | "info", text: string): void {
    this.#send({ type: "log", level, text });
  }

  answered(answer: Answer): void {
    switch (answer.type) {
      case "status":
        return this.#status.answer(answer.request, answer.status);
      case "access":
        return this.#access.answer(answer.request, answer.report);
      case "phones":
        return this.#phones.answer(answer.request, answer.phones);
      case "vouched":
        return this.#vouched.answer(answer.request, true);
      case "tlsTaken":
        return this.#tlsTaken.answer(answer.request, { refusal: answer.refusal });
    }
  }
}
