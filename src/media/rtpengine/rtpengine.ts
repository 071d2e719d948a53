import { canonicalIp } from "../../lib/ip-address.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type { MediaCall, MediaCallParts, MediaEngine, MediaUser } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import { RtpengineCall } from "./call.ts";
import { DigitPort } from "./digit-port.ts";
import { type RtpengineServer, type Server, Servers } from "./servers.ts";
import { Sounds } from "./sounds.ts";

/** What the driver is made of. */
export interface RtpengineParts {
  readonly clock: Clock;
  readonly ids: Ids;
  log(level: "error" | "warn" | "info", text: string): void;
  /** At least one. New calls go to those that are well, in turn. */
  readonly servers: readonly RtpengineServer[];
  /** Where the rtpengines report keys: their `--dtmf-log-dest`. IP literal. */
  readonly digits: { readonly host: string; readonly port: number };
  /** Tones are written there as files, for rtpengines that share our disk and must be able to read them. */
  readonly folder: string;
  /** No packet of a party for this long is a silence, ms; by default a minute (reliability C5). */
  readonly silentMs?: number;
  /** The same while the party holds; by default ten minutes. */
  readonly silentOnHoldMs?: number;
}

/** The engine, and where it listens for keys. */
export interface RtpengineMedia extends MediaEngine {
  readonly digitPort: number;
}

const SILENT_MS = 60_000;
const SILENT_ON_HOLD_MS = 600_000;

/** Opens the driver for rtpengine; an error is a sentence. Whether an rtpengine answers shows with the first call. */
export async function createRtpengineMedia(parts: RtpengineParts): Promise<Result<RtpengineMedia, string>> {
  const wrong = parts.servers.find(({ host }) => canonicalIp(host) === undefined);
  if (wrong !== undefined) return err(`rtpengine is named by its IP address, and "${wrong.host}" is none.`);
  if (parts.servers.length === 0) return err("No rtpengine is named.");
  const calls = new Map<string, RtpengineCall>();
  const digits = await DigitPort.open({
    clock: parts.clock,
    ...parts.digits,
    onDigit: ({ callLabel, tag, digit }) => calls.get(callLabel)?.digit(tag, digit),
  });
  return digits.ok ? ok(new Engine(parts, digits.value, calls)) : digits;
}

class Engine implements RtpengineMedia {
  readonly name = "rtpengine";
  readonly #parts: RtpengineParts;
  readonly #digits: DigitPort;
  readonly #calls: Map<string, RtpengineCall>;
  readonly #servers: Servers;
  readonly #sounds: Sounds;
  #lost = 0;

  constructor(parts: RtpengineParts, digits: DigitPort, calls: Map<string, RtpengineCall>) {
    this.#parts = parts;
    this.#digits = digits;
    this.#calls = calls;
    this.#sounds = new Sounds(parts.folder);
    this.#servers = new Servers({
      clock: parts.clock,
      ids: parts.ids,
      servers: parts.servers,
      onOut: (server) => this.#out(server),
      onUp: ({ name }) => parts.log("info", `The rtpengine at ${name} answers.`),
    });
  }

  get digitPort(): number {
    return this.#digits.port;
  }

  open(call: MediaCallParts, user: MediaUser): MediaCall {
    const { clock, ids, silentMs = SILENT_MS, silentOnHoldMs = SILENT_ON_HOLD_MS } = this.#parts;
    const opened = new RtpengineCall(call, user, {
      clock,
      ids,
      servers: this.#servers,
      sounds: this.#sounds,
      silentMs,
      silentOnHoldMs,
      log: (level, text) => this.#parts.log(level, text),
      onEnded: (ended) => {
        this.#calls.delete(ended.label);
        if (ended.server !== undefined) ended.server.calls -= 1;
      },
    });
    this.#calls.set(opened.label, opened);
    return opened;
  }

  metrics(): Readonly<Record<string, number>> {
    const values: Record<string, number> = {
      switchhook_media_calls: this.#calls.size,
      switchhook_media_calls_lost_total: this.#lost,
      switchhook_media_rtpengine_servers: this.#servers.all.length,
      switchhook_media_rtpengine_servers_up: this.#servers.all.filter(({ health }) => health === "up").length,
      switchhook_media_rtpengine_digits_total: this.#digits.digits,
      switchhook_media_rtpengine_reports_dropped_total: this.#digits.dropped,
    };
    for (const { name, client, calls } of this.#servers.all) {
      const label = `{server="${name}"}`;
      values[`switchhook_media_rtpengine_calls${label}`] = calls;
      values[`switchhook_media_rtpengine_commands_open${label}`] = client.open;
      values[`switchhook_media_rtpengine_commands_total${label}`] = client.counts.commands;
      values[`switchhook_media_rtpengine_commands_repeated_total${label}`] = client.counts.repeated;
      values[`switchhook_media_rtpengine_commands_unanswered_total${label}`] = client.counts.timeouts;
      values[`switchhook_media_rtpengine_commands_refused_total${label}`] = client.counts.refused;
      values[`switchhook_media_rtpengine_strays_total${label}`] = client.counts.strays;
    }
    return values;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#calls.values()].map((call) => call.close()));
    await Promise.all([this.#servers.close(), this.#digits.close()]);
  }

  #out(server: Server): void {
    const reason = mediaSaid("rtpengine.silent", { server: server.name });
    this.#parts.log(
      "error",
      `${reason.text} Its ${server.calls} calls lose their sound; new ones go to others.`,
    );
    for (const call of this.#calls.values()) {
      if (call.server !== server) continue;
      this.#lost += 1;
      call.lose(reason);
    }
  }
}
