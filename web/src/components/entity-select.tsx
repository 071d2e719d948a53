import { MultiSelect, Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Entity, type ListKind, useEntities } from "../lib/entities.ts";
import { useWrittenNumber } from "../lib/phone-number.ts";

const MOST_SHOWN = 60;
const WAIT_MS = 150;

interface Common {
  readonly kind: ListKind;
  readonly label?: string;
  readonly description?: string;
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly "aria-label"?: string;
  readonly onBlur?: () => void;
}

/** Names of things that come with Switchhook, without being anybody's. */
interface Extra {
  readonly extra?: readonly string[];
}

function useChoices(kind: ListKind, q: string, extra: readonly string[]) {
  const [asked] = useDebouncedValue(q, WAIT_MS);
  const { data } = useEntities(kind, asked);
  const written = useWrittenNumber();
  const found = (data?.pages ?? []).flatMap(({ items }) => items);
  const own = found.map((entity) => ({ value: entity.key, label: shownAs(entity, written) }));
  const more = extra.filter((key) => key.includes(q)).map((key) => ({ value: key, label: key }));
  return [...own, ...more];
}

/** `215 Reception`, `+31 50 123 4567`, `CRM`. */
function shownAs({ kind, key, document }: Entity<unknown>, written: (text: string) => string): string {
  const name = (document as { readonly name?: unknown }).name;
  if (kind === "number") return written(key);
  return typeof name === "string" && name !== key ? `${key} ${name}` : key;
}

/** One of the things of a kind, found by typing; its value is the thing's key. */
export function EntitySelect({
  value,
  onChange,
  extra = [],
  clearable = true,
  ...rest
}: Common &
  Extra & {
    readonly value: string | undefined;
    readonly onChange: (key: string | undefined) => void;
    readonly placeholder?: string;
    readonly clearable?: boolean;
  } & Pick<SelectProps, "rightSection" | "id">) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [isTyping, setTyping] = useState(false);
  const choices = useChoices(rest.kind, isTyping ? search : "", extra);
  const missing = value !== undefined && !choices.some((one) => one.value === value);
  const data = missing ? [{ value, label: value }, ...choices] : choices;
  const { kind: _kind, ...props } = rest;
  return (
    <Select
      {...props}
      searchable
      clearable={clearable}
      clearButtonProps={{ "aria-label": t("do.remove") }}
      allowDeselect={clearable}
      limit={MOST_SHOWN}
      data={data}
      value={value ?? null}
      nothingFoundMessage={t("state.nothing")}
      onSearchChange={setSearch}
      onInput={() => setTyping(true)}
      onDropdownClose={() => setTyping(false)}
      onChange={(key) => onChange(key ?? undefined)}
    />
  );
}

/** Several of the things of a kind, in their order. */
export function EntityMultiSelect({
  value,
  onChange,
  ...rest
}: Common & { readonly value: readonly string[]; readonly onChange: (keys: readonly string[]) => void }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const choices = useChoices(rest.kind, search, []);
  const missing = value.filter((key) => !choices.some((one) => one.value === key));
  const { kind: _kind, ...props } = rest;
  return (
    <MultiSelect
      {...props}
      searchable
      hidePickedOptions
      limit={MOST_SHOWN}
      data={[...missing.map((key) => ({ value: key, label: key })), ...choices]}
      value={[...value]}
      nothingFoundMessage={t("state.nothing")}
      onSearchChange={setSearch}
      onChange={onChange}
    />
  );
}
