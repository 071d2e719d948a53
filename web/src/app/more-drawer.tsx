import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type DialogProps, useOpenOnceThere } from "../lib/later.ts";

/** What the bar at the bottom has no room for. */
export default function MoreDrawer({
  title,
  isOpen,
  onClose,
  children,
}: DialogProps & { readonly title: string; readonly children: ReactNode }) {
  const isShown = useOpenOnceThere(isOpen);
  const { t } = useTranslation();
  return (
    <Drawer
      opened={isShown}
      onClose={onClose}
      position="bottom"
      title={title}
      size="auto"
      closeButtonProps={{ "aria-label": t("do.close") }}
    >
      {children}
    </Drawer>
  );
}
