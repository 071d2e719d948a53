import type { PlannedChange } from "./entities/change.ts";
import { type Entities, type Entity, keyOf } from "./entities/entities.ts";
import { type AnyDocument, type KindName, kindOf } from "./entities/kinds.ts";
import { maskerOf, secretsOf } from "./entities/secrets.ts";

/** What a change did to one entity. Secrets are `***` in both documents. */
export interface AuditedChange {
  readonly kind: KindName;
  readonly id: string;
  /** Its name after the change; of what went, the one that it had. */
  readonly key: string;
  /** Undefined: it came. */
  readonly before: AnyDocument | undefined;
  /** Undefined: it went. */
  readonly after: AnyDocument | undefined;
  /** A secret is another one now, which the documents do not show. */
  readonly secretChanged: boolean;
}

/** Who does something, and from which address (docs/adr/0090); undefined: on this machine. */
export interface Doer {
  readonly name: string;
  readonly address: string | undefined;
}

/** A field of what is no entity, before and after; of a secret only that it is there: `***`. */
export interface AuditedDetail {
  readonly name: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** What is done about who may come in, as `what` of an entry names it. */
export type AccountDeed =
  | "setUp"
  | "signIn"
  | "signInFailed"
  | "signOut"
  | "sessionEnded"
  | "userAdded"
  | "userChanged"
  | "userRemoved"
  | "passwordChanged"
  | "secondFactorOn"
  | "secondFactorOff"
  | "linkMade"
  | "tokenMade"
  | "tokenRevoked"
  | "openIdChanged"
  | "openIdRemoved"
  | "openIdLinked"
  | "openIdUnlinked";

/** One thing that somebody did. */
export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  /** `configuration` for a change of entities; others have names of their own (`signIn`). */
  readonly what: string;
  /** The version of the configuration that it made; undefined: it changed none. */
  readonly version: number | undefined;
  readonly changes: readonly AuditedChange[];
  /** The address that it came from; undefined: it is not kept, or it was done on this machine. */
  readonly from?: string | undefined;
  /** Whom or what it was done to, where that is no entity: the name of a user, a token. */
  readonly about?: string | undefined;
  readonly details?: readonly AuditedDetail[] | undefined;
}

/** An entry as it is kept. */
export interface StoredAuditEntry extends AuditEntry {
  /** Grows by one. */
  readonly id: number;
  /** SHA-256 in hex over this entry and the hash of the one before: none can be altered or taken out unseen. */
  readonly hash: string;
}

/** Which entries; newest first. */
export interface AuditFilter {
  readonly limit: number;
  /** Only older ones than this. */
  readonly before?: number | undefined;
  /** Only those that changed this entity. */
  readonly entity?: string | undefined;
  readonly by?: string | undefined;
  /** Only those of this kind: `signInFailed`. */
  readonly what?: string | undefined;
}

/** A change of the configuration as the audit log has it; `from`: the address that it came from, where it is known. */
export function auditOf({ before, after, delta }: PlannedChange, from?: string): AuditEntry {
  const { at, by, version, put, drop } = delta;
  const changes = [
    ...put.map((entity) => changeOf(entity, before.byId(entity.id), entity)),
    ...drop.map((entity) => changeOf(entity, before.byId(entity.id), undefined)),
  ];
  return { at, by, what: "configuration", version, changes, ...(from !== undefined && { from }) };

  function changeOf(named: Entity, was: Entity | undefined, is: Entity | undefined): AuditedChange {
    const { kind, id } = named;
    return {
      kind,
      id,
      key: keyOf(named),
      before: was === undefined ? undefined : maskedIn(before, was),
      after: is === undefined ? undefined : maskedIn(after, is),
      secretChanged: was !== undefined && is !== undefined && secretText(was) !== secretText(is),
    };
  }
}

function maskedIn(entities: Entities, { kind, document }: Entity): AnyDocument {
  return kindOf(kind).secrets.masked(document, maskerOf(entities));
}

function secretText({ kind, document }: Entity): string {
  return JSON.stringify(secretsOf(kindOf(kind), document));
}
