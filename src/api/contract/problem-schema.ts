import { z } from "zod";

/** Something wrong, or questionable, in a document: the same as `DocumentProblem`, for answers. */
export const documentProblem = z.strictObject({
  pointer: z.string().describe("RFC 6901, into the document."),
  severity: z.enum(["error", "warning"]),
  code: z.string().describe("docs/reference/problems.md, of a dial plan plan-problems.md."),
  message: z.string(),
  suggestion: z
    .strictObject({ replace: z.enum(["value", "key"]), with: z.string() })
    .optional()
    .describe("What was probably meant."),
  step: z.string().optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  of: z
    .strictObject({ kind: z.string(), key: z.string() })
    .optional()
    .describe("Where it is not about what was sent: about this, which refers to it."),
});

export type DocumentProblem = z.output<typeof documentProblem>;
