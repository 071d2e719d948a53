import type { BackupPlan } from "../admin/backup/schedule.ts";
import type { TlsMaterial, TlsPaths } from "../admin/certificate.ts";
import type { AccessReport, Lift, PhoneStanding } from "../model/access.ts";
import type { BindingChange, StoredBinding } from "../model/repositories.ts";
import type { ServerStatus } from "../model/server-status.ts";
import type { Standing } from "../model/standing.ts";
import type { HeardAt } from "../model/trunk-sockets.ts";
import type { OpenCall, Portion } from "../record/portion.ts";
import type { SnapshotSlice } from "./slices.ts";

// What the signalling thread and the control thread say to each other. Plain data only: every message is
// copied by the structured clone of postMessage, and the boundary could as well be a process.

/** How people come in to the interface. */
export interface SignInSettings {
  /** Names of this server besides its address, in lower case. */
  readonly names: readonly string[];
  /** Signing in over plain HTTP from beyond this machine is allowed. */
  readonly mayBePlain: boolean;
  /** Addresses of reverse proxies, which are believed who asked them. */
  readonly proxies: readonly string[];
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** As strict as it gets: what the settings are by themselves. */
export const STRICT_SIGN_IN: SignInSettings = {
  names: [],
  mayBePlain: false,
  proxies: [],
  idleMs: 30 * 60_000,
  absoluteMs: 12 * 3_600_000,
};

/** What the control thread is started with. */
export interface ControlStart {
  readonly dataDir: string;
  /** Path of a company file that is applied before anything is published. */
  readonly applyFile: string | undefined;
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly http: string;
  readonly realm: string;
  readonly callsKeepDays: number;
  /** The setting; undefined: espeak-ng, or what comes along. */
  readonly speechCommand?: string | undefined;
  /** Undefined: not known. */
  readonly heard?: HeardAt | undefined;
  /** Files of the certificate; undefined: no TLS. */
  readonly tls?: TlsPaths | undefined;
  /** Backups that are made by themselves; undefined: none. */
  readonly backups?: BackupPlan | undefined;
  /** `STRICT_SIGN_IN` when left out. */
  readonly signIn?: SignInSettings | undefined;
  /** The thread takes the place of one that died: calls that are up in the store are up indeed. */
  readonly again: boolean;
  /** Written in answers of the API. */
  readonly softwareVersion: string;
}

export type ToControl =
  /** Records of calls, as they were written since the portion before; its memory is shared, and kept until it is "kept". */
  | { readonly type: "portion"; readonly portion: Portion }
  /** Calls that are up, for a thread that takes the place of another; portions that are not "kept" come after. */
  | { readonly type: "openCalls"; readonly calls: readonly OpenCall[] }
  /** All that has been written up to now has been sent. */
  | { readonly type: "flushed"; readonly request: number }
  /** Trunks and phones that stand otherwise than before. */
  | { readonly type: "standings"; readonly standings: readonly Standing[] }
  | { readonly type: "bindings"; readonly batch: number; readonly changes: readonly BindingChange[] }
  /** The slice was taken; with the last one, new calls are routed by what they made. False: it does not fit what is here. */
  | { readonly type: "published"; readonly request: number; readonly taken: boolean }
  | { readonly type: "status"; readonly request: number; readonly status: ServerStatus }
  | { readonly type: "access"; readonly request: number; readonly report: AccessReport | undefined }
  | {
      readonly type: "phones";
      readonly request: number;
      readonly phones: readonly PhoneStanding[] | undefined;
    }
  /** The port is our own caller's from now on, or no more. */
  | { readonly type: "vouched"; readonly request: number }
  /** Read the certificate's files again (SIGHUP). */
  | { readonly type: "reload" }
  /** New connections get this certificate; or why they do not, in a sentence. */
  | { readonly type: "tlsTaken"; readonly request: number; readonly refusal: string | undefined }
  /** Write what has arrived, close the store, end the thread. */
  | { readonly type: "stop" };

export type FromControl =
  | {
      /** What was stored at start has been sent before, in slices. */
      readonly type: "ready";
      /** `http://127.0.0.1:8088`. */
      readonly httpAddress: string;
      readonly bindings: readonly StoredBinding[];
      /** The certificate as it was read at start; undefined: no TLS. */
      readonly tls: TlsMaterial | undefined;
      /** What applying the file at start has to say: warnings, what changed. */
      readonly notes: readonly string[];
      /** Nobody can sign in yet: where the first administrator is made, once. */
      readonly setupLink: string | undefined;
    }
  /** The thread cannot start, in sentences; it ends. */
  | { readonly type: "failed"; readonly sentences: readonly string[] }
  | { readonly type: "publish"; readonly request: number; readonly slice: SnapshotSlice }
  /** A renewed certificate, checked. */
  | { readonly type: "tls"; readonly request: number; readonly material: TlsMaterial }
  | { readonly type: "askStatus"; readonly request: number }
  /** Lift bans, where `lift` is there, and tell how many are in and who is kept slow. */
  | { readonly type: "askAccess"; readonly request: number; readonly lift: Lift | undefined }
  /** How these phones stand. */
  | { readonly type: "askPhones"; readonly request: number; readonly extensions: readonly string[] }
  /** Our own caller is about to call from this UDP port of 127.0.0.1; or its call is over. */
  | { readonly type: "vouch"; readonly request: number; readonly port: number; readonly isOver: boolean }
  /** A batch of bindings is on disk, or is not and why (it is kept and sent again). */
  | {
      readonly type: "stored";
      readonly batch: number;
      readonly failure: string | undefined;
    }
  /** Of records, all up to this portion is on disk; `failure`: why what follows could not be written. */
  | { readonly type: "kept"; readonly upTo: number; readonly failure: string | undefined }
  /** Somebody reads calls live, or nobody does any more: what is written leaves sooner, or later. */
  | { readonly type: "live"; readonly isRead: boolean }
  /** Send what has been written, and then "flushed". */
  | { readonly type: "askFlush"; readonly request: number }
  /** Begin the process anew when calls are over, or after so long: a restore waits for that. */
  | { readonly type: "restart"; readonly waitSeconds: number }
  | { readonly type: "log"; readonly level: "error" | "warn" | "info"; readonly text: string };
