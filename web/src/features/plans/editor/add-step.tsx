import { Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { stepNumber } from "../../../../../src/dialplan/step-number.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { Tile } from "../../../components/tile.tsx";
import { FORMS, faceOf } from "../kinds/faces.ts";
import { kindHint, kindName, refusalText } from "../state/say.ts";
import { type Gap, levelOfPrefix } from "../tree/outline.ts";
import { brought, refusal } from "../tree/refusal.ts";
import style from "./editor.module.css";
import { useAbout, usePlanView } from "./view.ts";

const SECTIONS = ["ring", "ask", "end"] as const;

/** The button that puts a step in at a gap. The menu is made only when it is opened: a plan has hundreds of gaps. */
export function AddStep({
  prefix,
  index,
  isBetween = false,
}: {
  readonly prefix: string;
  readonly index: number;
  readonly isBetween?: boolean;
}) {
  const { t } = useTranslation("plans");
  const [isOpen, setOpen] = useState(false);
  const button = (
    <button
      type="button"
      className={isBetween ? style.between : style.add}
      aria-label={isBetween ? t("add.above", { number: stepNumber(prefix, index) }) : undefined}
      aria-haspopup="menu"
      aria-expanded={isOpen}
      data-open={isOpen ? "" : undefined}
      // The gaps between rows are reached by the row's menu; on the way through a plan they would double every stop.
      tabIndex={isBetween ? -1 : undefined}
      onClick={() => setOpen(true)}
    >
      <IconPlus size={16} stroke={1.9} aria-hidden="true" />
      {isBetween ? undefined : t("add.step")}
    </button>
  );
  if (!isOpen) return button;
  return (
    <Menu opened onChange={setOpen} position="bottom-start" width={300} returnFocus trapFocus>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown className={style.menu ?? ""}>
        <KindItems prefix={prefix} index={index} />
      </Menu.Dropdown>
    </Menu>
  );
}

function kindsIn(section: (typeof SECTIONS)[number]): readonly string[] {
  const faces = FORMS.map(({ type }) => faceOf(type)).filter((face) => face.section === section);
  return faces.toSorted((a, b) => (a.order ?? 99) - (b.order ?? 99)).map(({ type }) => type);
}

/** The kinds of step as items of a menu; one that cannot stand here says why. */
export function KindItems({ prefix, index }: { readonly prefix: string; readonly index: number }) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { editor } = usePlanView();
  const { laid } = editor.store.get();
  const level = levelOfPrefix(laid, prefix);
  if (level === undefined) return undefined;
  const gap: Gap = [...level.path, index];
  return SECTIONS.map((section) => (
    <Fragment key={section}>
      <Menu.Label>{t(`add.section.${section}`)}</Menu.Label>
      {kindsIn(section).map((type) => {
        const face = faceOf(type);
        const step: RawStep = { type, ...face.initial(about) };
        const why = refusal(laid, brought([step]), gap);
        return (
          <Menu.Item
            key={type}
            className={style.kind ?? ""}
            aria-disabled={why === undefined ? undefined : true}
            data-refused={why === undefined ? undefined : ""}
            closeMenuOnClick={why === undefined}
            leftSection={<Tile icon={face.icon} tone={why === undefined ? face.tone : "neutral"} />}
            onClick={() => {
              if (why === undefined) editor.insert([step], gap);
              else editor.say({ code: "refused", why });
            }}
          >
            <strong>{kindName(t, type)}</strong>
            <span>{why === undefined ? kindHint(t, type) : refusalText(t, why)}</span>
          </Menu.Item>
        );
      })}
    </Fragment>
  ));
}
