import type { Icon } from "@tabler/icons-react";
import type { Tone } from "../theme/tokens.ts";
import style from "./tile.module.css";

/** The coloured square with the icon of a thing, 28 px. */
export function Tile({ icon: Glyph, tone }: { readonly icon: Icon; readonly tone: Tone }) {
  return (
    <span className={style["tile"]} data-tone={tone} aria-hidden="true">
      <Glyph size={16} stroke={1.7} />
    </span>
  );
}
