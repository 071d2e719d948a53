import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { CallNow } from "../../components/call-now.tsx";
import { EditorActions, EditorNotices, EntityRoute } from "../../components/editor-parts.tsx";
import { EntitySelect } from "../../components/entity-select.tsx";
import { Page, PageHead } from "../../components/page.tsx";
import { useEditor } from "../../lib/editor.ts";
import type { DocumentOf, Entity } from "../../lib/entities.ts";
import { useNumberingPlans, useWrittenNumber } from "../../lib/phone-number.ts";
import { schemaProblems } from "../../lib/rules.ts";
import { useMaySave, useSession } from "../../lib/session.ts";
import style from "./numbers.module.css";
import { readNumber } from "./read-number.ts";

const BLANK: DocumentOf<"number"> = { number: "" };
const rules = (document: DocumentOf<"number">) => schemaProblems("number", document);

/** One number, or a new one. */
export function Component() {
  return <EntityRoute kind="number" form={NumberPage} />;
}

function NumberPage({ entity }: { readonly entity: Entity<DocumentOf<"number">> | undefined }) {
  const { t } = useTranslation("numbers");
  const [query] = useSearchParams();
  const plan = query.get("plan") ?? undefined;
  const editor = useEditor("number", entity, plan === undefined ? BLANK : { ...BLANK, plan }, { rules });
  const may = useMaySave("number");
  const written = useWrittenNumber();
  const isReady = useNumberingPlans();
  const country = useSession()?.home?.country ?? "NL";
  const { document, change } = editor.draft;
  const kept = document.number;
  const [typed, setTyped] = useState({ text: kept, number: kept });
  // A number that came otherwise than by typing, as by dropping what was typed, stands in the field as it is.
  const shown = typed.number === kept ? typed.text : kept;
  const type = (text: string): void => {
    // What cannot be read is kept as it was typed, so that the rules can say so.
    const number = (isReady ? readNumber(text, country) : undefined) ?? text.trim();
    setTyped({ text, number });
    change({ number });
  };
  return (
    <Page
      width="form"
      head={
        <PageHead
          title={kept === "" ? t("new") : written(kept)}
          crumb={{ to: "/numbers", label: t("title") }}
          actions={
            <EditorActions editor={editor}>
              {entity?.document.plan === undefined ? undefined : <CallNow number={entity.document.number} />}
            </EditorActions>
          }
        />
      }
    >
      <EditorNotices editor={editor} />
      <div className={style["form"]}>
        <div>
          <TextInput
            label={t("field.number")}
            description={t("field.numberHelp")}
            withAsterisk
            autoFocus={editor.isNew}
            inputMode="tel"
            readOnly={!may}
            placeholder="050 123 4567"
            value={shown}
            error={editor.errorAt("number")}
            onBlur={() => editor.touch("number")}
            onChange={(event) => type(event.currentTarget.value)}
          />
          {/^\+\d{7,15}$/.test(kept) && shown !== kept ? (
            <p className={style["read"]}>{t("field.read", { number: kept })}</p>
          ) : undefined}
        </div>
        <EntitySelect
          kind="plan"
          label={t("plan")}
          description={t("takes")}
          placeholder={t("noPlan")}
          disabled={!may}
          value={document.plan}
          error={editor.errorAt("plan")}
          onChange={(plan) => change({ plan })}
        />
      </div>
    </Page>
  );
}
