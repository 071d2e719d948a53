import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { PlayButton } from "../../components/play-button.tsx";
import { duration, number } from "../../lib/format.ts";
import style from "./audio.module.css";
import { levelOf, peaksOf } from "./wav.ts";

const RATE = 16_000;
const BARS = 160;
const HEIGHT = 48;

/** A sound as phones hear it: its shape, its length, how loud it is; it can be played before it is saved. */
export function Waveform({ content, durationMs }: { readonly content: string; readonly durationMs: number }) {
  const { t } = useTranslation("audio");
  const address = `/api/v1/audio/content/${content}/wav`;
  const { data } = useQuery({
    queryKey: ["sound", content],
    queryFn: () => soundAt(address),
    staleTime: Infinity,
  });
  const peaks = useMemo(() => (data === undefined ? [] : peaksOf(data, BARS)), [data]);
  const level = useMemo(() => (data === undefined ? undefined : levelOf(data)), [data]);
  return (
    <div className={style["sound"]}>
      <PlayButton name={t("sound")} address={address} />
      <svg viewBox={`0 0 ${BARS * 3} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {peaks.map((peak, at) => {
          const height = Math.max(1.5, peak * HEIGHT);
          return (
            // biome-ignore lint: bars have no name but their place
            <rect key={at} x={at * 3} y={(HEIGHT - height) / 2} width={2} height={height} rx={1} />
          );
        })}
      </svg>
      <p>
        {level === undefined || level === Number.NEGATIVE_INFINITY
          ? t("ready", { duration: duration(durationMs) })
          : t("readyLevel", { duration: duration(durationMs), level: number(level) })}
      </p>
    </div>
  );
}

async function soundAt(address: string): Promise<Float32Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status}`);
  const decoder = new OfflineAudioContext(1, 1, RATE);
  return (await decoder.decodeAudioData(await response.arrayBuffer())).getChannelData(0);
}
