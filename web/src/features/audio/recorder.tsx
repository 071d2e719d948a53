import { Button } from "@mantine/core";
import { IconMicrophone, IconPlayerStopFilled } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { duration } from "../../lib/format.ts";
import { useIsShown } from "../../lib/is-shown.ts";
import style from "./audio.module.css";
import { wavOf } from "./wav.ts";

/** What phones hear at best: wideband (G.722). */
const RATE = 16_000;
const LONGEST_MS = 5 * 60_000;

interface Recording {
  readonly recorder: MediaRecorder;
  readonly since: number;
}

/** Records what is spoken into the microphone; gives it as a WAV file. */
export function Recorder({
  disabled,
  onFile,
}: {
  readonly disabled: boolean;
  readonly onFile: (file: File) => void;
}) {
  const { t } = useTranslation("audio");
  const [recording, setRecording] = useState<Recording>();
  /** The browser asks whether this page may. */
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<"denied" | "unread">();
  const [now, setNow] = useState(0);
  const open = useRef<MediaStream>(undefined);
  const isShown = useIsShown();
  const close = useCallback((): void => {
    for (const track of open.current?.getTracks() ?? []) track.stop();
    open.current = undefined;
  }, []);
  useEffect(() => close, [close]);
  useEffect(() => {
    if (recording === undefined) return undefined;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() - recording.since >= LONGEST_MS) recording.recorder.stop();
    }, 250);
    return () => clearInterval(timer);
  }, [recording]);

  const start = async (): Promise<void> => {
    setProblem(undefined);
    setAsking(true);
    try {
      // The level is made right on the server: what the browser does for conversations would cut words.
      const audio = {
        channelCount: 1,
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
      };
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      open.current = stream;
      // Allowed only after the page was left: nobody is there to stop it.
      if (!isShown.current) return close();
      const pieces: Blob[] = [];
      const recorder = new MediaRecorder(stream);
      recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
      recorder.addEventListener("stop", () => {
        close();
        setRecording(undefined);
        asWav(new Blob(pieces)).then(
          (wav) => onFile(new File([wav], t("record.file"), { type: wav.type })),
          () => setProblem("unread"),
        );
      });
      recorder.start();
      setNow(Date.now());
      setRecording({ recorder, since: Date.now() });
    } catch {
      close();
      setProblem("denied");
    } finally {
      setAsking(false);
    }
  };

  // Browsers give the microphone to pages of this machine and of https only.
  if (!window.isSecureContext) return <p className={style["hint"]}>{t("record.needsHttps")}</p>;
  return (
    <div className={style["record"]}>
      {recording === undefined ? (
        <Button
          variant="default"
          disabled={disabled}
          loading={isAsking}
          leftSection={<IconMicrophone size={16} aria-hidden="true" />}
          onClick={() => void start()}
        >
          {t("record.start")}
        </Button>
      ) : (
        <Button
          color="red"
          leftSection={<IconPlayerStopFilled size={16} aria-hidden="true" />}
          onClick={() => recording.recorder.stop()}
        >
          {t("record.stop", { time: duration(Math.max(0, now - recording.since)) })}
        </Button>
      )}
      {problem === undefined ? undefined : <p role="alert">{t(`record.${problem}`)}</p>}
    </div>
  );
}

async function asWav(recorded: Blob): Promise<Blob> {
  const decoder = new OfflineAudioContext(1, 1, RATE);
  const sound = await decoder.decodeAudioData(await recorded.arrayBuffer());
  return wavOf(sound.getChannelData(0), RATE);
}
