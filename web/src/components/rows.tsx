import type { ReactNode } from "react";
import { Link } from "react-router";
import style from "./rows.module.css";

/** A list of things that can be opened. */
export function Rows({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul className={style["rows"]} aria-label={label}>
      {children}
    </ul>
  );
}

/** A row of such a list; the whole of it leads on. `trail` may hold buttons of its own. */
export function Row({
  to,
  tile,
  title,
  detail,
  state,
  trail,
}: {
  readonly to: string;
  readonly tile?: ReactNode;
  readonly title: ReactNode;
  readonly detail?: ReactNode;
  /** At the right: a badge, a time. */
  readonly state?: ReactNode;
  readonly trail?: ReactNode;
}) {
  return (
    <li className={style["row"]}>
      <Link to={to} className={style["link"]} data-row="">
        {tile}
        <span className={style["text"]}>
          <strong>{title}</strong>
          {detail === undefined ? undefined : <span className={style["detail"]}>{detail}</span>}
        </span>
        {state === undefined ? undefined : <span className={style["state"]}>{state}</span>}
      </Link>
      {trail}
    </li>
  );
}
