import { useTranslation } from "react-i18next";
import { EntitySelect } from "../../components/entity-select.tsx";
import { useToast } from "../../components/toast.tsx";
import { useEntities, useEntity, useSaveEntity } from "../../lib/entities.ts";
import { clockTime } from "../../lib/format.ts";
import { useMaySave } from "../../lib/session.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import style from "./trunks.module.css";

/** By which trunk calls to the outside leave: chosen is saved. */
export function OutboundChoice() {
  const { t } = useTranslation("trunks");
  const { t: shell } = useTranslation();
  const whyNot = useWhyNot();
  const toast = useToast();
  const may = useMaySave("outbound");
  const { data, isPending } = useEntity("outbound", undefined);
  const trunks = useEntities("trunk");
  const saving = useSaveEntity("outbound");
  if (isPending || (trunks.data?.pages[0]?.items.length ?? 0) === 0) return undefined;
  return (
    <div className={style["outbound"]}>
      <EntitySelect
        kind="trunk"
        label={t("outbound")}
        description={t("outboundHelp")}
        clearable={false}
        disabled={!may}
        value={data?.document.trunk}
        error={saving.error === null ? undefined : whyNot(saving.error)}
        onChange={(trunk) => {
          if (trunk === undefined) return;
          saving.mutate(
            { id: undefined, revision: data?.revision ?? 0, document: { trunk } },
            { onSuccess: () => toast({ text: shell("state.saved", { time: clockTime(Date.now()) }) }) },
          );
        }}
      />
    </div>
  );
}
