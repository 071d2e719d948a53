import { Button } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { Page, PageHead, Section } from "../../../components/page.tsx";
import { Segmented } from "../../../components/segmented.tsx";
import { ErrorState, Gone, PageSkeleton } from "../../../components/states.tsx";
import { useCopy } from "../../../components/use-copy.ts";
import { type DocumentOf, useEntity } from "../../../lib/entities.ts";
import style from "./recipe.module.css";
import { fieldsOf, LANGUAGES, type RecipeLanguage, recipe } from "./recipe.ts";

/** Receiver code for the very fields of one webhook, ready to run. */
export function Component() {
  const { id } = useParams();
  const { data, error, refetch } = useEntity("webhook", id);
  if (data !== undefined)
    return (
      <>
        <Gone error={error} />
        <RecipePage id={data.id} webhook={data.document} />
      </>
    );
  return error === null ? (
    <PageSkeleton />
  ) : (
    <Page>
      <ErrorState error={error} onRetry={() => void refetch()} />
    </Page>
  );
}

function RecipePage({ id, webhook }: { readonly id: string; readonly webhook: DocumentOf<"webhook"> }) {
  const { t } = useTranslation("webhooks");
  const { t: shell } = useTranslation();
  const copy = useCopy();
  const [params, setParams] = useSearchParams();
  const language = LANGUAGES.find((one) => one === params.get("in")) ?? "node";
  const fields = fieldsOf(webhook.urlTemplate, webhook.ivr !== undefined);
  const code = recipe(language, fields);
  const sent = Object.entries(fields.parameters);
  return (
    <Page
      head={
        <PageHead
          title={t("recipe.title", { name: webhook.name })}
          crumb={{ to: `/webhooks/${encodeURIComponent(id)}`, label: webhook.name }}
        />
      }
    >
      <Section title={t("recipe.sent")} help={sent.length === 0 ? t("recipe.nothingSent") : undefined}>
        <dl className={style["facts"]}>
          {sent.map(([placeholder, name]) => (
            <div key={placeholder}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{t(`chip.${placeholder as keyof typeof fields.parameters}`)}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title={t("recipe.answer")} help={t("recipe.answerHelp")}>
        <dl className={style["facts"]}>
          {(["status", "callername", "destination"] as const).map((part) => (
            <div key={part}>
              <dt>
                <code>{part}</code>
              </dt>
              <dd>{t(`recipe.part.${part}`)}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section
        title={t("recipe.code")}
        actions={
          <Button
            variant="default"
            size="xs"
            leftSection={<IconCopy size={14} aria-hidden="true" />}
            onClick={() => copy(code)}
          >
            {shell("do.copy")}
          </Button>
        }
      >
        <Segmented<RecipeLanguage>
          label={t("recipe.language")}
          value={language}
          onChange={(value) => setParams({ in: value }, { replace: true, preventScrollReset: true })}
          choices={LANGUAGES.map((value) => ({ value, label: t(`recipe.in.${value}`) }))}
        />
        <pre className={style["code"]}>
          <code>{code}</code>
        </pre>
      </Section>
    </Page>
  );
}
