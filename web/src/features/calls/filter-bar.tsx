import { Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { allOptions } from "../../lib/all-entities.ts";
import { RESULTS } from "../../lib/call-results.ts";
import { useShortcuts } from "../../lib/shortcuts.ts";
import { useTypedText } from "../../lib/typed-text.ts";
import style from "./filter-bar.module.css";
import type { Filters } from "./filters.ts";

/** Typing is over when nothing came for so long. */
const TYPED_MS = 250;

/** What of the list is shown; all of it stands in the address of the page. */
export function FilterBar({
  filters,
  onChange,
}: {
  readonly filters: Filters;
  readonly onChange: (changed: Filters) => void;
}) {
  const { t } = useTranslation("calls");
  const { t: shell } = useTranslation();
  const plans = useNames("plan");
  const webhooks = useNames("webhook");
  return (
    <search className={style["bar"]}>
      <SearchBox value={filters.q ?? ""} onChange={(q) => onChange({ q })} />
      <Select
        aria-label={t("filter.show")}
        data={[
          { value: "call", label: t("filter.calls") },
          { value: "stranger,registration", label: t("filter.refused") },
        ]}
        value={filters.kind ?? "call"}
        onChange={(kind) => onChange({ kind: kind === "call" ? "" : (kind ?? "") })}
        allowDeselect={false}
      />
      <Select
        aria-label={t("filter.result")}
        placeholder={t("filter.any")}
        data={RESULTS.map((result) => ({ value: result, label: shell(`result.${result}`) }))}
        value={filters.result ?? null}
        onChange={(result) => onChange({ result: result ?? "" })}
        clearable
      />
      <Select
        aria-label={t("filter.plan")}
        placeholder={t("filter.anyPlan")}
        data={plans}
        value={filters.plan ?? null}
        onChange={(plan) => onChange({ plan: plan ?? "" })}
        clearable
        searchable
      />
      <Select
        aria-label={t("filter.webhook")}
        placeholder={t("filter.anyWebhook")}
        data={webhooks}
        value={filters.webhook ?? null}
        onChange={(webhook) => onChange({ webhook: webhook ?? "" })}
        clearable
        searchable
      />
      <TextInput
        type="date"
        className={style["date"] ?? ""}
        classNames={{ section: style["word"] ?? "" }}
        leftSectionWidth={60}
        leftSection={<span aria-hidden="true">{t("filter.from")}</span>}
        aria-label={t("filter.from")}
        value={filters.from ?? ""}
        onChange={({ currentTarget }) => onChange({ from: currentTarget.value })}
      />
      <TextInput
        type="date"
        className={style["date"] ?? ""}
        classNames={{ section: style["word"] ?? "" }}
        leftSectionWidth={60}
        leftSection={<span aria-hidden="true">{t("filter.to")}</span>}
        aria-label={t("filter.to")}
        value={filters.to ?? ""}
        onChange={({ currentTarget }) => onChange({ to: currentTarget.value })}
      />
    </search>
  );
}

function SearchBox({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const { t } = useTranslation("calls");
  const [text, setText] = useTypedText(value, onChange, TYPED_MS);
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ "/": () => field.current?.focus() });
  return (
    <TextInput
      ref={field}
      type="search"
      className={style["search"] ?? ""}
      aria-label={t("search")}
      placeholder={t("search")}
      leftSection={<IconSearch size={16} />}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
    />
  );
}

/** Names of what there is now; a filter of one that is gone stands in the address all the same. */
function useNames(kind: "plan" | "webhook"): readonly string[] {
  const { data } = useQuery(allOptions<unknown>(kind, `/${kind}s`));
  return data?.map(({ key }) => key) ?? [];
}
