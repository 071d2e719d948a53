import { Button } from "@mantine/core";
import { IconAlertTriangle, IconLock, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../lib/api-error.ts";
import style from "./states.module.css";

/** A place where there is nothing yet: one sentence, one main button, one recipe. */
export function Empty({
  sentence,
  action,
  hint,
}: {
  readonly sentence: ReactNode;
  readonly action?: ReactNode;
  readonly hint?: ReactNode;
}) {
  return (
    <div className={style["empty"]}>
      <p className={style["sentence"]}>{sentence}</p>
      {action}
      {hint === undefined ? undefined : <p className={style["hint"]}>{hint}</p>}
    </div>
  );
}

/** What could not be shown: what, why, what still works, and trying again. */
export function ErrorState({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const said = error instanceof ApiError ? error : undefined;
  const isForbidden = said?.status === 403;
  const Glyph = isForbidden ? IconLock : said?.status === 0 ? IconPlugConnectedX : IconAlertTriangle;
  const title = isForbidden
    ? t("state.notAllowed")
    : said?.status === 404
      ? t("state.notFound")
      : t("state.failed");
  const why = isForbidden
    ? t("state.notAllowedHint")
    : said?.status === 404
      ? t("state.notFoundHint")
      : said?.status === 0
        ? t("state.notReached")
        : `${said?.detail ?? (error instanceof Error ? error.message : "")} ${t("state.failedWhy")}`.trim();
  return (
    <div className={style["error"]} role="alert">
      <Glyph size={24} stroke={1.6} aria-hidden="true" />
      <div>
        <h1>{title}</h1>
        <p>{why}</p>
        {said?.requestId === undefined ? undefined : (
          <p className={style["hint"]}>{t("state.request", { id: said.requestId })}</p>
        )}
        {onRetry === undefined || isForbidden ? undefined : (
          <Button variant="default" onClick={onRetry}>
            {t("do.tryAgain")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** That what a page still shows has been removed meanwhile; what is typed there stays. */
export function Gone({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof ApiError) || error.status !== 404) return undefined;
  return (
    <p className={style["gone"]} role="alert">
      <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" />
      {t("state.gone")}
    </p>
  );
}

/** The layout of a page at once; what moves in it comes after 150 ms. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <output className={style["skeleton"]} aria-label={t("state.loading")}>
      <span />
      <span />
      <span />
      <span />
    </output>
  );
}
