import { Modal, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { setSingleKeys, singleKeys, useShortcuts } from "../lib/shortcuts.ts";
import style from "./keyboard-help.module.css";

/** The keys that work everywhere, and the page that lists them. */
export function KeyboardHelp() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const [isOn, setOn] = useState(singleKeys);
  const go = (to: string) => () => void navigate(to);
  useShortcuts({
    "g h": go("/"),
    "g c": go("/calls"),
    "g p": go("/plans"),
    "g w": go("/webhooks"),
    w: go("/wallboard"),
    "?": () => setOpen(true),
    j: () => step(1),
    k: () => step(-1),
  });
  const keys = [
    ["g h", t("keys.goHome")],
    ["g c", t("keys.goCalls")],
    ["g p", t("keys.goPlans")],
    ["g w", t("keys.goWebhooks")],
    ["w", t("keys.wallboard")],
    ["Ctrl K", t("keys.search")],
    ["/", t("keys.list")],
    ["n", t("keys.new")],
    ["j k", t("keys.move")],
    ["Enter", t("keys.open")],
    ["Ctrl S", t("keys.save")],
    ["Esc", t("keys.close")],
    ["?", t("keys.help")],
  ] as const;
  return (
    <Modal
      opened={isOpen}
      onClose={() => setOpen(false)}
      title={t("keys.title")}
      closeButtonProps={{ "aria-label": t("do.close") }}
    >
      <dl className={style["keys"]}>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Switch
        label={t("keys.single")}
        description={t("keys.singleHelp")}
        checked={isOn}
        onChange={(event) => {
          setSingleKeys(event.currentTarget.checked);
          setOn(event.currentTarget.checked);
        }}
      />
    </Modal>
  );
}

/** To the next or the one before of the rows that lead somewhere. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[at < 0 ? (by === 1 ? 0 : rows.length - 1) : at + by]?.focus();
}
