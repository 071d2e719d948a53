import { ActionIcon } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "./toast.tsx";

/** Plays an audio message as phones hear it; undefined: there is none to play. `address`: where it is, if not at its name. */
export function PlayButton({
  name,
  address = `/api/v1/audio/message?name=${encodeURIComponent(name ?? "")}`,
}: {
  readonly name: string | undefined;
  readonly address?: string;
}) {
  const { t } = useTranslation();
  const toast = useToast();
  const audio = useRef<HTMLAudioElement>(undefined);
  const [isPlaying, setPlaying] = useState(false);
  const stop = (): void => {
    audio.current?.pause();
    audio.current = undefined;
    setPlaying(false);
  };
  useEffect(() => () => audio.current?.pause(), []);
  const play = (): void => {
    if (name === undefined) return;
    const sound = new Audio(address);
    audio.current = sound;
    sound.addEventListener("ended", stop);
    sound.addEventListener("error", () => {
      if (audio.current !== sound) return;
      stop();
      toast({ text: t("state.notPlayed", { name }), tone: "bad" });
    });
    setPlaying(true);
    sound.play().catch(() => undefined);
  };
  const Glyph = isPlaying ? IconPlayerStop : IconPlayerPlay;
  return (
    <ActionIcon
      variant="default"
      size={36}
      disabled={name === undefined}
      aria-label={isPlaying ? t("do.stop") : t("do.play", { name: name ?? "" })}
      onClick={isPlaying ? stop : play}
    >
      <Glyph size={16} aria-hidden="true" />
    </ActionIcon>
  );
}
