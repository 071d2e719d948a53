import { IconPlug } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EntityList } from "../../components/entity-list.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Tile } from "../../components/tile.tsx";
import { OutboundChoice } from "./outbound-choice.tsx";
import { stateOf, useTrunkStatus } from "./trunk-status.ts";

/** All trunks, each with how it is; and by which calls leave. */
export function Component() {
  const { t } = useTranslation("trunks");
  const status = useTrunkStatus();
  return (
    <EntityList
      kind="trunk"
      title={t("title")}
      search={t("search")}
      addLabel={t("new")}
      empty={t("empty")}
      above={<OutboundChoice />}
      row={({ document }) => {
        const own = status?.get(document.name);
        const { word, tone } = stateOf(own);
        return {
          tile: <Tile icon={IconPlug} tone={tone === "good" ? "good" : "neutral"} />,
          title: document.name,
          detail: own?.address ?? document.hosts.join(", "),
          state:
            status === undefined ? undefined : <StatusBadge tone={tone}>{t(`state.${word}`)}</StatusBadge>,
        };
      }}
    />
  );
}
