import { Button, Menu } from "@mantine/core";
import { IconCode, IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { SAMPLE_VALUES } from "../../../../src/dialplan/template-preview.ts";
import { CallNow } from "../../components/call-now.tsx";
import { EditorActions, EditorNotices, EntityRoute, UsedBy } from "../../components/editor-parts.tsx";
import { Page, PageHead } from "../../components/page.tsx";
import { useEditor } from "../../lib/editor.ts";
import type { DocumentOf, Entity } from "../../lib/entities.ts";
import { schemaProblems } from "../../lib/rules.ts";
import { useMay, useMaySave } from "../../lib/session.ts";
import { HealthBadge, HealthFacts } from "./health.tsx";
import { templateProblems } from "./template-rules.ts";
import { TryPanel } from "./try-panel.tsx";
import { UseIt } from "./use-it.tsx";
import { WebhookFields } from "./webhook-fields.tsx";
import { withoutKeys } from "./without-keys.ts";

type Webhook = DocumentOf<"webhook">;

const BLANK: Webhook = {
  name: "",
  description: "",
  callerIdForwarding: "caller",
  urlTemplate: "",
  timeoutSeconds: 5,
  followRedirects: true,
};

const rules = (document: Webhook) => [...schemaProblems("webhook", document), ...templateProblems(document)];

/** One webhook, or a new one. */
export function Component() {
  return <EntityRoute kind="webhook" form={WebhookPage} />;
}

function WebhookPage({ entity }: { readonly entity: Entity<Webhook> | undefined }) {
  const { t } = useTranslation("webhooks");
  const editor = useEditor("webhook", entity, BLANK, { rules, forget: withoutKeys });
  const mayTry = useMay("editor");
  const may = useMaySave("webhook");
  const [values, setValues] = useState({ ...SAMPLE_VALUES, code: "4821" });
  const { document } = editor.draft;
  return (
    <Page
      width="form"
      head={
        <PageHead
          title={document.name === "" ? t("new") : document.name}
          crumb={{ to: "/webhooks", label: t("title") }}
          badge={entity === undefined ? undefined : <HealthBadge id={entity.id} />}
          meta={
            entity === undefined ? undefined : (
              <>
                <HealthFacts id={entity.id} />
                <UsedBy uses={entity.usedBy} prefix={t("usedIn")} />
              </>
            )
          }
          actions={
            <EditorActions
              editor={editor}
              menu={
                entity === undefined ? undefined : (
                  <Menu.Item
                    component={Link}
                    to={`/webhooks/${entity.id}/recipe`}
                    leftSection={<IconCode size={16} />}
                  >
                    {t("recipe.open")}
                  </Menu.Item>
                )
              }
            >
              {entity === undefined ? undefined : (
                <>
                  <CallNow
                    plans={entity.usedBy.flatMap(({ kind, key }) => (kind === "plan" ? [key] : []))}
                    asksForCode={entity.document.ivr !== undefined}
                  />
                  <Button
                    component={Link}
                    to={`/webhooks/${entity.id}/requests`}
                    variant="default"
                    leftSection={<IconHistory size={16} aria-hidden="true" />}
                  >
                    {t("requests.open")}
                  </Button>
                </>
              )}
            </EditorActions>
          }
        />
      }
      side={
        mayTry ? (
          <TryPanel id={entity?.id} document={document} values={values} onValues={setValues} />
        ) : undefined
      }
    >
      <EditorNotices editor={editor} />
      {entity !== undefined && entity.usedBy.length === 0 ? <UseIt name={entity.key} /> : undefined}
      <WebhookFields editor={editor} values={values} readOnly={!may} />
    </Page>
  );
}
