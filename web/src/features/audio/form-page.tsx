import { Button, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { EntityRoute, UsedBy } from "../../components/editor-parts.tsx";
import { Page, PageHead } from "../../components/page.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { useToast } from "../../components/toast.tsx";
import { request } from "../../lib/api.ts";
import { type DocumentOf, type Entity, useRemoveEntity, useRestoreEntity } from "../../lib/entities.ts";
import { clockTime } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import style from "./audio.module.css";
import { Recorder } from "./recorder.tsx";
import { againOf, isSoundOf, type Words, wordsOf } from "./sound-source.ts";
import { type Sound, SoundState } from "./sound-state.tsx";

type Message = DocumentOf<"audioMessage">;

const LANGUAGES = ["en", "nl", "de", "fr", "es", "it", "pt", "pl", "da", "sv"];

/** One audio message, or a new one. */
export function Component() {
  return <EntityRoute kind="audioMessage" form={MessagePage} />;
}

function MessagePage({ entity }: { readonly entity: Entity<Message> | undefined }) {
  const { t } = useTranslation("audio");
  const { t: shell } = useTranslation();
  const may = useMay("editor");
  const message = useMessage(entity);
  const { name, setName, converting, saving } = message;
  // Another text, or another language, has another sound.
  const sound = message.isFitting ? message.sound : undefined;
  const save = (
    <Button
      disabled={sound === undefined || name.trim() === "" || converting.isPending}
      loading={saving.isPending}
      onClick={() => {
        if (sound !== undefined) saving.mutate(sound);
      }}
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
      <Refusal {...message.refused} />
      <Refusal error={saving.error} />
      <div className={style["form"]}>
        <TextInput
          label={t("name")}
          description={t("nameHelp")}
          withAsterisk
          readOnly={!may || entity !== undefined}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Source message={message} disabled={!may} />
        <SoundState
          converting={converting.isPending ? converting.variables : undefined}
          sound={sound}
          onSpeak={
            may && message.source === "text" && message.text.trim() !== "" ? message.speakNow : undefined
          }
        />
      </div>
    </Page>
  );
}

/** A message as it is being made: what was typed, its sound, and what the server does for it. */
function useMessage(entity: Entity<Message> | undefined) {
  const { i18n } = useTranslation();
  const old = entity?.document;
  const [name, setName] = useState(old?.name ?? "");
  const [source, setSource] = useState<"file" | "text">(old?.text === undefined ? "file" : "text");
  const [file, setFile] = useState(old?.file);
  const [text, setText] = useState(old?.text ?? "");
  const [language, setLanguage] = useState(old?.language ?? i18n.language);
  const [sound, setSound] = useState<Sound | undefined>(old?.sound);
  const [spoken, setSpoken] = useState(
    old?.text === undefined || old.sound === undefined ? undefined : { text: old.text, language },
  );
  const converting = useMutation({ mutationFn: convert });
  // Of several that are under way the last one counts: `mutate` calls only its own.
  const make = (given: File | Words): void =>
    converting.mutate(given, {
      onSuccess: (made) => {
        setSound(made);
        setSpoken(wordsOf(given));
        if (!(given instanceof File)) return;
        setFile(given.name);
        setName((now) => (now === "" ? given.name.replace(/\.[^.]*$/, "") : now));
      },
    });
  const form = { source, text, language };
  const from = source === "file" ? { file: file ?? name } : { text, language };
  const saving = useSaving(name.trim(), from);
  const refused = useRefused(converting, form, make);
  /** A text in a language is spoken, unless it has been, or is about to be. */
  const speak = (words: Words): void => {
    const latest = converting.isPending ? wordsOf(converting.variables) : spoken;
    if (words.text.trim() !== "" && !isSoundOf(latest, { source: "text", ...words })) make(words);
  };
  return {
    refused,
    name,
    setName,
    source,
    setSource,
    text,
    setText,
    language,
    setLanguage,
    sound,
    isFitting: isSoundOf(spoken, form),
    speak,
    speakNow: () => speak({ text, language }),
    make,
    converting,
    saving,
  };
}

/** What is said where a file or a text has not become sound, and can be done where the connection broke off before it had. */
function useRefused(
  { variables: given, error }: UseMutationResult<Sound, Error, File | Words>,
  form: Parameters<typeof againOf>[1],
  make: (given: File | Words) => void,
) {
  const { t } = useTranslation("audio");
  const again = given === undefined ? undefined : againOf(given, form);
  if (again === undefined) return { error: null };
  const notReached = again instanceof File ? t("brokenFile", { file: again.name }) : t("brokenText");
  return { error, notReached, onRetry: () => make(again) };
}

/** Makes a file or a text the sound of a message, which is not kept yet. */
function convert(given: File | Words): Promise<Sound> {
  if (given instanceof File)
    return request<Sound>("POST", "/audio/content", { query: { file: given.name }, body: given });
  const { text, language } = given;
  return request<Sound>("POST", "/audio/speech", { query: { language }, body: new Blob([text]) });
}

function useSaving(name: string, from: Words | { readonly file: string }) {
  const { t: shell } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: ({ content }: Sound) =>
      request("PUT", "/audio/message", { query: { name }, body: { ...from, content } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["audioMessage"] });
      toast({ text: shell("state.saved", { time: clockTime(Date.now()) }) });
      void navigate("/audio");
    },
  });
}

