import { useTranslation } from "react-i18next";
import { type Span, spans } from "../../../../src/model/spans.ts";
import { duration, onScale } from "../../lib/format.ts";
import { ticks } from "./axis.ts";
import style from "./bar.module.css";
import { useLastedMs } from "./lasted.ts";
import type { ShownCall } from "./shown-call.ts";

const HEIGHT = 22;
const WIDTH = 1000;

interface Piece {
  readonly key: string;
  readonly kind: "heard" | "tone" | "ringing" | "talk" | "hold";
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** What lasted in a call, to scale. */
export function ScaleBar({ call }: { readonly call: ShownCall }) {
  const { t } = useTranslation("calls");
  const total = Math.max(1, useLastedMs(call));
  const pieces = spans(call).flatMap((span): Piece[] => {
    const piece = pieceOf(span, total);
    return piece === undefined ? [] : [{ ...piece, label: labelOf(span, piece) }];
  });
  function labelOf(span: Span, { from, to }: Pick<Piece, "from" | "to">): string {
    if (span.kind === "heard") {
      return span.sound.kind === "message"
        ? t("bar.heard", { name: span.sound.name })
        : t(`bar.${span.sound.kind}`);
    }
    if (span.kind === "hold") return t("bar.hold");
    return t(`bar.${span.kind}`, { time: duration(to - from) });
  }
  if (pieces.length === 0) return undefined;
  return (
    <figure className={style["figure"]} aria-label={t("bar.label")}>
      <div className={style["bar"]}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {pieces.map(({ key, kind, from, to }) => (
            <rect
              key={key}
              data-kind={kind}
              x={(from / total) * WIDTH}
              width={Math.max(1.5, ((to - from) / total) * WIDTH)}
              height={HEIGHT}
            />
          ))}
        </svg>
        <ul>
          {pieces.map(({ key, from, to, label, kind }) => (
            <li
              key={key}
              data-kind={kind}
              data-narrow={(to - from) / total < 0.07 ? "" : undefined}
              style={{ left: `${(from / total) * 100}%`, width: `${((to - from) / total) * 100}%` }}
              title={label}
            >
              {label}
            </li>
          ))}
        </ul>
      </div>
      <div className={style["ticks"]} aria-hidden="true">
        {ticks(total, 7).map((ms) => (
          <span key={ms} style={{ left: `${(ms / total) * 100}%` }}>
            {onScale(ms)}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** A ringing tone that the caller hears while a phone rings is the ringing: it is drawn once. */
function pieceOf(span: Span, total: number): Omit<Piece, "label"> | undefined {
  const from = Math.min(span.fromMs, total);
  const to = Math.min(span.toMs ?? total, total);
  const key = `${span.kind}${span.fromSeq}`;
  if (span.kind !== "heard") return { key, kind: span.kind, from, to };
  if (span.sound.kind === "ringback") return undefined;
  return { key, kind: span.sound.kind === "message" ? "heard" : "tone", from, to };
}
