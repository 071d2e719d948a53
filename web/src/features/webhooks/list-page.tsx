import { Button } from "@mantine/core";
import { IconChefHat, IconWebhook } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EntityList } from "../../components/entity-list.tsx";
import { Tile } from "../../components/tile.tsx";
import { useMayChange } from "../../lib/session.ts";

/** All webhooks. */
export function Component() {
  const { t } = useTranslation("webhooks");
  const may = useMayChange();
  return (
    <EntityList
      kind="webhook"
      title={t("title")}
      search={t("search")}
      addLabel={t("new")}
      empty={t("empty")}
      emptyHint={t("emptyHint")}
      actions={
        may ? (
          <Button
            component={Link}
            to="/webhooks/recipes"
            variant="default"
            leftSection={<IconChefHat size={16} stroke={1.7} aria-hidden="true" />}
          >
            {t("uses.title")}
          </Button>
        ) : undefined
      }
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
