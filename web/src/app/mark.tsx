import style from "./shell.module.css";
import type { Mark } from "./use-marks.ts";

/** A number of things that go on, or a dot for what needs somebody. */
export function MarkOf({ mark }: { readonly mark: Mark | undefined }) {
  if (mark === undefined) return undefined;
  return mark.count === undefined ? (
    <span className={style["dot"]} role="img" aria-label={mark.said} title={mark.said} />
  ) : (
    <span className={style["count"]} role="img" aria-label={mark.said} title={mark.said}>
      {mark.count}
    </span>
  );
}
