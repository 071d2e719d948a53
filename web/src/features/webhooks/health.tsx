import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { WebhookFigures } from "../../../../src/model/webhook-requests.ts";
import { StatusBadge } from "../../components/status-badge.tsx";
import { request } from "../../lib/api.ts";
import { duration, number } from "../../lib/format.ts";
import { useUnlessLive } from "../../lib/live/live.ts";

interface Health {
  readonly state: "healthy" | "slow" | "failing" | "idle";
  readonly today: WebhookFigures;
}

const ASKED_EVERY_MS = 30_000;

function useHealth(id: string): Health | undefined {
  return useQuery({
    queryKey: ["webhook", "health", id],
    queryFn: ({ signal }) => request<Health>("GET", `/webhooks/${encodeURIComponent(id)}/health`, { signal }),
    refetchInterval: useUnlessLive(ASKED_EVERY_MS),
  }).data;
}

const TONES = { healthy: "good", slow: "warn", failing: "bad", idle: "neutral" } as const;

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
  if (health === undefined || health.today.requests === 0) return undefined;
  const { requests, failures, p50Ms } = health.today;
  const percent = `${number((100 * (requests - failures)) / requests, failures === 0 ? 0 : 1)} %`;
  return (
    <>
      {t("health.today", { count: requests })}
      {p50Ms === undefined ? "" : ` · ${t("health.median", { time: duration(p50Ms) })}`}
      {` · ${t("health.answered", { percent })} · `}
    </>
  );
}
