import { Button } from "@mantine/core";
import { IconHash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EntityList } from "../../components/entity-list.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Tile } from "../../components/tile.tsx";
import { useWrittenNumber } from "../../lib/phone-number.ts";
import { useMaySave } from "../../lib/session.ts";
import { PasteNumbers } from "./paste-numbers.tsx";

/** All numbers of ours. */
export function Component() {
  const { t } = useTranslation("numbers");
  const written = useWrittenNumber();
  const may = useMaySave("number");
  const [isPasting, setPasting] = useState(false);
  return (
    <>
      <EntityList
        kind="number"
        title={t("title")}
        search={t("search")}
        addLabel={t("new")}
        empty={t("empty")}
        actions={
          may ? (
            <Button variant="default" onClick={() => setPasting(true)}>
              {t("paste")}
            </Button>
          ) : undefined
        }
        row={({ document }) => ({
          tile: <Tile icon={IconHash} tone="brand" />,
          title: written(document.number),
          detail: document.plan,
          state:
            document.plan === undefined ? <StatusBadge tone="warn">{t("noPlan")}</StatusBadge> : undefined,
        })}
      />
      {isPasting ? <PasteNumbers onClose={() => setPasting(false)} /> : undefined}
    </>
  );
}
