import { Modal, TextInput } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { stepNumber } from "../../../../../src/dialplan/step-number.ts";
import type { About } from "../kinds/face.ts";
import { branchFace, faceOf } from "../kinds/faces.ts";
import { usePiece } from "../state/store.ts";
import type { Outline, PlacedGap } from "../tree/outline.ts";
import { moved, openGaps } from "../tree/refusal.ts";
import style from "./editor.module.css";
import { closeMove, moveDoor } from "./move-door.ts";
import { useAbout, usePlanView } from "./view.ts";

/** All places where a step can be moved to, as a list to choose from. */
export function MoveDialog() {
  const { t } = useTranslation("plans");
  const { t: shell } = useTranslation();
  const number = usePiece(moveDoor, (now) => now);
  // The number is of a step of this plan: on the page of another one it would be another step.
  useEffect(() => closeMove, []);
  return (
    <Modal
      opened={number !== undefined}
      onClose={closeMove}
      title={t("move.title", { number: number ?? "" })}
      size="lg"
      closeButtonProps={{ "aria-label": shell("do.close") }}
    >
      {number === undefined ? undefined : <Places number={number} onDone={closeMove} />}
    </Modal>
  );
}

function Places({ number, onDone }: { readonly number: string; readonly onDone: () => void }) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { editor } = usePlanView();
  const [search, setSearch] = useState("");
  const { laid } = editor.store.get();
  const places = useMemo(() => {
    const node = laid.byNumber.get(number);
    if (node === undefined) return [];
    return openGaps(laid, moved(node)).map((place) => ({ place, text: placeText(laid, place, about) }));
  }, [laid, number, about]);
  const found = places.filter(({ text }) => text.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <>
      <TextInput
        data-autofocus
        aria-label={t("move.search")}
        placeholder={t("move.search")}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      {places.length === 0 ? <p className={style.nothing}>{t("move.none")}</p> : undefined}
      <ul className={style.places}>
        {found.map(({ place, text }) => (
          <li key={place.gap.join("/")} data-depth={Math.min(place.level.depth, 14)}>
            <button
              type="button"
              onClick={() => {
                const why = editor.move(number, place.gap);
                if (why !== undefined) editor.say({ code: "refused", why });
                onDone();
              }}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where a gap is, in words. */
function placeText(laid: Outline, { level, index }: PlacedGap, about: About): string {
  const { t } = about;
  const next = level.steps[index];
  if (next !== undefined) {
    return t("move.before", { number: next.number, title: faceOf(next.step.type).title(next.step, about) });
  }
  const above = level.prefix.split(".").slice(0, -2).join(".");
  const owner = laid.byNumber.get(above);
  const branch = owner?.branches.find((one) => one.level === level)?.branch;
  if (owner === undefined || branch === undefined) return t("move.lastOfPlan");
  const { title } = branchFace(owner.step, branch, about);
  const key = level.steps.length === 0 ? "move.only" : "move.last";
  return `${t(key, { branch: title, number: above })} → ${stepNumber(level.prefix, index)}`;
}
