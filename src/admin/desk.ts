import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { utcMinute } from "../lib/utc-minute.ts";
import { auditOf, type Doer } from "../model/audit.ts";
import {
  buriedAs,
  type Edit,
  type EditRefusal,
  type Identity,
  type PlannedChange,
  planChange,
} from "../model/entities/change.ts";
import { type Entities, type EntityDelta, keyOf } from "../model/entities/entities.ts";
import type { AppliedFile, KeptInFile } from "../model/kept-in-file.ts";
import type { ChangesSince, CompanyRepository, StoredEntities } from "../model/repositories.ts";
import type { Ids } from "../runtime/ids.ts";
import { Turns } from "./turns.ts";

/** Bits of an entity's id: short enough to be read out, and no two of a company alike. */
const ID_BITS = 48;
/** Another process may have written meanwhile; more often than this in a row is a fault. */
const MAX_TRIES = 5;
/** Of what went, more identities are not remembered: what went first is a new thing when it comes back. */
const MAX_BURIED = 50_000;

export interface DeskParts {
  readonly repository: CompanyRepository;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** What is on disk takes effect: whole where there is no change from what was published before. False: it did not. */
  publish(entities: Entities, change: PlannedChange | undefined): Promise<boolean>;
}

/** A change that was made: it is on disk. */
export interface Made {
  /** Undefined: there was nothing to change. */
  readonly change: PlannedChange | undefined;
  readonly entities: Entities;
  /** It is saved, but was not taken over in time. */
  readonly isLive: boolean;
}

/** A company file that a change comes from. */
interface FileToApply extends Pick<AppliedFile, "file" | "hash" | "keeps"> {
  /** Whether all of a configuration is in it. */
  readonly hasAll: (after: Entities) => boolean;
}

/** What is to be changed of what is stored, or why nothing is. */
type Edits<Fault> = (
  before: Entities,
) => Result<readonly Edit[], Fault> | Promise<Result<readonly Edit[], Fault>>;

/**
 * Where the configuration is changed: one change after the other, each worked out from what the one before has left, saved
 * whole, then published.
 */
export class Desk {
  readonly #parts: DeskParts;
  readonly #turns = new Turns();
  #entities: Entities;
  #buried: Map<string, Identity>;
  #kept: KeptInFile | undefined;
  #lastApplied: number | undefined;
  /** The last publication was not taken over: the next one is whole. */
  #isBehind = false;

  private constructor(parts: DeskParts, { entities, buried, kept, lastApplied }: StoredEntities) {
    this.#parts = parts;
    this.#entities = entities;
    this.#buried = new Map(buried);
    this.#kept = kept;
    this.#lastApplied = lastApplied;
  }

  /** Rejects when the store fails. */
  static async open(parts: DeskParts): Promise<Desk> {
    return new Desk(parts, await parts.repository.load());
  }

  /** What is stored. */
  get entities(): Entities {
    return this.#entities;
  }

  /** The company file in which alone what is stored is changed; undefined: there is none. */
  get kept(): KeptInFile | undefined {
    return this.#kept;
  }

  /** All that is stored is in the company file that was applied last. */
  get isAsApplied(): boolean {
    return this.#lastApplied === this.#entities.version;
  }

  /** What a file that was made of an earlier version is laid beside. */
  since(version: number): Promise<ChangesSince | undefined> {
    return this.#parts.repository.since(version);
  }

  wasApplied(hash: string): Promise<boolean> {
    return this.#parts.repository.wasApplied(hash);
  }

  /** Resolves when the work that has been taken so far is done; never rejects. */
  get last(): Promise<unknown> {
    return this.#turns.last;
  }

