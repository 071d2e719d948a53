import { CloseButton } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import style from "./toast.module.css";

/** A message that goes by itself; `undo` puts back what was done. */
export interface ToastText {
  readonly text: string;
  readonly tone?: "good" | "bad";
  readonly undo?: (() => void) | undefined;
}

const SHOWN_MS = 10_000;
const MOST = 3;

const ToastContext = createContext<(toast: ToastText) => void>(() => {});

/** Shows a message at the bottom for ten seconds. */
export function useToast(): (toast: ToastText) => void {
  return useContext(ToastContext);
}

type Shown = ToastText & { readonly id: number };

/** Where messages appear. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const last = useRef(0);
  const drop = useCallback((id: number) => setShown((all) => all.filter((one) => one.id !== id)), []);
  const show = useCallback(
    (toast: ToastText) => {
      last.current += 1;
      const id = last.current;
      setShown((all) => [...all.slice(1 - MOST), { ...toast, id }]);
      setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  return (
    <ToastContext value={show}>
      {children}
      <section className={style["region"]} aria-label={t("toast.region")} aria-live="polite">
        {shown.map(({ id, text, tone, undo }) => (
          <div key={id} className={style["toast"]} data-tone={tone}>
            <span>{text}</span>
            {undo === undefined ? undefined : (
              <button
                type="button"
                className={style["undo"]}
                onClick={() => {
                  undo();
                  drop(id);
                }}
              >
                {t("do.undo")}
              </button>
            )}
            <CloseButton
              size="sm"
              aria-label={t("do.close")}
              onClick={() => drop(id)}
              className={style["close"] ?? ""}
            />
          </div>
        ))}
      </section>
    </ToastContext>
  );
}
