import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../lib/api-error.ts";
import { useLink } from "../lib/live/live.ts";
import { sessionOptions } from "../lib/session.ts";
import style from "./offline-banner.module.css";

const ASKED_EVERY_MS = 3000;

const isLost = (error: Error | null): boolean => error instanceof ApiError && error.status === 0;

/**
 * Says that the server is not there, and goes when it is back. That something is wrong the connection for events tells; whether it
 * is the server, or a session that ended, is asked then. `text`: what is said instead, where nothing can be typed.
 */
export function OfflineBanner({ text }: { readonly text?: string | undefined }) {
  const { t } = useTranslation();
  const link = useLink();
  const { error, refetch } = useQuery({
    ...sessionOptions,
    // It is asked again by the clock, and what is known by then is told at once.
    retry: false,
    refetchInterval: ({ state }) => (link === "lost" || isLost(state.error) ? ASKED_EVERY_MS : false),
    refetchIntervalInBackground: false,
  });
  const isGone = isLost(error);
  useEffect(() => {
    if (link === "lost" || (link === "up" && isGone)) void refetch();
  }, [link, isGone, refetch]);
  if (!isGone) return undefined;
  return (
    <output className={style["offline"]}>
      <IconPlugConnectedX size={18} stroke={1.6} aria-hidden="true" />
      {text ?? t("state.offline")}
    </output>
  );
}