/** Where the sound comes from: a file, this computer's microphone, or a text. */
function Source({
  message: { source, setSource, text, setText, language, setLanguage, speak, speakNow, make },
  disabled,
}: {
  readonly message: ReturnType<typeof useMessage>;
  readonly disabled: boolean;
}) {
  const { t } = useTranslation("audio");
  return (
    <>
      <SegmentedControl
        aria-label={t("source")}
        disabled={disabled}
        data={[
          { value: "file", label: t("fromFile") },
          { value: "text", label: t("fromText") },
        ]}
        value={source}
        onChange={(value) => setSource(value === "text" ? "text" : "file")}
      />
      {source === "file" ? (
        <>
          <Drop disabled={disabled} onFile={make} />
          <Recorder disabled={disabled} onFile={make} />
        </>
      ) : (
        <TextSource
          disabled={disabled}
          text={text}
          language={language}
          onText={setText}
          onLanguage={(code) => {
            setLanguage(code);
            speak({ text, language: code });
          }}
          onDone={speakNow}
        />
      )}
    </>
  );
}

function TextSource({
  text,
  language,
  disabled,
  onText,
  onLanguage,
  onDone,
}: {
  readonly text: string;
  readonly language: string;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
  readonly onLanguage: (language: string) => void;
  /** The text was left: it can be spoken. */
  readonly onDone: () => void;
}) {
  const { t, i18n } = useTranslation("audio");
  const names = new Intl.DisplayNames(i18n.language, { type: "language" });
  return (
    <div className={style["text"]}>
      <Textarea
        label={t("text")}
        description={t("textHelp")}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={2000}
        readOnly={disabled}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onBlur={disabled ? undefined : onDone}
      />
      <Select
        label={t("language")}
        description=" "
        disabled={disabled}
        data={LANGUAGES.map((code) => ({ value: code, label: names.of(code) ?? code }))}
        value={language}
        onChange={(code) => onLanguage(code ?? "en")}
      />
    </div>
  );
}

function Drop({ disabled, onFile }: { readonly disabled: boolean; readonly onFile: (file: File) => void }) {
  const { t } = useTranslation("audio");
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    <div
      className={style["drop"]}
      data-over={isOver ? "" : undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined && !disabled) onFile(file);
      }}
    >
      <span>{t("drop")}</span>
      <input
        ref={input}
        type="file"
        accept="audio/*,.opus"
        hidden
        aria-label={t("choose")}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          // So that the same file can be chosen again.
          event.currentTarget.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
      <Button variant="default" disabled={disabled} onClick={() => input.current?.click()}>
        {t("choose")}
      </Button>
      <small>{t("dropHelp")}</small>
    </div>
  );
}

function Remove({ entity }: { readonly entity: Entity<Message> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toast = useToast();
  const removing = useRemoveEntity("audioMessage");
  const restoring = useRestoreEntity("audioMessage");
  return (
    <Button
      variant="default"
      loading={removing.isPending}
      onClick={() =>
        removing.mutate(
          { id: entity.id, revision: entity.revision },
          {
            onSuccess: () => {
              toast({
                text: t("state.removed", { name: entity.key }),
                undo: () => restoring.mutate(entity.id),
              });
              void navigate("/audio");
            },
            onError: (error) => toast({ text: error.message, tone: "bad" }),
          },
        )
      }
    >
      {t("do.remove")}
    </Button>
  );
}
