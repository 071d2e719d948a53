import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCopy } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { PhoneStatus } from "../../../../src/model/access.ts";
import { SidePanel } from "../../components/page.tsx";
import { Qr } from "../../components/qr.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { useCopy } from "../../components/use-copy.ts";
import { useSaid } from "../../i18n/use-said.ts";
import { request } from "../../lib/api.ts";
import type { DocumentOf, Entity } from "../../lib/entities.ts";
import { dayTime } from "../../lib/format.ts";
import { useMaySave } from "../../lib/session.ts";
import style from "./connect-panel.module.css";
import { stateOf } from "./phone-status.ts";
import { hidePassword, shownPassword, showOnce } from "./shown-password.ts";

/** What is typed into the phone, and why it is not green yet. */
export function ConnectPanel({
  entity,
  status,
}: {
  readonly entity: Entity<DocumentOf<"phone">>;
  readonly status: PhoneStatus | undefined;
}) {
  const { t } = useTranslation("phones");
  const { id, key: extension, revision } = entity;
  const may = useMaySave("phone");
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () =>
      request<{ readonly password: string; readonly revision: number }>(
        "POST",
        `/phones/${encodeURIComponent(id)}/password`,
      ),
    onSuccess: async (made) => {
      showOnce(id, made.password, made.revision);
      await client.invalidateQueries({ queryKey: ["phone", "one", id] });
    },
  });
  const password = shownPassword(id, revision);
  useEffect(() => {
    const { pathname } = location;
    // When the page of this phone is left, and not when it is only drawn anew: by then the address is that of the next page.
    return () => {
      if (location.pathname !== pathname) hidePassword(id);
    };
  }, [id]);
  const failure = status?.lastFailure;
  const say = useSaid();
  return (
    <SidePanel label={t("connect.title")}>
      <h2>{t("connect.title")}</h2>
      <Qr
        text={`sip:${extension}${password === undefined ? "" : `:${password}`}@${location.hostname}`}
        label={t("connect.qr")}
        caption={t("connect.qrLabel")}
      />
      <dl className={style["settings"]}>
        <Setting label={t("connect.server")} value={location.hostname} />
        <Setting label={t("connect.user")} value={extension} />
        {password === undefined ? (
          <div>
            <dt>{t("connect.password")}</dt>
            <dd className={style["stored"]}>{t("connect.stored")}</dd>
          </div>
        ) : (
          <Setting label={t("connect.password")} value={password} />
        )}
      </dl>
      {password === undefined ? undefined : <p className={style["once"]}>{t("connect.once")}</p>}
      {failure === undefined ? undefined : (
        <div className={style["failure"]}>
          <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" />
          <p>
            {stateOf(status) === "registered" ? "" : `${t("notGreen")} `}
            {t("last", {
              time: dayTime(failure.at),
              address: failure.address,
              reason: say({ ...failure, text: failure.reason }),
            })}
          </p>
        </div>
      )}
      {may && password === undefined ? (
        <>
          <Button variant="default" loading={saving.isPending} onClick={() => saving.mutate()}>
            {t("connect.setNew")}
          </Button>
          <p className={style["hint"]}>{t("connect.setNewHelp")}</p>
        </>
      ) : undefined}
      <Refusal error={saving.error} />
    </SidePanel>
  );
}

function Setting({ label, value }: { readonly label: string; readonly value: string }) {
  const { t: shell } = useTranslation();
  const copy = useCopy();
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <code>{value}</code>
        <button type="button" aria-label={`${shell("do.copy")}: ${label}`} onClick={() => copy(value)}>
          <IconCopy size={16} aria-hidden="true" />
        </button>
      </dd>
    </div>
  );
}
