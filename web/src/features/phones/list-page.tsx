import { IconDeviceLandlinePhone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EntityList } from "../../components/entity-list.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Tile } from "../../components/tile.tsx";
import { stateOf, TONES, usePhoneStatus } from "./phone-status.ts";

/** All phones, each with whether it is registered. */
export function Component() {
  const { t } = useTranslation("phones");
  const status = usePhoneStatus();
  return (
    <EntityList
      kind="phone"
      title={t("title")}
      search={t("search")}
      addLabel={t("new")}
      empty={t("empty")}
      row={({ document }) => {
        const own = status?.get(document.extension);
        const state = stateOf(own);
        return {
          tile: <Tile icon={IconDeviceLandlinePhone} tone={state === "registered" ? "good" : "neutral"} />,
          title: `${document.extension} ${document.name}`,
          detail: own?.contacts[0]?.device,
          state: status === undefined ? undefined : <StatusBadge tone={TONES[state]}>{t(state)}</StatusBadge>,
        };
      }}
    />
  );
}
