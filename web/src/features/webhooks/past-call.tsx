import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { CallSummary } from "../../../../src/model/repositories.ts";
import { request } from "../../lib/api.ts";
import { dayTime } from "../../lib/format.ts";
import { useWrittenNumber } from "../../lib/phone-number.ts";

/** So many of the last calls are offered. */
const OFFERED = 20;

type PastCall = Pick<CallSummary, "id" | "startedAt" | "caller" | "callerName" | "called">;

/** The last calls: one that is chosen gives its numbers and its name to the trial. */
export function PastCallSelect({ onChoose }: { readonly onChoose: (call: PastCall) => void }) {
  const { t } = useTranslation("webhooks");
  const written = useWrittenNumber();
  const { data } = useQuery({
    queryKey: ["calls", "past", OFFERED],
    queryFn: ({ signal }) =>
      request<{ readonly items: readonly PastCall[] }>("GET", "/calls", {
        query: { limit: OFFERED },
        signal,
      }),
  });
  const calls = data?.items ?? [];
  return (
    <Select
      label={t("try.past")}
      placeholder={t("try.choose")}
      value={null}
      disabled={calls.length === 0}
      data={calls.map(({ id, startedAt, caller, called }) => ({
        value: id,
        label: `${dayTime(startedAt)} ${written(caller) || t("try.anonymous")} → ${written(called)}`,
      }))}
      comboboxProps={{ width: "max-content", position: "bottom-end" }}
      onChange={(id) => {
        const chosen = calls.find((call) => call.id === id);
        if (chosen !== undefined) onChoose(chosen);
      }}
    />
  );
}
