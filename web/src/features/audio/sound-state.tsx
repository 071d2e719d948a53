import { Button } from "@mantine/core";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useJobs } from "../../lib/live/jobs.ts";
import style from "./audio.module.css";
import type { Sound, Words } from "./sound-source.ts";
import { Waveform } from "./waveform.tsx";

/** What there is to hear, or what is missing for that. */
export function SoundState({
  converting,
  sound,
  onSpeak,
}: {
  readonly converting: File | Words | undefined;
  readonly sound: Sound | undefined;
  /** There is a text that can be spoken. */
  readonly onSpeak: (() => void) | undefined;
}) {
  return (
    <div className={style["state"]} aria-live="polite">
      {converting === undefined ? undefined : <Converting given={converting} />}
      {converting === undefined && sound === undefined ? <Missing onSpeak={onSpeak} /> : undefined}
      {converting === undefined && sound !== undefined ? <Waveform {...sound} /> : undefined}
    </div>
  );
}

function Missing({ onSpeak }: { readonly onSpeak: (() => void) | undefined }) {
  const { t } = useTranslation("audio");
  if (onSpeak === undefined) return t("needsSound");
  return (
    <Button variant="default" onClick={onSpeak}>
      {t("speak")}
    </Button>
  );
}

function Converting({ given }: { readonly given: File | Words }) {
  return given instanceof File ? <Progress file={given.name} /> : <Speaking text={given.text} />;
}

/** How much of a file has arrived, as the server says; then it is converted. */
function Progress({ file }: { readonly file: string }) {
  const { t } = useTranslation("audio");
  const [percent, setPercent] = useState(100);
  useJobs(
    useCallback(
      ({ kind, about, done, of }) => {
        if (kind === "convertSound" && about === file && of > 0) setPercent(Math.floor((100 * done) / of));
      },
      [file],
    ),
  );
  return <>{percent < 100 ? t("sending", { percent }) : t("converting")}</>;
}

/** By the number of steps that are done. */
const SPEAKING = ["waiting", "speaking"] as const;

/** Whether a text waits, is being spoken or converted, as the server says. */
function Speaking({ text }: { readonly text: string }) {
  const { t } = useTranslation("audio");
  const [step, setStep] = useState(0);
  useJobs(
    useCallback(
      ({ kind, about, done }) => {
        if (kind === "speakText" && text.trim().startsWith(about)) setStep(done);
      },
      [text],
    ),
  );
  return <>{t(SPEAKING[step] ?? "converting")}</>;
}
