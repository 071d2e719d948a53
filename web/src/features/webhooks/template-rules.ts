import { parseTemplate } from "../../../../src/dialplan/template.ts";
import type { DocumentOf } from "../../../../src/model/entities/kinds.ts";
import type { DocumentProblem } from "../../lib/api-error.ts";

/** What is wrong with the URL template; an empty one is the schema's to say. */
export function templateProblems({ urlTemplate }: DocumentOf<"webhook">): readonly DocumentProblem[] {
  if (urlTemplate === "") return [];
  const template = parseTemplate(urlTemplate);
  if (template.ok) return [];
  return template.error.map(({ message }) => ({ pointer: "/urlTemplate", code: "badTemplate", message }));
}

/** What is worth a thought about a template that is right. */
export type TemplateWarning =
  | { readonly code: "code" | "codeUnused" | "codeEmpty" | "plain" }
  /** A placeholder as another program writes it, or an `&` as a web page does. */
  | { readonly code: "slip" | "slipAmpersand"; readonly written: string; readonly right: string };

export function templateWarnings({
  urlTemplate,
  ivr,
  method,
}: DocumentOf<"webhook">): readonly TemplateWarning[] {
  const hasCode = urlTemplate.includes("{code}");
  const isPlain =
    /^http:/i.test(urlTemplate.trim()) && !/^http:\/\/(?:127\.|localhost|\[::1\])/i.test(urlTemplate.trim());
  const parsed = parseTemplate(urlTemplate);
  const slips = (parsed.ok ? parsed.value.slips : []).map(({ written, right }) => {
    return { code: right === "&" ? ("slipAmpersand" as const) : ("slip" as const), written, right };
  });
  const codes = [
    ...(hasCode ? [ivr === undefined ? ("codeEmpty" as const) : ("code" as const)] : []),
    ...(!hasCode && ivr !== undefined && method !== "POST" ? ["codeUnused" as const] : []),
    ...(isPlain ? ["plain" as const] : []),
  ];
  return [...slips, ...codes.map((code) => ({ code }))];
}
