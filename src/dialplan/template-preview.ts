import type { WebhookValues } from "./command.ts";
import { expandTemplate, parseTemplate, type TemplatePart } from "./template.ts";
import type { Placeholder } from "./template-pieces.ts";
import { slipSentence } from "./template-slips.ts";

/** What a form shows before there was a call. */
export const SAMPLE_VALUES: WebhookValues = {
  did: "+31501234567",
  callerid: "+31612345678",
  callername: "Jan Jansen",
  code: "1234",
  callid: "4bf92f3577b34da6a3ce929d0e0e4736",
};

/** A stretch of the filled-in address. */
export interface PreviewPiece {
  readonly text: string;
  /** The value that stands there; undefined: the template's own text. */
  readonly of?: Placeholder;
}

/** What is wrong with a template, and where it stands in it. */
export interface PreviewProblem {
  readonly part: TemplatePart;
  /** UTF-16 units from the beginning of the template; both 0 where the place is not told, for a secret may stand there. */
  readonly from: number;
  readonly to: number;
  /** A sentence. */
  readonly text: string;
}

export type TemplatePreview =
  | {
      readonly ok: true;
      /** As it is sent, without user and password. */
      readonly url: string;
      /** As stories and logs show it. */
      readonly masked: string;
      readonly pieces: readonly PreviewPiece[];
      /** Sentences. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly PreviewProblem[] };

/** A template with these values filled in, or what is wrong with it. Pure; the form shows it while somebody types. */
export function previewTemplate(text: string, values: WebhookValues = SAMPLE_VALUES): TemplatePreview {
  const parsed = parseTemplate(text);
  if (!parsed.ok) {
    const places = new Places(text);
    const problems = parsed.error.map(({ part, offending, message }) => {
      return { part, ...places.next(offending), text: message };
    });
    return { ok: false, problems };
  }
  const template = parsed.value;
  const { url, masked } = expandTemplate(template, values);
  return {
    ok: true,
    url,
    masked,
    pieces: piecesOf(template, values),
    warnings: [...template.slips.map(slipSentence), ...template.warnings],
  };
}

/** The same walk as the expansion, with each value by itself: expanding with all others empty would not show the dots rule. */
function piecesOf(
  template: Parameters<typeof expandTemplate>[0],
  values: WebhookValues,
): readonly PreviewPiece[] {
  const alone = template.pieces.flatMap((piece): PreviewPiece[] => {
    const { target } = expandTemplate({ ...template, pieces: [piece] }, values);
    if (piece.kind === "text") return [{ text: target }];
    if (piece.kind === "value") return [{ text: target, of: piece.name }];
    if (target === "") return piece.names.map((of) => ({ text: "", of }));
    return piece.names.map((of) => ({ text: expandValue(of, values), of }));
  });
  return [{ text: template.origin }, ...alone];
}

function expandValue(name: Placeholder, values: WebhookValues): string {
  const piece = { kind: "value", name } as const;
  const template = {
    origin: "",
    secure: false,
    credentials: undefined,
    warnings: [],
    slips: [],
    pieces: [piece],
  };
  return expandTemplate(template, values).target;
}

/** Finds what problems quote, each further one behind the one before it. */
class Places {
  readonly #text: string;
  readonly #after = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  next(quoted: string): { readonly from: number; readonly to: number } {
    const wanted = quoted.endsWith("…") ? quoted.slice(0, -1) : quoted;
    const from = wanted === "" ? -1 : this.#text.indexOf(wanted, this.#after.get(wanted) ?? 0);
    if (from < 0) return { from: 0, to: 0 };
    const to = from + wanted.length;
    this.#after.set(wanted, to);
    return { from, to };
  }
}
