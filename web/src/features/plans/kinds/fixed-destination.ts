import { IconWorld } from "@tabler/icons-react";
import { type Face, joined, rings, textAt } from "./face.ts";

export const face: Face = {
  type: "fixedDestination",
  icon: IconWorld,
  tone: "brand",
  section: "ring",
  order: 4,
  title: (step, { t }) => textAt(step, "number").trim() || t("row.noNumber"),
  subtitle: (step, about) => joined(about.t("row.outside"), rings(step, 25, about)),
  initial: () => ({ number: "" }),
};
