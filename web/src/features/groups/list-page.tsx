import { IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EntityList } from "../../components/entity-list.tsx";
import { Tile } from "../../components/tile.tsx";

/** All groups. */
export function Component() {
  const { t } = useTranslation("groups");
  return (
    <EntityList
      kind="group"
      title={t("title")}
      search={t("search")}
      addLabel={t("new")}
      empty={t("empty")}
      row={({ document }) => ({
        tile: <Tile icon={IconUsersGroup} tone="brand" />,
        title: `${document.extension} ${document.name}`,
        detail: `${t("members", { count: document.members.length })} · ${t(`strategy.${document.strategy}`)}`,
      })}
    />
  );
}
