import { Menu } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconClipboard,
  IconCopy,
  IconCornerDownRight,
  IconDots,
  IconPlus,
  IconScissors,
  IconSquarePlus2,
  IconTrash,
  IconZoomIn,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { branchesOf } from "../../../../../src/dialplan/outline.ts";
import { branchLevel } from "../../../../../src/dialplan/step-number.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { branchFace } from "../kinds/faces.ts";
import { nextGap } from "../tree/refusal.ts";
import { KindItems } from "./add-step.tsx";
import { copySteps, cutStep, pasteAfter } from "./clipboard-actions.ts";
import style from "./editor.module.css";
import { openMove } from "./move-door.ts";
import { useAbout, usePlanView } from "./view.ts";

/** What can be done with a step. Made only when it is opened. */
export function RowMenu({ number, step }: { readonly number: string; readonly step: RawStep }) {
  const { t } = useTranslation("plans");
  const [isOpen, setOpen] = useState(false);
  const button = (
    <button
      type="button"
      className={style.tool}
      aria-label={t("row.more", { number })}
      aria-haspopup="menu"
      aria-expanded={isOpen}
      onClick={() => setOpen(true)}
    >
      <IconDots size={18} stroke={1.8} aria-hidden="true" />
    </button>
  );
  if (!isOpen) return button;
  return (
    <Menu opened onChange={setOpen} position="bottom-end" width={250} returnFocus trapFocus>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown className={style.menu ?? ""}>
        <Items number={number} step={step} />
      </Menu.Dropdown>
    </Menu>
  );
}

function Items({ number, step }: { readonly number: string; readonly step: RawStep }) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { editor } = usePlanView();
  const [adds, setAdds] = useState<number>();
  const { laid } = editor.store.get();
  const node = laid.byNumber.get(number);
  if (node === undefined) return undefined;
  const { level, index } = node;
  if (adds !== undefined) return <KindItems prefix={level.prefix} index={adds} />;
  const refused = (why: ReturnType<typeof editor.duplicate>): void => {
    if (why !== undefined) editor.say({ code: "refused", why });
  };
  const one = (text: string, icon: ReactNode, act: () => void, keys = ""): ReactNode => (
    <Menu.Item
      key={text}
      leftSection={icon}
      rightSection={keys === "" ? undefined : <kbd>{keys}</kbd>}
      onClick={act}
    >
      {text}
    </Menu.Item>
  );
  const adding = (text: string, at: number): ReactNode => (
    <Menu.Item leftSection={<IconPlus size={16} />} closeMenuOnClick={false} onClick={() => setAdds(at)}>
      {text}
    </Menu.Item>
  );
  return (
    <>
      {nextGap(laid, node, "up") === undefined
        ? undefined
        : one(t("menu.up"), <IconArrowUp size={16} />, () => editor.shift(number, "up"), "Alt ↑")}
      {nextGap(laid, node, "down") === undefined
        ? undefined
        : one(t("menu.down"), <IconArrowDown size={16} />, () => editor.shift(number, "down"), "Alt ↓")}
      {one(t("menu.moveTo"), <IconCornerDownRight size={16} />, () => openMove(number))}
      <Menu.Divider />
      {adding(t("menu.addAbove"), index)}
      {adding(t("menu.addBelow"), index + 1)}
      {one(t("menu.duplicate"), <IconSquarePlus2 size={16} />, () => refused(editor.duplicate(number)))}
      <Menu.Divider />
      {one(t("menu.copy"), <IconCopy size={16} />, () => void copySteps(editor, [step], number), "Ctrl C")}
      {one(t("menu.cut"), <IconScissors size={16} />, () => void cutStep(editor, number), "Ctrl X")}
      {one(
        t("menu.paste"),
        <IconClipboard size={16} />,
        () => void pasteAfter(editor, number).then((why) => why !== undefined && refused(why)),
        "Ctrl V",
      )}
      {branchesOf(step).map((branch, ordinal) => {
        const { title } = branchFace(step, branch, about);
        const below = node.branches[ordinal]?.level.steps.map((inner) => inner.step) ?? [];
        return [
          one(`${t("branch.focus")}: ${title}`, <IconZoomIn size={16} />, () =>
            editor.focus(branchLevel(number, ordinal)),
          ),
          below.length === 0
            ? undefined
            : one(
                t("branch.copy", { branch: title }),
                <IconCopy size={16} />,
                () => void copySteps(editor, below, number),
              ),
        ];
      })}
      <Menu.Divider />
      <Menu.Item
        className={style.danger ?? ""}
        leftSection={<IconTrash size={16} />}
        rightSection={<kbd>Del</kbd>}
        onClick={() => editor.remove(number)}
      >
        {t("menu.remove")}
      </Menu.Item>
    </>
  );
}
