import type { z } from "zod";
import type { Directory } from "../../dialplan/directory.ts";
import type { Masker } from "../../lib/masker.ts";
import type { DocumentPath, Problem } from "../problem.ts";
import type { ProblemCode } from "../problem-codes.ts";
import type { Ha1 } from "../snapshot.ts";
import type { SnapshotPart, SnapshotPut, SnapshotSet } from "../snapshot-change.ts";

/** Documents of a kind stand in a list of the company file. */
export interface ListPlace<Key extends string> {
  readonly type: "list";
  readonly key: Key;
  readonly most: number;
}

/** The one document of a kind stands under a key, and may be left out. */
export interface SinglePlace<Key extends string> {
  readonly type: "single";
  readonly key: Key;
}

/** The keys of the one document of a kind stand at the top. */
export interface TopPlace {
  readonly type: "top";
  readonly keys: readonly string[];
}

/** Where documents of a kind stand in the company file. */
export type Place = ListPlace<string> | SinglePlace<string> | TopPlace;

/** A document names an entity. */
export interface Reference {
  readonly kind: string;
  readonly key: string;
  /** Where in the document. */
  readonly path: DocumentPath;
  /** It is only looked for: that it is not there is no problem, and it may go. */
  readonly weak?: boolean;
}

/** What else there is, for the checks of one document. */
export interface Around {
  has(kind: string, key: string): boolean;
  keys(kind: string): Iterable<string>;
  /** What plans may refer to. */
  readonly directory: Directory;
  /** CIDRs of networks of one's own that webhooks may reach. */
  readonly webhookNetworks: readonly string[];
}

/** Gives the secret that is kept where none is given, or reports at a path of the document that there is none. */
export interface Keep {
  readonly secret: (
    given: string | undefined,
    stored: string | undefined,
    path: DocumentPath,
  ) => string | undefined;
  /** Masks all secrets that are stored, as an export does; dear. */
  readonly mask: (text: string) => string;
}

/** What of a document is secret, and how that is shown, kept and put away. */
export interface Secrets<Document> {
  /** Every secret value in it, `***` included. */
  values(document: Document): readonly string[];
  /** As it is shown; `mask` masks all secrets of the company in a text. */
  masked(document: Document, mask: Masker): Document;
  /** With the secrets that it leaves out or writes as `***` taken from what is stored under its key. */
  kept(document: Document, stored: Document | undefined, keep: Keep): Document;
  /** Takes the secret out: the document without it, and the secret. */
  split(document: Document): readonly [rest: Document, secret: string | undefined];
  join(rest: Document, secret: string): Document;
}

/** What a projection needs besides the document. */
export interface ProjectParts {
  readonly realm: string;
  /** Digest hashes of a user name and password over the realm. */
  readonly ha1: (username: string, password: string) => Ha1;
  /** Where the converted files of a sound are, without their endings. */
  readonly soundPath: (content: string) => string;
  readonly directory: Directory;
}

interface Kept {
  readonly id: string;
  readonly revision: number;
}

/** What calls see of a kind: an entry of a map for each document, something made of all of them in their order, or both. */
export interface Projection<Document> {
  /** The map; absent: none. */
  readonly part?: SnapshotPart;
  /** Undefined: calls do not see it. `kept`: which entity it is, and how often it has changed. */
  entry?(document: Document, parts: ProjectParts, kept: Kept): SnapshotPut | undefined;
  whole?(documents: readonly Document[], parts: ProjectParts): SnapshotSet;
}

/** One kind of entity: all that there is to know of it. `kinds.ts` lists the kinds; everything else follows from them. */
export interface EntityKind<Name extends string, Document, Where extends Place = Place> {
  readonly kind: Name;
  /** In a sentence: `There is no phone "217".` */
  readonly noun: string;
  readonly place: Where;
  readonly schema: z.ZodType<Document>;
  /** Of what is stored, where that has or may be more than what is written today. */
  readonly storedSchema?: z.ZodType<Document>;
  /** A document as the company file has it, where that is not all of it. */
  written?(document: Document): Document;
  /** What others refer to it by; empty for what there is one of. */
  key(document: Document): string;
  /** The setting that is the key; undefined for what there is one of. */
  readonly keyField: string | undefined;
  /** What its keys are, in a sentence. Keys of kinds that call them the same must differ from each other. */
  readonly keySpace: string;
  /** Keys that are there without an entity. */
  readonly builtIn: readonly string[];
  references(document: Document): readonly Reference[];
  /** What others look at when they are checked: where that stays the same, they need no new check. */
  seen(document: Document): string;
  /** `check` tells of references whose thing is not there; else that is done for the kind. */
  readonly tellsOfMissing?: true;
  /** What is wrong with a document of the right shape; paths are those of the document. */
  check(document: Document, around: Around): readonly Problem[];
  readonly secrets: Secrets<Document>;
  readonly project: Projection<Document>;
}

/** For kinds whose users only ask whether it is there. */
export const seenByName = (): string => "";

/** For kinds without secrets. */
export const noSecrets: Secrets<never> = {
  values: () => [],
  masked: (document) => document,
  kept: (document) => document,
  split: (document) => [document, undefined],
  join: (rest) => rest,
};

export function problem(path: DocumentPath, code: ProblemCode, message: string): Problem {
  return { path, severity: "error", code, message };
}

export function warning(path: DocumentPath, code: ProblemCode, message: string): Problem {
  return { path, severity: "warning", code, message };
}

/** A stored password; that there is none is a bug of ours. */
export function storedPassword(password: string | undefined, owner: string): string {
  if (password === undefined || password === KEPT_SECRET)
    throw new Error(`${owner} was saved without its password`);
  return password;
}

/** Stands for a secret in an export; on apply it means "keep the one that is stored". */
export const KEPT_SECRET = "***";
