import { useTranslation } from "react-i18next";
import { EditorActions, EditorNotices, EntityRoute, UsedBy } from "../../components/editor-parts.tsx";
import { EntityForm } from "../../components/entity-form.tsx";
import { Page, PageHead } from "../../components/page.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { useEditor } from "../../lib/editor.ts";
import type { DocumentOf, Entity } from "../../lib/entities.ts";
import { dayTime } from "../../lib/format.ts";
import { schemaProblems } from "../../lib/rules.ts";
import { ConnectPanel } from "./connect-panel.tsx";
import { hostOf, stateOf, TONES, usePhoneStatus } from "./phone-status.ts";
import { showOnce, stillShown } from "./shown-password.ts";

type Phone = DocumentOf<"phone">;

const rules = (document: Phone) => schemaProblems("phone", document);
/** What is typed and not saved is kept over a reload, but no password. */
const forget = ({ password: _password, ...rest }: Phone): Phone => rest;

/** One phone, or a new one. */
export function Component() {
  return <EntityRoute kind="phone" form={PhonePage} />;
}

function PhonePage({ entity }: { readonly entity: Entity<Phone> | undefined }) {
  const { t } = useTranslation("phones");
  const blank: Phone = { extension: "", name: "", media: "auto" };
  const editor = useEditor("phone", entity, blank, {
    rules,
    forget,
    onSaved: ({ id, password, revision }) => {
      if (password === undefined) stillShown(id, revision);
      else showOnce(id, password, revision);
    },
  });
  const status = usePhoneStatus();
  const own = entity === undefined ? undefined : status?.get(entity.key);
  const state = stateOf(own);
  const [contact] = own?.contacts ?? [];
  const { extension, name } = editor.draft.document;
  const title = `${extension} ${name}`.trim();
  return (
    <Page
      width="form"
      head={
        <PageHead
          title={title === "" ? t("new") : title}
          crumb={{ to: "/phones", label: t("title") }}
          badge={
            entity === undefined || status === undefined ? undefined : (
              <StatusBadge tone={TONES[state]}>{t(state)}</StatusBadge>
            )
          }
          meta={
            entity === undefined ? undefined : (
              <>
                {contact === undefined
                  ? undefined
                  : `${t("since", { time: dayTime(contact.since), address: hostOf(contact.source) })}${contact.device === undefined ? "" : ` (${contact.device})`} · `}
                <UsedBy uses={entity.usedBy} prefix={t("usedIn")} />
              </>
            )
          }
          actions={<EditorActions editor={editor} />}
        />
      }
      side={
        entity === undefined ? undefined : <ConnectPanel key={entity.revision} entity={entity} status={own} />
      }
    >
      <EditorNotices editor={editor} />
      <EntityForm kind="phone" editor={editor} without={["password"]} />
    </Page>
  );
}
