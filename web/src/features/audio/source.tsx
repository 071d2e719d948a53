import { Button, SegmentedControl, Select, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import style from "./audio.module.css";
import { Recorder } from "./recorder.tsx";
import type { Message } from "./use-message.ts";

const LANGUAGES = ["en", "nl", "de", "fr", "es", "it", "pt", "pl", "da", "sv"];

/** Where the sound comes from: a file, this computer's microphone, or a text. */
export function Source({
  message: { typed, type, speak, make },
  disabled,
}: {
  readonly message: Message;
  readonly disabled: boolean;
}) {
  const { t } = useTranslation("audio");
  const { source, text, language } = typed;
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
        onChange={(value) => type({ source: value === "text" ? "text" : "file" })}
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
          onText={(next) => type({ text: next })}
          onLanguage={(code) => {
            type({ language: code });
            speak({ text, language: code });
          }}
          onDone={() => speak({ text, language })}
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
