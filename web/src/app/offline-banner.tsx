import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError } from "../lib/api-error.ts";
import { sessionOptions } from "../lib/session.ts";
import style from "./shell.module.css";

const ASKED_EVERY_MS = 20_000;
const LOST_ASKED_EVERY_MS = 3000;

const isLost = (error: Error | null): boolean => error instanceof ApiError && error.status === 0;

/** Says that the server is not there, and goes when it is back: it is asked again and again meanwhile. */
export function OfflineBanner() {
  const { t } = useTranslation();
  const { error } = useQuery({
    ...sessionOptions,
    refetchInterval: ({ state }) => (isLost(state.error) ? LOST_ASKED_EVERY_MS : ASKED_EVERY_MS),
    refetchIntervalInBackground: false,
  });
  if (!isLost(error)) return undefined;
  return (
    <output className={style["offline"]}>
      <IconPlugConnectedX size={18} stroke={1.6} aria-hidden="true" />
      {t("state.offline")}
    </output>
  );
}