  /** Does something while nothing changes. */
  meanwhile<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#turns.take(async () => work());
  }

  /**
   * Makes the edits that `edits` names when its turn has come, from what is stored then; so they should be quick to work
   * out. `file`: the company file that they come from; what one keeps is changed by a file alone. Rejects when the store
   * fails.
   */
  change<Fault>(
    by: Doer,
    edits: Edits<Fault>,
    file?: FileToApply,
  ): Promise<Result<Made, Fault | EditRefusal>> {
    return this.#turns.take(async () => {
      for (let tries = 1; ; tries += 1) {
        if (file === undefined && this.#kept !== undefined) return err(keptRefusal(this.#kept));
        const wanted = await edits(this.#entities);
        if (!wanted.ok) return wanted;
        const planned = planChange(this.#entities, wanted.value, this.#editor(by.name));
        if (!planned.ok) return planned;
        const after = planned.value?.after ?? this.#entities;
        const applied = file && this.#applied(file, after, by.name);
        if (await this.#saved(planned.value, applied, by.address))
          return ok(await this.#publish(planned.value));
        if (tries === MAX_TRIES) throw new Error("other processes change the configuration all the time");
        await this.#reload();
      }
    });
  }

  /** What edits would make of what is stored; nothing is changed. */
  async plan<Fault>(
    by: string,
    edits: Edits<Fault>,
  ): Promise<Result<PlannedChange | undefined, Fault | EditRefusal>> {
    const before = this.#entities;
    const wanted = await edits(before);
    return wanted.ok ? planChange(before, wanted.value, this.#editor(by)) : wanted;
  }

  /** What a company file keeps is anybody's to change again. Rejects when the store fails. */
  takeOver(by: Doer): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#kept === undefined) return;
      await this.#parts.repository.takeOver({
        at: this.#parts.wall(),
        by: by.name,
        what: "takeOver",
        version: undefined,
        changes: [],
        ...(by.address !== undefined && { from: by.address }),
      });
      this.#kept = undefined;
    });
  }

  #applied({ hasAll, ...file }: FileToApply, after: Entities, by: string): AppliedFile {
    return { ...file, appliedAt: this.#parts.wall(), appliedBy: by, isAll: hasAll(after) };
  }

  /** False: what is stored is not what the change was made from. */
  async #saved(
    change: PlannedChange | undefined,
    applied: AppliedFile | undefined,
    from: string | undefined,
  ): Promise<boolean> {
    const { repository } = this.#parts;
    if (change !== undefined) {
      if ((await repository.commit(change.delta, auditOf(change, from), applied)) === "stale") return false;
      this.#took(change.delta, change.after);
    } else if (applied !== undefined) await repository.noteApplied(applied);
    if (applied === undefined) return true;
    this.#lastApplied = applied.isAll ? this.#entities.version : undefined;
    const { file, appliedAt, appliedBy } = applied;
    this.#kept = applied.keeps ? { file, appliedAt, appliedBy } : undefined;
    return true;
  }

  #editor(by: string) {
    return {
      by,
      at: this.#parts.wall(),
      identity: (kind: Parameters<typeof buriedAs>[0], key: string): Identity =>
        this.#buried.get(buriedAs(kind, key)) ?? { id: this.#parts.ids.hex(ID_BITS), revision: 0 },
    };
  }

  #took({ put, drop }: EntityDelta, after: Entities): void {
    this.#entities = after;
    for (const entity of put) this.#buried.delete(buriedAs(entity.kind, keyOf(entity)));
    for (const entity of drop) {
      const { id, revision } = entity;
      this.#buried.set(buriedAs(entity.kind, keyOf(entity)), { id, revision });
    }
    for (const place of this.#buried.keys()) {
      if (this.#buried.size <= MAX_BURIED) break;
      this.#buried.delete(place);
    }
  }

  /** Also when nothing changed, where what changed before may not have been taken over. */
  async #publish(change: PlannedChange | undefined): Promise<Made> {
    const entities = this.#entities;
    if (change === undefined && !this.#isBehind) return { change, entities, isLive: true };
    const isLive = await this.#parts.publish(entities, this.#isBehind ? undefined : change);
    this.#isBehind = !isLive;
    return { change, entities, isLive };
  }

  /** Another process has changed what is stored; what it did is published with what is changed next. */
  async #reload(): Promise<void> {
    const { entities, buried, kept, lastApplied } = await this.#parts.repository.load();
    this.#entities = entities;
    this.#buried = new Map(buried);
    this.#kept = kept;
    this.#lastApplied = lastApplied;
    this.#isBehind = true;
  }
}

function keptRefusal(kept: KeptInFile): EditRefusal {
  const sentence = `This is kept in ${kept.file}, applied ${utcMinute(kept.appliedAt)} UTC by ${kept.appliedBy}: change it there, or take it over here. Nothing was changed.`;
  return { code: "kept", sentence, kept };
}
