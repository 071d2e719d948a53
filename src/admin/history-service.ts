import { refused } from "../api/contract/problems.ts";
import type { HistoryPorts } from "../api/ports.ts";
import { createMasker } from "../lib/masker.ts";
import { err, ok } from "../lib/result.ts";
import { keyOf } from "../model/entities/entities.ts";
import { kindOf } from "../model/entities/kinds.ts";
import { maskerOf, secretsOf } from "../model/entities/secrets.ts";
import type { AuditRepository, CompanyRepository, TrashedEntity } from "../model/repositories.ts";
import type { Desk } from "./desk.ts";
import { refusedEdit, storeFailure } from "./edit-refusal.ts";
import { searchEntities } from "./search.ts";
import { maskedDocument, nameOfEntity, writtenEntity } from "./show-entity.ts";

export interface HistoryParts {
  readonly desk: Desk;
  readonly company: Pick<CompanyRepository, "trash" | "trashed">;
  readonly audit: Pick<AuditRepository, "list">;
}

const BAD_CURSOR = err(refused("badCursor", "This cursor is of no page of this list."));
const NOT_THERE = refused("noSuchEntity", "There is no such thing in the trash; it is kept for 30 days.");

/** The trash, the audit log, and the search. */
export function historyPorts({ desk, company, audit }: HistoryParts): HistoryPorts {
  return {
    search: (words, limit) => searchEntities(desk.entities, words, limit),
    async trash({ limit, cursor }) {
      const before = cursor === undefined ? undefined : placeOf(cursor);
      if (cursor !== undefined && before === undefined) return BAD_CURSOR;
      const rows = await company.trash({ limit: limit + 1, before });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const next = last === undefined || rows.length <= limit ? null : `${last.droppedAt} ${last.entity.id}`;
      return ok({ items: page.map((row) => shown(desk, row)), next });
    },
    async restore(id, by) {
      const found = await company.trashed(id);
      if (found === undefined) return err(NOT_THERE);
      // Where it was: the first number is what calls out show, and lists and exports have this order.
      const { kind, revision, document, position } = found.entity;
      try {
        const made = await desk.change(by, (before) => {
          if (before.byId(id) !== undefined) return err(NOT_THERE);
          return ok([{ type: "put", kind, id: undefined, document, position, identity: { id, revision } }]);
        });
        const sent = { kind, key: keyOf(found.entity), document };
        if (made.ok) {
          const entity = made.value.entities.byId(id);
          if (entity === undefined) throw new Error(`${kind} ${id} was restored and is not there`);
          return ok(writtenEntity({ ...made.value, entity }, sent));
        }
        if (made.error.code === "noSuchEntity") return err(made.error);
        return err(refusedEdit(desk.entities, made.error, sent));
      } catch (error) {
        return err(storeFailure(error));
      }
    },
    async audit({ limit, cursor, entity, by, what }) {
      const before = cursor === undefined ? undefined : Number(cursor);
      if (before !== undefined && !Number.isSafeInteger(before)) return BAD_CURSOR;
      const rows = await audit.list({ limit: limit + 1, before, entity, by, what });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return ok({ items: page, next: last === undefined || rows.length <= limit ? null : String(last.id) });
    },
  };
}

function placeOf(cursor: string): { readonly droppedAt: number; readonly id: string } | undefined {
  const [, droppedAt, id] = /^(\d{1,16}) ([0-9a-zA-Z]{1,64})$/.exec(cursor) ?? [];
  return droppedAt === undefined || id === undefined ? undefined : { droppedAt: Number(droppedAt), id };
}

function shown(desk: Desk, { entity, droppedAt, droppedBy }: TrashedEntity) {
  const { kind, revision } = entity;
  // What it kept secret is none of the configuration's any more; a description may say it again.
  const own = createMasker(secretsOf(kindOf(kind), entity.document));
  const masker = maskerOf(desk.entities);
  const document = maskedDocument(entity, (text) => masker(own(text)));
  return { ...nameOfEntity(entity), revision, document, droppedAt, droppedBy };
}
