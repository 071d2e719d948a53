import { IconWebhook } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EntityList } from "../../components/entity-list.tsx";
import { Tile } from "../../components/tile.tsx";

/** All webhooks. */
export function Component() {
  const { t } = useTranslation("webhooks");
  return (
    <EntityList
      kind="webhook"
      title={t("title")}
      search={t("search")}
      addLabel={t("new")}
      empty={t("empty")}
      emptyHint={t("emptyHint")}
      row={({ document, usedBy }) => ({
        tile: <Tile icon={IconWebhook} tone="webhook" />,
        title: document.name,
        detail:
          document.ivr === undefined ? t("oneRequest", { seconds: document.timeoutSeconds }) : t("asksCode"),
        state:
          usedBy.length === 0 ? t("notUsed") : `${t("usedIn")} ${usedBy.map(({ key }) => key).join(", ")}`,
      })}
    />
  );
}
