import { IconMusic } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { audioRoutes } from "../../../../src/api/contract/audio.ts";
import { EntityList } from "../../components/entity-list.tsx";
import { Section } from "../../components/page.tsx";
import { PlayButton } from "../../components/play-button.tsx";
import { Tile } from "../../components/tile.tsx";
import { api } from "../../lib/api.ts";
import { duration } from "../../lib/format.ts";
import style from "./audio.module.css";

/** All audio messages: those of the company, and those that come along. */
export function Component() {
  const { t } = useTranslation("audio");
  return (
    <EntityList
      kind="audioMessage"
      title={t("title")}
      search={t("search")}
      addLabel={t("new")}
      empty={t("empty")}
      row={({ document, usedBy }) => ({
        tile: <Tile icon={IconMusic} tone="sound" />,
        title: document.name,
        detail: [
          document.text === undefined ? t("file") : `“${document.text}”`,
          document.sound === undefined ? t("none") : duration(document.sound.durationMs),
        ].join(" · "),
        state: usedBy.length === 0 ? undefined : `${t("usedIn")} ${usedBy.map(({ key }) => key).join(", ")}`,
        trail: <PlayButton name={document.name} />,
      })}
      below={<BuiltIn />}
    />
  );
}

function BuiltIn() {
  const { t } = useTranslation("audio");
  const { data } = useQuery({
    queryKey: ["audioMessage", "builtIn"],
    queryFn: ({ signal }) => api<typeof audioRoutes.list>("audio.list", { signal }),
    select: ({ messages }) => messages.filter(({ builtIn }) => builtIn),
  });
  if (data === undefined || data.length === 0) return undefined;
  return (
    <Section title={t("builtIn")}>
      <ul className={style["builtIn"]}>
        {data.map(({ name, text, durationMs }) => (
          <li key={name}>
            <strong>{name}</strong>
            <span>{text}</span>
            <span>{durationMs === undefined ? "" : duration(durationMs)}</span>
            <PlayButton name={name} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
