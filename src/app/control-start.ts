import { networkInterfaces } from "node:os";
import type { TlsPaths } from "../admin/certificate.ts";
import { heardAt } from "../config/listeners.ts";
import type { Settings } from "../config/schema.ts";
import { canonicalIp } from "../lib/ip-address.ts";
import type { ControlStart, SignInSettings } from "../link/link.ts";
import type { ListenOptions } from "../sip/index.ts";

/** What of the settings the control thread is started with. */
export function controlStart(
  settings: Settings,
  listen: readonly ListenOptions[],
  softwareVersion: string,
): ControlStart {
  const { dataDir, applyFile, http, realm, callsKeepDays, speechCommand } = settings;
  return {
    dataDir,
    applyFile,
    http,
    realm,
    callsKeepDays,
    speechCommand,
    softwareVersion,
    tls: tlsPaths(settings),
    heard: heardAt(listen, networkInterfaces()),
    signIn: signInOf(settings),
    backups: backupPlan(settings),
    again: false,
  };
}

function tlsPaths({ tlsCert, tlsKey, tlsCa, tlsClientCa }: Settings): TlsPaths | undefined {
  if (tlsCert === undefined && tlsCa === undefined) return undefined;
  return { cert: tlsCert, key: tlsKey, ca: tlsCa, clientCa: tlsClientCa };
}

function backupPlan(settings: Settings): ControlStart["backups"] {
  const { backupFolder: folder, backupHours: everyHours, backupKeep: keep, backupPassphraseFile } = settings;
  if (folder === undefined) return undefined;
  return { folder, everyHours, keep, passphraseFile: backupPassphraseFile };
}

function signInOf(settings: Settings): SignInSettings {
  return {
    names: settings.httpNames.map((name) => name.toLowerCase()),
    mayBePlain: settings.httpPlain === "allow",
    proxies: settings.httpProxies.map((proxy) => canonicalIp(proxy) ?? proxy),
    idleMs: settings.sessionIdleMinutes * 60_000,
    absoluteMs: settings.sessionHours * 3_600_000,
  };
}
