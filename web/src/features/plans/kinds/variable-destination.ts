import { IconArrowsSplit2 } from "@tabler/icons-react";
import { type Face, joined, rings } from "./face.ts";

export const face: Face = {
  type: "variableDestination",
  icon: IconArrowsSplit2,
  tone: "brand",
  section: "ring",
  order: 3,
  title: (_, { t }) => t("row.variableDestination"),
  subtitle: (step, about) => joined(about.t("row.whatReturned"), rings(step, 20, about)),
  initial: () => ({}),
};
