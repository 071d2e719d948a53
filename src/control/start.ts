import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { applyCompany, BY_FILE, hashOf, storedOf } from "../admin/apply.ts";
import { diskSource } from "../admin/apply-audio.ts";
import type { AudioLibrary } from "../admin/audio-library.ts";
import { AudioService, openLibrary } from "../admin/audio-service.ts";
import type { Desk } from "../admin/desk.ts";
import { tlsFiles } from "../admin/tls-files.ts";
import { formatProblem } from "../company/file.ts";
import { openToken } from "../instance/api-token.ts";
import { reasonOf } from "../lib/failure.ts";
import { addressHere } from "../lib/host-port.ts";
import { printable } from "../lib/printable.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { type ControlStart, type FromControl, STRICT_SIGN_IN } from "../link/link.ts";
import { endReason } from "../model/end-words.ts";
import type { Entities } from "../model/entities/entities.ts";
import type { CallSummary } from "../model/repositories.ts";
import { trunksWithoutSocket } from "../model/trunk-sockets.ts";
import type { Clock } from "../runtime/clock.ts";
import { openStore, type Store } from "../store/store.ts";
import { type ControlService, type OpenTls, Service } from "./service.ts";
import { WhoComesIn } from "./who-comes-in.ts";

/**
 * Nobody of ours writes beside a server. Whoever does all the same is waited for so long, and the API is silent meanwhile;
 * records are tried again, and an edit is answered that it could not be saved.
 */
const LOCKED_MS = 500;

/** Starts it; `send` takes "ready" before this resolves. An error is what the person should read. */
export async function startControlService(
  start: ControlStart,
  clock: Clock,
  send: (message: FromControl) => void,
): Promise<Result<ControlService, readonly string[]>> {
  const tls = await openTls(start);
  if (!tls.ok) return err([tls.error]);
  const store = await openStore(start.dataDir, { lockedMs: LOCKED_MS });
  if (!store.ok) return err([store.error]);
  const fail = async (sentences: readonly string[]) => {
    await store.value.close();
    return err(sentences);
  };
  const library = openLibrary(start.dataDir, start.speechCommand, clock);
  const log = (text: string): void => send({ type: "log", level: "info", text });
  const token = openToken(start.dataDir);
  if (!token.ok) return fail([token.error]);
  const loaded = await load(start, store.value, library, clock, send);
  if (!loaded.ok) return fail(loaded.error);
  const { service, cut, bindings } = loaded.value;
  const notes = await applyAtStart(start, service.desk, library, log);
  if (!notes.ok) return fail(notes.error);
  const { entities } = service.desk;
  service.begin(bindings);
  const listening = await service.listen(token.value);
  if (!listening.ok) {
    // All that it has begun ends; else the process would go on, without an address.
    await service.stop();
    return err([listening.error]);
  }
  const silent = silentMessages(entities);
  const mute = start.applyFile === undefined ? muteTrunks(entities, start) : [];
  const httpAddress = listening.value;
  const setupLink = start.again ? undefined : await firstLink(service, httpAddress);
  const answer = {
    httpAddress,
    setupLink,
    notes: [...cutCalls(cut), ...notes.value, ...silent, ...mute],
    bindings,
  };
  send({ type: "ready", tls: tls.value?.inForce, ...answer });
  if (start.again) void service.publishAgain();
  if (tls.value !== undefined) service.watch(tls.value);
  return ok(service);
}

/** Undefined: there is no certificate to read. */
async function openTls({ tls }: ControlStart): Promise<Result<OpenTls | undefined, string>> {
  if (tls === undefined) return ok(undefined);
  const files = tlsFiles(tls);
  const stamp = await files.stamp();
  const read = await files.read();
  return read.ok ? ok({ files, stamp, inForce: read.value }) : read;
}

/** What an apply would have warned of. */
function muteTrunks(stored: Entities, { heard }: ControlStart): string[] {
  if (storedOf(stored) === undefined || heard === undefined) return [];
  const trunks = stored.all("trunk").map(({ document }) => document);
  return trunksWithoutSocket({ trunks }, heard).map((problem) => problem.message);
}

/** So many are named. */
const MAX_NAMED = 10;

/** Which calls were up when the process before this one ended without ending them. */
function cutCalls(cut: readonly CallSummary[]): string[] {
  if (cut.length === 0) return [];
  const named = cut.slice(0, MAX_NAMED).map(({ id, caller, called }) => {
    return `${caller === "" ? "anonymous" : caller} -> ${called} [${id}]`;
  });
  const more = cut.length > MAX_NAMED ? `, and ${cut.length - MAX_NAMED} more` : "";
  const calls = cut.length === 1 ? "1 call was" : `${cut.length} calls were`;
  return [`${calls} up when the server stopped without ending them: ${printable(named.join(", "))}${more}.`];
}

/** What a release without sound has stored. */
function silentMessages(stored: Entities): string[] {
  const silent = stored.all("audioMessage").filter(({ document }) => document.sound === undefined);
  return silent.map(
    ({ document: { name } }) =>
      `Audio message ${name} has no sound yet: apply the company file again to convert it.`,
  );
}

async function load(
  start: ControlStart,
  store: Store,
  library: AudioLibrary,
  clock: Clock,
  send: (message: FromControl) => void,
) {
  try {
    const audio = new AudioService(library, clock, start.again);
    const { idleMs, absoluteMs } = start.signIn ?? STRICT_SIGN_IN;
    const whoComesIn = await WhoComesIn.open(store.accounts, {
      clock,
      limits: { idleMs, absoluteMs },
      warn: (text) => send({ type: "log", level: "warn", text }),
    });
    const service = await Service.open({ start, store, audio, whoComesIn, clock, send });
    const cut = start.again ? [] : await store.calls.closeOngoing(endReason("end.cut", {}));
    const now = clock.wall();
    await store.registrations.forget(now);
    return ok({ service, cut, bindings: await store.registrations.load(now) });
  } catch (error) {
    return err([`The stored configuration in ${start.dataDir} cannot be used: ${reasonOf(error)}.`]);
  }
}

/** Where a first start makes its administrator. What is behind `#` goes to no server, so it gets into no log of a proxy. */
async function firstLink(service: Service, httpAddress: string): Promise<string | undefined> {
  const secret = await service.firstLink();
  return secret === undefined ? undefined : `${addressHere(httpAddress)}/setup#${secret}`;
}

async function applyAtStart(
  start: ControlStart,
  desk: Desk,
  library: AudioLibrary,
  progress: (text: string) => void,
): Promise<Result<readonly string[], readonly string[]>> {
  const { applyFile } = start;
  if (applyFile === undefined) return ok([]);
  let text: string;
  try {
    text = readFileSync(applyFile, "utf8");
  } catch (error) {
    return err([`The company file ${applyFile} cannot be read: ${reasonOf(error)}.`]);
  }
  try {
    // Only what is new: a restart undoes nothing that was changed here since.
    if (desk.entities.version > 0 && (await desk.wasApplied(hashOf(text)))) return ok([]);
    const applied = await applyCompany(text, applyFile, {
      desk,
      library,
      audio: diskSource(dirname(applyFile), library),
      progress,
      heard: start.heard,
      by: BY_FILE,
    });
    if (!applied.ok) return err(applied.error.map(formatProblem));
    return ok([...applied.value.warnings.map(formatProblem), ...applied.value.changes]);
  } catch (error) {
    return err([`The configuration could not be saved: ${reasonOf(error)}.`]);
  }
}
