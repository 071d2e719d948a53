import { useEffect, useEffectEvent, useState } from "react";

/** What is typed into a field that searches, and what the address of the page says of it. */
export interface Typed {
  readonly text: string;
  /** What the address said last. */
  readonly value: string;
  /** Given to the address and not seen in it yet, oldest first: what comes back of these is no news. */
  readonly given: readonly string[];
}

/** The address says something else: one's own text that arrives changes nothing, anything else is what the field shows from now on. */
export function heard(typed: Typed, value: string): Typed {
  const at = typed.given.indexOf(value);
  return at < 0 ? { text: value, value, given: [] } : { ...typed, value, given: typed.given.slice(at + 1) };
}

/** What was typed goes to the address. */
export function told(typed: Typed): Typed {
  return { ...typed, given: [...typed.given, typed.text] };
}

/**
 * The text of a field whose `value` stands in the address: `onChange` is given it when nothing was typed for so long, and a link or a
 * button that changes the address changes the field.
 */
export function useTypedText(
  value: string,
  onChange: (text: string) => void,
  waitMs: number,
): readonly [text: string, type: (text: string) => void] {
  const [typed, setTyped] = useState<Typed>({ text: value, value, given: [] });
  if (typed.value !== value) setTyped(heard(typed, value));
  const { text } = typed;
  const tell = useEffectEvent(() => {
    setTyped(told);
    onChange(text);
  });
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => tell(), waitMs);
    return () => clearTimeout(timer);
  }, [text, value, waitMs]);
  return [text, (next) => setTyped((now) => ({ ...now, text: next }))];
}
