import { z } from "zod";
import type { ListPlace, SinglePlace } from "./entities/kind.ts";
import {
  type AnyDocument,
  type AnyKind,
  type DocumentOf,
  type KINDS,
  type KindName,
  kinds,
} from "./entities/kinds.ts";
import type { DocumentPath } from "./problem.ts";
import { strictObject } from "./strict-object.ts";

// The company document: one schema for the YAML file and the API, put together from the kinds of entity. What it accepts is
// only the shape; what the parts say about each other is company-checks.ts.

/** What a kind adds to the company document. */
type Part<Name extends KindName> =
  (typeof KINDS)[Name]["place"] extends ListPlace<infer Key>
    ? { readonly [At in Key]: readonly DocumentOf<Name>[] }
    : (typeof KINDS)[Name]["place"] extends SinglePlace<infer Key>
      ? { readonly [At in Key]?: DocumentOf<Name> | undefined }
      : DocumentOf<Name>;

type AllOf<Union> = (Union extends unknown ? (part: Union) => void : never) extends (part: infer All) => void
  ? All
  : never;

/** What a file says of itself. */
export interface FileFacts {
  /** The version of the configuration that it was made of. */
  readonly basedOn?: number | undefined;
  /** Tells that version from those of this number in other installations. */
  readonly basedOnMark?: string | undefined;
  /** What is in it is changed in it alone. */
  readonly keptIn?: "file" | undefined;
}

/** A company document that has the right shape, every default filled in. */
export type Company = { readonly version: 1 } & FileFacts &
  AllOf<{ [Name in KindName]: Part<Name> }[KindName]>;

function shapeOf({ place, schema }: AnyKind): Readonly<Record<string, z.ZodType>> {
  switch (place.type) {
    case "list":
      return { [place.key]: z.array(schema).max(place.most).default([]) };
    case "single":
      return { [place.key]: schema.optional() };
    case "top":
      // Its keys are settings beside the lists.
      return schema instanceof z.ZodObject ? schema.shape : {};
  }
}

/** What the keys of the file itself are, for those who read about them. */
export const FILE_FACTS: Readonly<Record<keyof FileFacts, string>> = {
  basedOn:
    "The version of the configuration that the file was made of: `export` writes it. An apply takes what the file changed since, keeps what was changed elsewhere, and refuses what both changed.",
  basedOnMark: "Tells this version from that of another installation; `export` writes it.",
  keptIn:
    "`file`: what the file has is changed in it alone. The interface shows it and does not change it; drafts can be made.",
};

const shape: Readonly<Record<string, z.ZodType>> = Object.fromEntries([
  ["version", z.literal(1, "This release reads version 1 of the company file.")] as const,
  ["basedOn", z.int().min(0).optional().describe(FILE_FACTS.basedOn)] as const,
  [
    "basedOnMark",
    z
      .string()
      .regex(/^[0-9a-f]{12}$/, "This is written by an export: leave it as it was, or leave it out.")
      .optional()
      .describe(FILE_FACTS.basedOnMark),
  ] as const,
  ["keptIn", z.literal("file").optional().describe(FILE_FACTS.keptIn)] as const,
  ...kinds.flatMap((kind) => Object.entries(shapeOf(kind))),
]);

// What stands under which key is said by `Part`, which TypeScript cannot follow through a table.
export const companySchema = strictObject(shape) as unknown as z.ZodType<Company>;

/** The keys of the document in the order in which they are written. */
export const COMPANY_KEYS: readonly string[] = Object.keys(shape);

/** A document of a company with its place. */
export interface PlacedDocument {
  readonly path: DocumentPath;
  readonly document: AnyDocument;
}

/** The documents of a kind in a company, in their order. */
export function documentsOf(company: Company, { place }: AnyKind): readonly PlacedDocument[] {
  const at = company as unknown as Readonly<Record<string, unknown>>;
  switch (place.type) {
    case "list": {
      const documents = at[place.key] as readonly AnyDocument[];
      return documents.map((document, index) => ({ path: [place.key, index], document }));
    }
    case "single": {
      const document = at[place.key] as AnyDocument | undefined;
      return document === undefined ? [] : [{ path: [place.key], document }];
    }
    case "top": {
      // What was left out stays so.
      const document = Object.fromEntries(
        place.keys.flatMap((key) => (at[key] === undefined ? [] : [[key, at[key]]])),
      );
      return [{ path: [], document: document as unknown as AnyDocument }];
    }
  }
}

/** The company that has these documents of each kind, in their order. */
export function companyWith(documents: (kind: AnyKind) => readonly AnyDocument[]): Company {
  const parts = kinds.map((kind): object => {
    const own = documents(kind).map((document) => kind.written?.(document) ?? document);
    if (kind.place.type === "list") return { [kind.place.key]: own };
    const [only] = own;
    return only === undefined ? {} : kind.place.type === "top" ? only : { [kind.place.key]: only };
  });
  return Object.assign({ version: 1 }, ...parts) as Company;
}
