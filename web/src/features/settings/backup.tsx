import { Button, PasswordInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "../../components/page.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { download } from "../../lib/api.ts";
import { CompanySettings } from "./company-settings.tsx";
import { Restore } from "./restore.tsx";
import { useCallsKept } from "./retention.tsx";
import { ScheduledBackups } from "./scheduled-backups.tsx";
import style from "./settings.module.css";

const LEAST = 8;

/** A backup to take away, and how long things are kept. */
export function Backup() {
  const { t } = useTranslation("settings");
  const [passphrase, setPassphrase] = useState("");
  const taking = useMutation({
    mutationFn: () => download("/backup", { passphrase }, "switchhook.backup"),
    onSuccess: () => setPassphrase(""),
  });
  const kept = useCallsKept();
  return (
    <>
      <Section title={t("backup.title")} help={t("backup.what")}>
        <form
          className={style["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            taking.mutate();
          }}
        >
          <Refusal error={taking.error} />
          <PasswordInput
            label={t("backup.passphrase")}
            description={t("backup.passphraseHelp", { least: LEAST })}
            autoComplete="new-password"
            maxLength={200}
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
          />
          <div>
            <Button
              type="submit"
              leftSection={<IconDownload size={16} aria-hidden="true" />}
              loading={taking.isPending}
              disabled={passphrase.length < LEAST}
            >
              {t("backup.take")}
            </Button>
          </div>
          <p className={style["hint"]} aria-live="polite">
            {taking.isSuccess ? t("backup.taken") : undefined}
          </p>
        </form>
      </Section>
      <Restore />
      <ScheduledBackups />
      <Section title={t("kept.title")}>
        {kept === undefined ? undefined : (
          <p className={style["kept"]}>
            {t("kept.calls", { count: kept.callsKeepDays })}{" "}
            {kept.isChosen ? undefined : (
              <>
                {t("kept.byServer")} <code>--calls-keep-days</code>.
              </>
            )}
          </p>
        )}
        <CompanySettings part="retention" />
      </Section>
    </>
  );
}
