import { type Refused, refused } from "../api/contract/problems.ts";
import type { WriteCode } from "../api/ports.ts";
import { documentSecrets } from "../company/secrets.ts";
import { isDiskFull, reasonOf } from "../lib/failure.ts";
import { createMasker } from "../lib/masker.ts";
import type { EditRefusal } from "../model/entities/change.ts";
import type { Entities } from "../model/entities/entities.ts";
import { kindOf } from "../model/entities/kinds.ts";
import { secretsOf } from "../model/entities/secrets.ts";
import { nameOfEntity, type Sent, shownEntity, shownProblem } from "./show-entity.ts";

/** A refused edit as the API tells of it, without a secret of what was sent or of what is stored. */
export function refusedEdit(entities: Entities, refusal: EditRefusal, sent: Sent): Refused<WriteCode> {
  const mask = createMasker([...documentSecrets(sent.document), ...secretsNear(entities, refusal, sent)]);
  const detail = mask(refusal.sentence);
  switch (refusal.code) {
    case "gone":
      return refused("noSuchEntity", detail);
    case "needed":
      return refused("used", detail, { users: [] });
    case "stale": {
      const { changedBy, changedAt } = refusal.current;
      const current = shownEntity(entities, refusal.current);
      return refused("stale", detail, { current, changedBy, changedAt });
    }
    case "taken":
      return refused("taken", detail, { by: nameOfEntity(refusal.by) });
    case "used":
      return refused("used", detail, { users: refusal.users.map(nameOfEntity) });
    case "full":
      return refused("full", detail);
    case "kept":
      return refused("keptInFile", detail, { keptIn: refusal.kept });
    case "invalid":
      return refused("invalid", detail, {
        problems: refusal.problems.map((one) => shownProblem(one, sent, mask)),
      });
  }
}

/** Why the store did not take a change. */
export function storeFailure(error: unknown): Refused<"diskFull" | "notSaved"> {
  return noRoom(error) ?? refused("notSaved", `The configuration could not be saved: ${reasonOf(error)}.`);
}

/** What is said of a disk that is full; undefined: that is not what is wrong. */
export function noRoom(error: unknown): Refused<"diskFull"> | undefined {
  if (!isDiskFull(error)) return undefined;
  return refused(
    "diskFull",
    `There is no room on the disk: ${reasonOf(error)}. Calls go on; nothing was changed.`,
  );
}

/** Secrets of what a refusal may speak of. */
function secretsNear(entities: Entities, refusal: EditRefusal, sent: Sent): readonly string[] {
  const names = [sent, ...(refusal.code === "invalid" ? refusal.problems : [])];
  return names.flatMap(({ kind, key }) => {
    const stored = entities.get(kind, key);
    return stored === undefined ? [] : secretsOf(kindOf(kind), stored.document);
  });
}
