import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SidePanel } from "../../../components/page.tsx";
import { Inspector } from "../inspector/inspector.tsx";
import { useEditorPiece, usePlanView } from "./view.ts";

/** What stands beside the list: the step, or a simulated call. On narrow screens a sheet that comes when it is wanted. */
export function EditorSide({
  isSimulating,
  children,
}: {
  readonly isSimulating: boolean;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation("plans");
  const { t: shell } = useTranslation();
  const { editor } = usePlanView();
  const selected = useEditorPiece((state) => state.selected);
  const isNarrow = useMediaQuery("(max-width: 64em)", undefined, { getInitialValueInEffect: false });
  const isPhone = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const label = isSimulating ? t("head.simulate") : t("inspector.label");
  // The panel stays the same one when a tablet is turned: what was typed there is kept.
  if (!isNarrow || isSimulating)
    return (
      <SidePanel label={label} narrow="above">
        {isSimulating ? children : <Inspector />}
      </SidePanel>
    );
  return (
    <Drawer
      opened={selected !== undefined}
      onClose={() => editor.select(undefined)}
      position={isPhone ? "bottom" : "right"}
      size={isPhone ? "75%" : 420}
      title={selected === undefined ? "" : t("step", { number: selected })}
      overlayProps={{ backgroundOpacity: 0.25 }}
      closeButtonProps={{ "aria-label": shell("do.close") }}
    >
      <Inspector />
    </Drawer>
  );
}
