import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "../../components/status-badge.tsx";
import { request } from "../../lib/api.ts";
import { duration, number } from "../../lib/format.ts";

interface Health {
  readonly state: "healthy" | "slow" | "failing" | "unknown";
  readonly requests: number;
  readonly answered: number;
  readonly medianMs: number | null;
}

function useHealth(id: string): Health | undefined {
  return useQuery({
    queryKey: ["webhook", "health", id],
    queryFn: ({ signal }) => request<Health>("GET", `/webhooks/${encodeURIComponent(id)}/health`, { signal }),
    refetchInterval: 30_000,
  }).data;
}

const TONES = { healthy: "good", slow: "warn", failing: "bad", unknown: "neutral" } as const;

/** How a webhook does, in a word. */
export function HealthBadge({ id }: { readonly id: string }) {
  const { t } = useTranslation("webhooks");
  const health = useHealth(id);
  if (health === undefined) return undefined;
  return <StatusBadge tone={TONES[health.state]}>{t(`health.${health.state}`)}</StatusBadge>;
}

/** The same in numbers. */
export function HealthFacts({ id }: { readonly id: string }) {
  const { t } = useTranslation("webhooks");
  const health = useHealth(id);
  if (health === undefined || health.requests === 0) return undefined;
  const percent = `${number((100 * health.answered) / health.requests, 1)} %`;
  return (
    <>
      {t("health.today", { count: health.requests })}
      {health.medianMs === null ? "" : ` · ${t("health.median", { time: duration(health.medianMs) })}`}
      {` · ${t("health.answered", { percent })} · `}
    </>
  );
}
