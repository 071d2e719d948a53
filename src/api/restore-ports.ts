import type { z } from "zod";
import type { Result } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { Refused } from "./contract/problems.ts";
import type { restoreRoutes } from "./contract/restore.ts";

/** How far a restore is. */
export type RestoreState = z.output<typeof restoreRoutes.state.answer>;
/** What a backup has that was checked. */
export type BackupContent = z.output<typeof restoreRoutes.check.answer>;

/** A part of a file that is sent. */
export interface SentPart {
  /** The file's name, which is only ever shown. */
  readonly file: string;
  /** Octets of the whole file. */
  readonly size: number;
  /** Where this part begins; 0 begins anew. */
  readonly offset: number;
}

/** What the API needs to restore a backup into the running server. Never rejects. */
export interface RestorePorts {
  state(): Promise<RestoreState>;
  receive(
    body: AsyncIterable<Uint8Array>,
    part: SentPart,
    by: Doer,
  ): Promise<
    Result<
      { readonly received: number; readonly size: number },
      Refused<
        | "busy"
        | "restoring"
        | "wrongOffset"
        | "backupTooLarge"
        | "backupUnusable"
        | "diskFull"
        | "notRestored"
      >
    >
  >;
  /** Unpacks what was sent beside what is there, and looks whether this release can use it. */
  check(
    passphrase: string | undefined,
    by: Doer,
  ): Promise<
    Result<
      BackupContent,
      Refused<"busy" | "restoring" | "notFound" | "backupUnusable" | "diskFull" | "notRestored">
    >
  >;
  /**
   * Has the server begin anew with what was checked, when calls are over, after `waitSeconds` at the latest. `seen`: its id, for
   * it may be another one by now.
   */
  agree(
    seen: string,
    waitSeconds: number,
    by: Doer,
  ): Promise<
    Result<RestoreState, Refused<"busy" | "restoring" | "notFound" | "notSeen" | "diskFull" | "notRestored">>
  >;
  /** The same with what was there before the last restore. */
  back(
    waitSeconds: number,
    by: Doer,
  ): Promise<Result<RestoreState, Refused<"busy" | "restoring" | "notFound" | "diskFull" | "notRestored">>>;
  /** Forgets what was sent. */
  forget(): Promise<Result<undefined, Refused<"busy" | "restoring" | "diskFull" | "notRestored">>>;
  /** Deletes what was there before the last restore. */
  forgetBefore(
    by: Doer,
  ): Promise<Result<undefined, Refused<"busy" | "restoring" | "notFound" | "diskFull" | "notRestored">>>;
}
