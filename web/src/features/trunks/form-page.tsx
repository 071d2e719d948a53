import { useTranslation } from "react-i18next";
import { EditorActions, EditorNotices, EntityRoute, UsedBy } from "../../components/editor-parts.tsx";
import { EntityForm } from "../../components/entity-form.tsx";
import { Page, PageHead } from "../../components/page.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { useSaid } from "../../i18n/use-said.ts";
import { useEditor } from "../../lib/editor.ts";
import type { DocumentOf, Entity } from "../../lib/entities.ts";
import { ago, dayTime } from "../../lib/format.ts";
import { schemaProblems } from "../../lib/rules.ts";
import { lastAnswerOf, stateOf, useTrunkStatus } from "./trunk-status.ts";
import style from "./trunks.module.css";

type Trunk = DocumentOf<"trunk">;

const BLANK: Trunk = {
  name: "",
  kind: "peer",
  hosts: [],
  acceptFrom: [],
  numberFormat: "e164Plus",
  callerIdProfile: "from",
  trusted: false,
  media: "auto",
};
const rules = (document: Trunk) => schemaProblems("trunk", document);
const forget = ({ credentials, ...rest }: Trunk): Trunk =>
  credentials === undefined ? rest : { ...rest, credentials: { username: credentials.username } };

const MAIN = ["name", "kind", "hosts", "acceptFrom", "plan", "credentials"];

/** One trunk, or a new one. */
export function Component() {
  return <EntityRoute kind="trunk" form={TrunkPage} />;
}

function TrunkPage({ entity }: { readonly entity: Entity<Trunk> | undefined }) {
  const { t } = useTranslation("trunks");
  const say = useSaid();
  const editor = useEditor("trunk", entity, BLANK, { rules, forget });
  const status = useTrunkStatus();
  const own = entity === undefined ? undefined : status?.get(entity.key);
  const { word, tone } = stateOf(own);
  const answer = own === undefined ? undefined : lastAnswerOf(own);
  const { name } = editor.draft.document;
  const facts = [
    own?.lastCallIn === undefined ? undefined : t("lastIn", { time: dayTime(own.lastCallIn.at) }),
    own?.lastCallOut === undefined ? undefined : t("lastOut", { time: dayTime(own.lastCallOut.at) }),
  ].filter((one) => one !== undefined);
  return (
    <Page
      width="form"
      head={
        <PageHead
          title={name === "" ? t("new") : name}
          crumb={{ to: "/trunks", label: t("title") }}
          badge={own === undefined ? undefined : <StatusBadge tone={tone}>{t(`state.${word}`)}</StatusBadge>}
          meta={
            entity === undefined ? undefined : (
              <>
                {facts.join(" · ")}
                {facts.length > 0 && entity.usedBy.length > 0 ? " · " : " "}
                <UsedBy uses={entity.usedBy} prefix={t("usedIn")} />
              </>
            )
          }
          actions={<EditorActions editor={editor} />}
        />
      }
    >
      <EditorNotices editor={editor} />
      {answer === undefined ? undefined : (
        <p className={style["sentence"]} data-tone={tone}>
          {t(tone === "bad" ? "triedLast" : "answer", {
            time: ago(answer.at),
            answer: say({ ...answer, text: answer.answer }),
          })}
        </p>
      )}
      <EntityForm kind="trunk" editor={editor} only={MAIN} />
      <details className={style["more"]}>
        <summary>{t("more")}</summary>
        <EntityForm kind="trunk" editor={editor} without={MAIN} />
      </details>
    </Page>
  );
}
