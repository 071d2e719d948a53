import { useTranslation } from "react-i18next";
import { EditorActions, EditorNotices, EntityRoute, UsedBy } from "../../components/editor-parts.tsx";
import { EntityForm } from "../../components/entity-form.tsx";
import { Page, PageHead } from "../../components/page.tsx";
import { useEditor } from "../../lib/editor.ts";
import type { DocumentOf, Entity } from "../../lib/entities.ts";
import { schemaProblems } from "../../lib/rules.ts";

const BLANK: DocumentOf<"group"> = { extension: "", name: "", members: [], strategy: "all" };
const rules = (document: DocumentOf<"group">) => schemaProblems("group", document);

/** One group, or a new one. */
export function Component() {
  return <EntityRoute kind="group" form={GroupPage} />;
}

function GroupPage({ entity }: { readonly entity: Entity<DocumentOf<"group">> | undefined }) {
  const { t } = useTranslation("groups");
  const editor = useEditor("group", entity, BLANK, { rules });
  const { extension, name } = editor.draft.document;
  const title = `${extension} ${name}`.trim();
  return (
    <Page
      width="form"
      head={
        <PageHead
          title={title === "" ? t("new") : title}
          crumb={{ to: "/groups", label: t("title") }}
          meta={entity === undefined ? undefined : <UsedBy uses={entity.usedBy} prefix={t("usedIn")} />}
          actions={<EditorActions editor={editor} />}
        />
      }
    >
      <EditorNotices editor={editor} />
      <EntityForm kind="group" editor={editor} />
    </Page>
  );
}
