import { Fragment, memo, useId } from "react";
import { useTranslation } from "react-i18next";
import { type Span, spans } from "../../../../src/model/spans.ts";
import { duration } from "../../lib/format.ts";
import type { Actor } from "./actors.ts";
import type { Axis } from "./axis.ts";
import style from "./ladder.module.css";
import type { Arrow, Row } from "./row.ts";
import type { ShownCall } from "./shown-call.ts";

/** Room of a lifeline. */
export const ACTOR_WIDTH = 168;
export const NARROW_ACTOR_WIDTH = 132;

interface Sheet {
  readonly axis: Axis;
  readonly x: (actor: string) => number | undefined;
  readonly width: number;
}

/** The lifelines with what went between them, drawn beside the list, which says the same in words. */
export const Ladder = memo(function Ladder({
  call,
  rows,
  axis,
  actors,
  actorWidth,
}: {
  readonly call: ShownCall;
  readonly rows: readonly Row[];
  readonly axis: Axis;
  readonly actors: readonly Actor[];
  readonly actorWidth: number;
}) {
  const id = useId();
  const places = new Map(actors.map(({ key }, at) => [key, actorWidth / 2 + at * actorWidth]));
  const sheet: Sheet = { axis, x: (actor) => places.get(actor), width: actors.length * actorWidth };
  const gaps = axis.slots.filter((slot) => slot.type === "gap");
  return (
    <svg className={style["ladder"]} width={sheet.width} height={axis.height} aria-hidden="true">
      <defs>
        <pattern
          id={`${id}-rings`}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="5" height="5" className={style["ringsUnder"]} />
          <rect width="2" height="5" className={style["ringsOver"]} />
        </pattern>
      </defs>
      <TalkBand call={call} sheet={sheet} />
      {actors.map(({ key, kind }) => (
        <line
          key={key}
          data-kind={kind}
          className={style["life"]}
          x1={sheet.x(key)}
          x2={sheet.x(key)}
          y1={0}
          y2={axis.height}
        />
      ))}
      {gaps.map(({ top, height }) =>
        actors.map(({ key }) => (
          <g key={`${key}${top}`} transform={`translate(${sheet.x(key) ?? 0} ${top + height / 2})`}>
            <rect x={-4} y={-4} width={8} height={8} className={style["cutGround"]} />
            <path d="M-6 -1 L6 -5 M-6 5 L6 1" className={style["cut"]} />
          </g>
        )),
      )}
      {spans(call).map((span) => (
        <Lasting key={`${span.kind}${span.fromSeq}`} span={span} sheet={sheet} hatch={`url(#${id}-rings)`} />
      ))}
      {rows.map((row, index) => (
        <Fragment key={row.seq}>
          {row.arrow === undefined ? undefined : (
            <ArrowLine arrow={row.arrow} times={row.times} y={axis.rowY(index)} sheet={sheet} />
          )}
          {row.mark === undefined ? undefined : (
            <Mark mark={row.mark} x={sheet.x("us") ?? 0} y={axis.rowY(index)} />
          )}
        </Fragment>
      ))}
    </svg>
  );
});

const HEAD = 9;

function ArrowLine({
  arrow,
  times,
  y,
  sheet,
}: {
  readonly arrow: Arrow;
  readonly times: number;
  readonly y: number;
  readonly sheet: Sheet;
}) {
  const from = sheet.x(arrow.from);
  const to = sheet.x(arrow.to);
  if (from === undefined || to === undefined) return undefined;
  const way = Math.sign(to - from);
  const end = to - way * 3;
  const label = times === 1 ? arrow.label : `${arrow.label} ×${times}`;
  // The label stands next to us, where the line has no other one beside it.
  const middle =
    Math.abs(to - from) <= 200 ? (from + to) / 2 : from === sheet.x("us") ? to - way * 84 : from + way * 84;
  return (
    <g data-tone={arrow.tone} className={style["arrow"]}>
      <line
        x1={from + way * 3}
        x2={end - way * HEAD}
        y1={y}
        y2={y}
        data-sound={arrow.isSound === true ? "" : undefined}
      />
      <path d={`M${end} ${y} l${-way * HEAD} -4 v8 z`} />
      <text x={middle} y={y + 4}>
        {label}
      </text>
    </g>
  );
}

function Mark({
  mark,
  x,
  y,
}: {
  readonly mark: NonNullable<Row["mark"]>;
  readonly x: number;
  readonly y: number;
}) {
  if (mark === "dot") return <circle cx={x} cy={y} r={3.5} className={style["dot"]} />;
  return <path d={`M${x} ${y - 7} l7 7 l-7 7 l-7 -7 z`} data-mark={mark} className={style["mark"]} />;
}

/** A sound on the caller's line, or a leg that rings on its own. */
function Lasting({
  span,
  sheet,
  hatch,
}: {
  readonly span: Span;
  readonly sheet: Sheet;
  readonly hatch: string;
}) {
  const { t } = useTranslation("calls");
  const x = sheet.x(span.leg);
  if (x === undefined || span.kind === "talk") return undefined;
  const top = sheet.axis.yAt(span.fromSeq, span.fromMs);
  const end =
    span.toSeq === undefined ? sheet.axis.height : sheet.axis.yAt(span.toSeq, span.toMs ?? span.fromMs);
  const height = Math.max(6, end - top);
  const time = span.toMs === undefined ? "" : duration(span.toMs - span.fromMs);
  if (span.kind === "ringing") {
    return (
      <g className={style["rings"]}>
        <rect x={x - 5} y={top} width={10} height={height} rx={3} fill={hatch} />
        {height < 30 ? undefined : (
          <text x={x - 10} y={top + height / 2 + 4}>
            {t("bar.rings", { time })}
          </text>
        )}
      </g>
    );
  }
  const isHold = span.kind === "hold";
  const sound = isHold ? "hold" : span.sound.kind;
  const name = span.kind === "heard" && span.sound.kind === "message" ? span.sound.name : undefined;
  return (
    <g className={style["sound"]} data-sound={sound}>
      <rect x={x + 5} y={top} width={6} height={height} rx={3} />
      {height < 20 ? undefined : (
        <text x={x + 16} y={top + height / 2 + 4}>
          {name === undefined ? t(`bar.${sound === "message" ? "hold" : sound}`) : `♪ ${name}`}
        </text>
      )}
    </g>
  );
}

/** The caller and whoever answered, from the answer to the end. */
function TalkBand({ call, sheet }: { readonly call: ShownCall; readonly sheet: Sheet }) {
  const { t } = useTranslation("calls");
  const caller = sheet.x("A") ?? 0;
  return spans(call)
    .filter((span) => span.kind === "talk")
    .map((span) => {
      const other = sheet.x(span.leg);
      if (other === undefined) return undefined;
      const top = sheet.axis.yAt(span.fromSeq, span.fromMs);
      const end = span.toSeq === undefined ? sheet.axis.height : sheet.axis.yAt(span.toSeq, span.toMs ?? 0);
      const time = span.toMs === undefined ? "" : duration(span.toMs - span.fromMs);
      return (
        <g key={span.fromSeq} className={style["talk"]}>
          <rect x={caller} y={top} width={other - caller} height={Math.max(4, end - top)} />
          {end - top < 34 ? undefined : (
            <text x={caller + 18} y={top + (end - top) / 2 + 4}>
              {t("bar.talk", { time })}
            </text>
          )}
        </g>
      );
    });
}
