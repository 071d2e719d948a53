import { useState } from "react";
import { afterPress } from "./after-press.ts";
import { ApiError, type DocumentProblem } from "./api-error.ts";
import { isAt, isError, saidAt, withoutField } from "./field-problems.ts";
import { valueAt } from "./merge.ts";

/** What is wrong with the document of a form, and what of it is said by now. */
export interface FormProblems {
  /** What the server, or the rules in this browser, say of a field. */
  readonly errorAt: (path: string) => string | undefined;
  readonly touch: (path: string) => void;
  /** What no field of this form says. */
  readonly problems: readonly DocumentProblem[];
  readonly refusal: ApiError | undefined;
  /** How often saving stopped because of what is wrong here. */
  readonly stops: number;
  /** It is saved now: what was said of the last time is gone, and every field says what is wrong with it. */
  readonly begin: () => void;
  /** It cannot be saved; `isTyped`: what stands in the form is meant, and not what was merged with it. */
  readonly stop: (wrong: readonly DocumentProblem[], isTyped: boolean) => void;
  readonly refuse: (error: Error) => void;
  /** It is saved: nothing was touched since. */
  readonly end: () => void;
}

const NONE = { list: [] as readonly DocumentProblem[], isTyped: false };

/** `own`: what the rules say of the document as it stands in the form. */
export function useFormProblems(document: unknown, own: readonly DocumentProblem[]): FormProblems {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refusal, setRefusal] = useState<ApiError>();
  const [stops, setStops] = useState(0);
  const [unseen, setUnseen] = useState(NONE);
  // Every field that is drawn asks for its fault: what none asks for has no place but the list above the form.
  const [asked] = useState(() => new Set<string>());
  const said = refusal?.problems ?? [];
  const isAllTouched = touched.has("*");
  const { list, isTyped } = unseen;
  return {
    errorAt: (path) => {
      asked.add(path);
      const isSaid = isAllTouched || touched.has(path);
      const found = said.find((one) => isAt(one, path)) ?? own.find((one) => isSaid && isAt(one, path));
      return found === undefined ? undefined : saidAt(found, valueAt(document, path));
    },
    touch: (path) => afterPress(() => setTouched((was) => new Set([...was, path]))),
    problems: isTyped
      ? own.filter((one) => isError(one) && list.some(({ pointer }) => pointer === one.pointer))
      : list,
    refusal,
    stops,
    begin: () => {
      setTouched(new Set(["*"]));
      setRefusal(undefined);
      setUnseen(NONE);
    },
    stop: (wrong, ofTyped) => {
      setStops((count) => count + 1);
      setUnseen({ list: ofTyped ? withoutField(wrong, asked) : wrong, isTyped: ofTyped });
    },
    refuse: (error) => {
      const known = error instanceof ApiError ? error : new ApiError(0, { detail: error.message });
      setRefusal(known);
      setUnseen({ list: withoutField(known.problems, asked), isTyped: false });
    },
    end: () => setTouched(new Set()),
  };
}
