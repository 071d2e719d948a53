import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import style from "./follows-the-end.module.css";

/** So near to the end of the page, somebody looks at its end. */
const END_PX = 160;

/**
 * The rows of a call that is up are followed by whoever looks at their end; for others nothing moves, and a button says how many are
 * new. Only rows that come while it stands are new: of a call that is over there are none.
 */
export function FollowsTheEnd({ rows }: { readonly rows: number }) {
  const { t } = useTranslation("calls");
  /** As many were there when somebody looked at the end last. */
  const [seen, setSeen] = useState(rows);
  /** How far the page was scrolled when that was at its end; remembered, as once rows are in, that is further up. */
  const end = useRef<number>(undefined);
  const look = useEffectEvent(() => {
    end.current = isAtEnd() ? scrollY : undefined;
    if (end.current !== undefined) setSeen(rows);
  });
  const follow = (): void => {
    scrollTo({ top: document.documentElement.scrollHeight });
    end.current = scrollY;
    setSeen(rows);
  };
  const onRows = useEffectEvent((now: number) => {
    // Further up than then: somebody has just turned away from the end.
    if (now !== seen && end.current !== undefined && scrollY >= end.current) follow();
  });
  useEffect(() => {
    const listener = (): void => look();
    listener();
    addEventListener("scroll", listener, { passive: true });
    return () => removeEventListener("scroll", listener);
  }, []);
  // Before it is painted, so that the button is not seen in between.
  useLayoutEffect(() => onRows(rows), [rows]);
  return (
    <output className={style["place"]}>
      {rows > seen ? (
        <Button
          className={style["button"] ?? ""}
          size="xs"
          rightSection={<IconArrowDown size={14} aria-hidden="true" />}
          onClick={follow}
        >
          {t("newRows", { count: rows - seen })}
        </Button>
      ) : undefined}
    </output>
  );
}

function isAtEnd(): boolean {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight - scrollY - clientHeight < END_PX;
}
