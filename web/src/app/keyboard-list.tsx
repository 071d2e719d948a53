import { Modal, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type DialogProps, useOpenOnceThere } from "../lib/later.ts";
import { setSingleKeys, singleKeys } from "../lib/shortcuts.ts";
import style from "./keyboard-help.module.css";

/** The page that lists the keys. */
export default function KeyboardList({ isOpen, onClose }: DialogProps) {
  const isShown = useOpenOnceThere(isOpen);
  const { t } = useTranslation();
  const [isOn, setOn] = useState(singleKeys);
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
      opened={isShown}
      onClose={onClose}
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
