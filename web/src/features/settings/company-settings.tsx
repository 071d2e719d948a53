import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Instead } from "../../components/auto-form.tsx";
import { useCountryName } from "../../components/country-select.tsx";
import { EditorNotices } from "../../components/editor-parts.tsx";
import { EntityForm } from "../../components/entity-form.tsx";
import { ErrorState } from "../../components/states.tsx";
import { ApiError } from "../../lib/api-error.ts";
import { useEditor } from "../../lib/editor.ts";
import { type DocumentOf, type Entity, useEntity } from "../../lib/entities.ts";
import { useNumberingPlans } from "../../lib/phone-number.ts";
import { schemaProblems } from "../../lib/rules.ts";
import { useMaySave } from "../../lib/session.ts";
import { useSaveKey } from "../../lib/shortcuts.ts";
import { CallsDays, useRetentionGuard } from "./retention.tsx";
import style from "./settings.module.css";

type Settings = DocumentOf<"settings">;
type Part = "home" | "security" | "retention";

const BLANK: Settings = {
  home: { country: "NL", timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  security: {
    webhookAllowedNetworks: [],
    dialCountries: [],
    outsideCalls: { perPhone: 5, perCompany: 30, newPerMinute: 20 },
  },
};
const rules = (document: Settings) => schemaProblems("settings", document);

/** A part of the company's settings. */
export function CompanySettings({ part }: { readonly part: Part }) {
  const { data, error, refetch } = useEntity("settings", undefined);
  // Which countries there are, their schema asks the numbering plans.
  const isReady = useNumberingPlans();
  const isNothingYet = error instanceof ApiError && error.status === 404;
  if (error !== null && !isNothingYet) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!isReady || (data === undefined && !isNothingYet)) return undefined;
  return <SettingsForm key={`${part} ${data?.id ?? ""}`} part={part} entity={data} />;
}

function SettingsForm({
  part,
  entity,
}: {
  readonly part: Part;
  readonly entity: Entity<Settings> | undefined;
}) {
  const { t } = useTranslation();
  const own = useEditor("settings", entity, BLANK, { rules });
  const chosen = entity?.document.retention?.callsDays;
  const mayDelete = useRetentionGuard({ chosen, isShown: part === "retention" });
  const editor: typeof own = {
    ...own,
    save: () => mayDelete(own.draft.document) && own.save(),
    resolve: (document) => mayDelete(document) && own.resolve(document),
  };
  const may = useMaySave("settings");
  const isIdle = !editor.draft.isChanged && entity !== undefined;
  useSaveKey(may && !editor.isSaving && !isIdle ? editor.save : undefined);
  const callsDays: Instead = (field, path) =>
    path === "retention" && field.control === "group" ? (
      <CallsDays group={field} editor={editor} chosen={chosen} />
    ) : undefined;
  return (
    <div className={style["wide"]}>
      <EditorNotices editor={editor} />
      {part === "security" ? <InWords settings={editor.draft.document} /> : undefined}
      <EntityForm kind="settings" editor={editor} only={[part]} instead={callsDays} />
      {may ? (
        <div className={style["actions"]}>
          <Button loading={editor.isSaving} disabled={isIdle} onClick={editor.save}>
            {t("do.save")}
          </Button>
        </div>
      ) : undefined}
    </div>
  );
}

/** What the settings mean, so that nobody has to know what a network is. */
function InWords({ settings: { security } }: { readonly settings: Settings }) {
  const { t, i18n } = useTranslation("settings");
  const nameOf = useCountryName();
  const list = new Intl.ListFormat(i18n.language);
  const { dialCountries, webhookAllowedNetworks, outsideCalls } = security;
  return (
    <section className={style["words"]} aria-label={t("security.words")}>
      <p>
        {dialCountries.length === 0
          ? t("security.noCountries")
          : t("security.countries", { countries: list.format(dialCountries.map(nameOf)) })}
      </p>
      <p>
        {webhookAllowedNetworks.length === 0
          ? t("security.noNetworks")
          : t("security.networks", { networks: list.format(webhookAllowedNetworks) })}
      </p>
      <p>{t("security.limits", outsideCalls)}</p>
    </section>
  );
}
