import { Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { request } from "../lib/api.ts";
import { type KindName, PAGES } from "../lib/entities.ts";
import { type DialogProps, useOpenOnceThere } from "../lib/later.ts";
import { useMayChange } from "../lib/session.ts";
import { BELOW, MAIN, PEOPLE, ROUTING } from "./nav.ts";
import style from "./palette.module.css";

const WAIT_MS = 120;
const MOST = 12;

interface Hit {
  readonly kind: KindName | "call" | "page" | "command";
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly to: string;
}

interface Found {
  readonly entities: readonly {
    readonly kind: KindName;
    readonly id: string;
    readonly key: string;
    /** Where the words stand. */
    readonly text: string;
  }[];
  readonly calls: readonly { readonly id: string; readonly caller: string; readonly called: string }[];
}

const NEW = ["webhook", "plan", "number", "phone", "group", "trunk", "audioMessage"] as const;

interface PaletteProps extends DialogProps {
  /** What was typed before the field had the focus. */
  readonly takeTyped: () => string;
}

/** Finds anything and does anything. */
export default function PaletteDialog({ isOpen, onClose, takeTyped }: PaletteProps) {
  const isShown = useOpenOnceThere(isOpen);
  const { t } = useTranslation();
  return (
    <Modal.Root opened={isShown} onClose={onClose} centered={false} padding={0} size={560}>
      <Modal.Overlay />
      <Modal.Content aria-label={t("find")}>
        <Search onDone={onClose} takeTyped={takeTyped} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Search({ onDone, takeTyped }: Pick<PaletteProps, "takeTyped"> & { readonly onDone: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [q, setQ] = useState("");
  const [at, setAt] = useState(0);
  const { hits, isLooking } = useHits(q);
  const chosen = Math.min(at, Math.max(0, hits.length - 1));
  const open = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    onDone();
    void navigate(hit.to);
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") open(hits[chosen]);
    else if (by !== undefined && hits.length > 0) setAt((chosen + by + hits.length) % hits.length);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        className={style["field"] ?? ""}
        leftSection={<IconSearch size={18} aria-hidden="true" />}
        placeholder={t("find")}
        role="combobox"
        aria-label={t("find")}
        aria-expanded="true"
        aria-controls="palette-hits"
        aria-activedescendant={hits[chosen] === undefined ? undefined : `hit-${chosen}`}
        value={q}
        onChange={(event) => {
          setQ(event.currentTarget.value);
          setAt(0);
        }}
        onFocus={() => {
          const typed = takeTyped();
          setQ((before) => before + typed);
        }}
        onKeyDown={onKey}
      />
      <div id="palette-hits" role="listbox" aria-label={t("find")} className={style["hits"]}>
        {hits.map((hit, index) => (
          // biome-ignore lint: the field has the keys of the list (combobox)
          <div
            key={`${hit.kind} ${hit.id}`}
            id={`hit-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onMouseMove={() => setAt(index)}
            onClick={() => open(hit)}
            onKeyDown={onKey}
          >
            <span>{hit.title}</span>
            <small>{hit.detail}</small>
          </div>
        ))}
      </div>
      {hits.length === 0 && !isLooking ? <p className={style["none"]}>{t("state.nothing")}</p> : undefined}
    </>
  );
}

/** `isLooking`: what the server finds of this text is not known yet, and is no part of the hits. */
function useHits(q: string): { readonly hits: readonly Hit[]; readonly isLooking: boolean } {
  const { t } = useTranslation();
  const mayEdit = useMayChange();
  const typed = q.trim();
  const [asked] = useDebouncedValue(typed, WAIT_MS);
  const { data: found, isPending } = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) => request<Found>("GET", "/search", { query: { q: asked, limit: MOST }, signal }),
    enabled: asked !== "",
    retry: false,
  });
  // Of the text before they would be opened by Enter.
  const data = asked === typed && asked !== "" ? found : undefined;
  const isLooking = typed !== "" && (asked !== typed || isPending);
  const pages = [...MAIN, ...ROUTING, ...PEOPLE, ...BELOW].map(
    ({ id, to }): Hit => ({ kind: "page", id, title: t(`nav.${id}`), detail: t("palette.page"), to }),
  );
  const commands = mayEdit
    ? NEW.map(
        (kind): Hit => ({
          kind: "command",
          id: kind,
          title: t(`palette.new.${kind}`),
          detail: t("palette.command"),
          to: `${PAGES[kind]}/new`,
        }),
      )
    : [];
  const wanted = typed.toLowerCase();
  const own = [...pages, ...commands].filter(({ title }) => title.toLowerCase().includes(wanted));
  const things = (data?.entities ?? []).map(({ kind, id, key, text }): Hit => {
    const title = text === "" ? key : text.includes(key) ? text : `${key} ${text}`;
    return {
      kind,
      id,
      title,
      detail: t(`palette.kind.${kind}`),
      to: `${PAGES[kind]}/${encodeURIComponent(id)}`,
    };
  });
  const calls = (data?.calls ?? []).map(
    ({ id, caller, called }): Hit => ({
      kind: "call",
      id,
      title: `${caller || t("anonymous")} → ${called}`,
      detail: t("palette.kind.call"),
      to: `/calls/${encodeURIComponent(id)}`,
    }),
  );
  return { hits: [...things, ...calls, ...own].slice(0, MOST), isLooking };
}
