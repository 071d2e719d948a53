import { useMemo } from "react";
import { encode } from "uqr";
import style from "./qr.module.css";

/** A text as a QR code, black on white in either scheme. */
export function Qr({
  text,
  label,
  caption,
}: {
  readonly text: string;
  readonly label: string;
  readonly caption?: string;
}) {
  const { size, data } = useMemo(() => encode(text, { border: 2 }), [text]);
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join("");
  return (
    <figure className={style["qr"]}>
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#17211d" />
      </svg>
      {caption === undefined ? undefined : <figcaption>{caption}</figcaption>}
    </figure>
  );
}
