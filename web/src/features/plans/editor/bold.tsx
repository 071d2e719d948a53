import { Fragment, type ReactNode } from "react";

/** A sentence with `<b>…</b>` in it, as a translator writes it; nothing else in it is markup. */
export function Bold({ text }: { readonly text: string }): ReactNode {
  return text.split(/<b>(.*?)<\/b>/).map((part, index) =>
    // Every second part stood between the marks.
    index % 2 === 1 ? (
      <b key={`${index} ${part}`}>{part}</b>
    ) : (
      <Fragment key={`${index} ${part}`}>{part}</Fragment>
    ),
  );
}
