import { Button, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ConflictBox } from "../../components/conflict-screen.tsx";
import { EntityRoute, Restored, UsedBy } from "../../components/editor-parts.tsx";
import { KeptInFile } from "../../components/kept-in-file.tsx";
import { Page, PageHead } from "../../components/page.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { useMaySave } from "../../lib/session.ts";
import { useSaveKey } from "../../lib/shortcuts.ts";
import style from "./audio.module.css";
import { Remove } from "./remove.tsx";
import { SoundState } from "./sound-state.tsx";
import { Source } from "./source.tsx";
import { type MessageConflict, type StoredMessage, useMessage } from "./use-message.ts";

/** One audio message, or a new one. */
export function Component() {
  return <EntityRoute kind="audioMessage" form={MessagePage} />;
}

function MessagePage({ entity }: { readonly entity: StoredMessage | undefined }) {
  const { t } = useTranslation("audio");
  const { t: shell } = useTranslation();
  const may = useMaySave("audioMessage");
  const message = useMessage(entity);
  const { typed, type, converting, saving, speak } = message;
  const { name, source, text, language } = typed;
  const isTaken = saving.taken !== undefined && saving.taken === name.trim();
  useSaveKey(may && saving.can && converting === undefined && !saving.isPending ? saving.save : undefined);
  const save = (
    <Button
      disabled={!saving.can || converting !== undefined}
      loading={saving.isPending}
      onClick={saving.save}
    >
      {shell("do.save")}
    </Button>
  );
  return (
    <Page
      width="form"
      head={
        <PageHead
          title={name === "" ? t("new") : name}
          crumb={{ to: "/audio", label: t("title") }}
          meta={entity === undefined ? undefined : <UsedBy uses={entity.usedBy} prefix={t("usedIn")} />}
          actions={
            may ? (
              <>
                {entity === undefined ? undefined : <Remove entity={entity} />}
                {save}
              </>
            ) : undefined
          }
        />
      }
    >
      <KeptInFile />
      {saving.conflict === undefined ? undefined : <Conflict conflict={saving.conflict} can={saving.can} />}
      <Refusal {...message.refused} />
      <Refusal error={saving.error} />
      <Restored draft={message.kept} />
      <div className={style["form"]}>
        <TextInput
          label={t("name")}
          description={t("nameHelp")}
          error={isTaken ? t("taken") : undefined}
          withAsterisk
          readOnly={!may || entity !== undefined}
          maxLength={100}
          value={name}
          onChange={(event) => type({ name: event.currentTarget.value })}
        />
        <Source message={message} disabled={!may} />
        <SoundState
          converting={converting}
          sound={message.sound}
          onSpeak={
            may && source === "text" && text.trim() !== "" ? () => speak({ text, language }) : undefined
          }
        />
      </div>
    </Page>
  );
}

/** A message is saved as a whole: one's own stands, or that of the other. */
function Conflict({
  conflict,
  can,
}: {
  readonly conflict: MessageConflict;
  /** One's own has a sound. */
  readonly can: boolean;
}) {
  const { t } = useTranslation();
  const { useMine, useTheirs } = conflict;
  return (
    <ConflictBox by={conflict}>
      <Button variant="default" disabled={!can} onClick={useMine}>
        {t("conflict.useMine")}
      </Button>
      <Button variant="default" onClick={useTheirs}>
        {t("conflict.useTheirs")}
      </Button>
    </ConflictBox>
  );
}
