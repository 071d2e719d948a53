import { Button } from "@mantine/core";
import { IconPhoneOutgoing } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useDialogOf } from "../lib/later.ts";
import { useMay } from "../lib/session.ts";
import style from "./call-now.module.css";
import type { Callable } from "./call-now-dialog.tsx";

const load = () => import("./call-now-dialog.tsx");

const OPEN = "call";

/** The button that places a real call, and its dialog, which has an address of its own: `?call=1`. */
export function CallNow({
  isNamed = false,
  ...callable
}: Callable & {
  /** Also on a phone, where there is room. */
  readonly isNamed?: boolean;
}) {
  const { t } = useTranslation();
  const may = useMay("operator");
  const [params, setParams] = useSearchParams();
  const isOpen = params.has(OPEN);
  const set = (open: boolean): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (open) next.set(OPEN, "1");
        else next.delete(OPEN);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const { Dialog } = useDialogOf(may ? load : undefined, isOpen && may, () => set(false));
  if (!may) return undefined;
  return (
    <>
      <Button
        variant="default"
        {...(isNamed
          ? {}
          : {
              className: style["button"] ?? "",
              classNames: { label: style["label"] ?? "", section: style["glyph"] ?? "" },
            })}
        aria-label={t("callNow.do")}
        leftSection={<IconPhoneOutgoing size={17} stroke={1.7} aria-hidden="true" />}
        onClick={() => set(true)}
      >
        {t("callNow.do")}
      </Button>
      {Dialog === undefined ? undefined : <Dialog {...callable} isOpen={isOpen} onClose={() => set(false)} />}
    </>
  );
}
