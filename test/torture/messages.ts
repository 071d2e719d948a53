import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The RFCs' messages lie beside the repository, not in it: CI and our machines have them there. */
const FOLDER = path.resolve(import.meta.dirname, "../../../shared/torture");

/** The folder of the RFC 4475 messages; those of RFC 5118 are in its `rfc5118/wire`. */
export const tortureFolder = FOLDER;

/** For the `skip` option: false where the messages are. In CI always false, so that their absence is a failure. */
export function needsTorture(): string | false {
  if (existsSync(path.join(FOLDER, "expect.json")) || process.env.CI === "true") return false;
  return "needs the torture messages in ../shared/torture";
}

/** One message and the outcomes that the RFC allows: status codes, `wellformed`, `silent`, `5xx`. */
export interface TortureMessage {
  readonly name: string;
  readonly octets: Buffer;
  readonly ok: readonly string[];
  readonly best: readonly string[];
}

interface Expectation {
  readonly ok: readonly string[];
  readonly best: readonly string[];
}

/** All messages of a folder with what its expect.json says of them. */
export function loadMessages(folder: string): readonly TortureMessage[] {
  const expected = JSON.parse(readFileSync(path.join(folder, "expect.json"), "utf8")) as Record<
    string,
    Expectation | string
  >;
  const files = readdirSync(folder).filter((file) => file.endsWith(".dat"));
  return files.toSorted().map((file) => {
    const name = file.slice(0, -".dat".length);
    const expectation = expected[name];
    if (expectation === undefined || typeof expectation === "string") {
      throw new Error(`expect.json says nothing of ${name}`);
    }
    const { ok, best } = expectation;
    return { name, octets: readFileSync(path.join(folder, file)), ok, best };
  });
}

/** Whether a status (undefined: no reply) is the outcome that a token of expect.json names. */
export function fits(token: string, status: number | undefined): boolean {
  if (token === "silent") return status === undefined;
  if (status === undefined) return false;
  if (token === "wellformed") return status === 501 || (status !== 400 && status < 500) || status >= 600;
  if (token.endsWith("xx")) return Math.floor(status / 100) === Number(token[0]);
  return String(status) === token;
}
