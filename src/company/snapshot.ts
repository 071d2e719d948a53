import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Entities } from "../model/entities/entities.ts";
import { type ProjectDoor, projectEntries, projectWholes } from "../model/entities/project.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { applyChange, emptySnapshot, type SnapshotPut } from "../model/snapshot-change.ts";
import { defaultPrompts } from "./audio-paths.ts";

/**
 * What calls need of this machine: hashes over its realm, and the place of its sound.
 *
 * @param audioFolder absolute path of the converted messages
 */
export function projectDoor(realm: string, audioFolder: string): ProjectDoor {
  // RFC 7616 §3.4.2: A1 = username ":" realm ":" password.
  const hash = (algorithm: "md5" | "sha256", username: string, password: string): string =>
    createHash(algorithm).update(`${username}:${realm}:${password}`).digest("hex");
  return {
    realm,
    ha1: (username, password) => ({
      md5: hash("md5", username, password),
      sha256: hash("sha256", username, password),
    }),
    soundPath: (content) => join(audioFolder, content),
  };
}

/** Everything that is in a snapshot entry by entry, what comes with the product first. */
export function* snapshotEntries(entities: Entities, door: ProjectDoor): Generator<SnapshotPut> {
  for (const value of defaultPrompts) yield { part: "audioMessages", key: value.name, value };
  yield* projectEntries(entities, door);
}

/**
 * The company as the call path sees it, from nothing: plans compiled, passwords replaced by their digest hashes. It must
 * have passed its checks and have its secrets; anything else is a bug and throws.
 */
export function buildSnapshot(entities: Entities, realm: string, audioFolder: string): Snapshot {
  const door = projectDoor(realm, audioFolder);
  return applyChange(emptySnapshot(realm), {
    version: entities.version,
    set: projectWholes(entities, door),
    put: [...snapshotEntries(entities, door)],
    drop: [],
  });
}
