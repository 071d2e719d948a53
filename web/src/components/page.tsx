import { IconArrowLeft } from "@tabler/icons-react";
import { type CSSProperties, type ReactNode, type Ref, useEffect } from "react";
import { Link } from "react-router";
import style from "./page.module.css";

/**
 * A page: its head, its content, and what stands beside it. `wide`: the content takes all the room there is; else a list
 * has at most 860 px and a form 720. `headHeight`: in px, of a head that is higher than others; 0: not known yet.
 */
export function Page({
  head,
  headHeight = 0,
  side,
  width = "list",
  children,
}: {
  readonly head?: ReactNode;
  readonly headHeight?: number;
  readonly side?: ReactNode;
  readonly width?: "form" | "list" | "wide";
  readonly children: ReactNode;
}) {
  const measured = headHeight > 0 ? ({ "--head-height": `${headHeight}px` } as CSSProperties) : undefined;
  return (
    <div className={style["page"]} style={measured}>
      {head}
      <div className={style["body"]} data-side={side === undefined ? undefined : ""}>
        <div className={style["main"]}>
          <div className={style[width]}>{children}</div>
        </div>
        {side}
      </div>
    </div>
  );
}

/** The sticky head of a page: where we are, what it is, what can be done. */
export function PageHead({
  title,
  crumb,
  badge,
  meta,
  actions,
  documentTitle,
}: {
  readonly title: ReactNode;
  /** `isBack`: the page is one of a list, to which it leads back. */
  readonly crumb?: { readonly to: string; readonly label: string; readonly isBack?: true };
  readonly badge?: ReactNode;
  /** One line of facts beside the title. */
  readonly meta?: ReactNode;
  readonly actions?: ReactNode;
  /** For the browser's tab, where the title is no text. */
  readonly documentTitle?: string;
}) {
  const name = documentTitle ?? (typeof title === "string" ? title : undefined);
  useEffect(() => {
    document.title = name === undefined || name === "" ? "Switchhook" : `${name} · Switchhook`;
  }, [name]);
  return (
    <div className={style["head"]}>
      <div className={style["what"]}>
        {crumb === undefined ? undefined : (
          <Link to={crumb.to} className={style["crumb"]} data-back={crumb.isBack && ""}>
            <IconArrowLeft size={14} className={style["arrow"]} aria-hidden="true" />
            {crumb.label}
          </Link>
        )}
        <div className={style["title"]}>
          <h1>{title}</h1>
          {badge}
          {meta === undefined ? undefined : <div className={style["meta"]}>{meta}</div>}
        </div>
      </div>
      {actions === undefined ? undefined : <div className={style["actions"]}>{actions}</div>}
    </div>
  );
}

/**
 * What stands beside the content, with a scroll of its own; where it is narrow below it, or above what it is about. With a `ref` it
 * can be given the focus.
 */
export function SidePanel({
  ref,
  label,
  width = "normal",
  narrow = "below",
  children,
}: {
  readonly ref?: Ref<HTMLElement>;
  readonly label: string;
  readonly width?: "normal" | "details" | "try";
  readonly narrow?: "below" | "above";
  readonly children: ReactNode;
}) {
  return (
    <aside
      ref={ref}
      tabIndex={ref === undefined ? undefined : -1}
      className={style["side"]}
      data-width={width}
      data-narrow={narrow}
      aria-label={label}
    >
      {children}
    </aside>
  );
}

/** A part of a page with a title. */
export function Section({
  title,
  help,
  actions,
  children,
}: {
  readonly title: string;
  readonly help?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={style["section"]}>
      <div className={style["sectionHead"]}>
        <div>
          <h2>{title}</h2>
          {help === undefined ? undefined : <p className={style["help"]}>{help}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
