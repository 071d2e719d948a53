import { createHash } from "node:crypto";
import { z } from "zod";
import type { AnyDocument, AnyKind } from "../model/entities/kinds.ts";

const known = new Map<AnyKind, string>();

/** What a stored document of a kind is read by. */
export function storedSchema(kind: AnyKind): z.ZodType<AnyDocument> {
  return kind.storedSchema ?? kind.schema;
}

/**
 * The shape of a kind's stored documents, as a hash of its schema, so that nobody has to remember to count it on
 * (docs/adr/0066). A document that was checked by the same one is not checked again.
 */
export function shapeOf(kind: AnyKind): string {
  let shape = known.get(kind);
  if (shape === undefined) {
    const schema = z.toJSONSchema(storedSchema(kind), { unrepresentable: "any" });
    shape = createHash("sha256").update(JSON.stringify(schema)).digest("hex").slice(0, 16);
    known.set(kind, shape);
  }
  return shape;
}
