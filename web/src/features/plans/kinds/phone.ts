import { IconPhone } from "@tabler/icons-react";
import { type Face, joined, rings, textAt } from "./face.ts";

export const face: Face = {
  type: "phone",
  icon: IconPhone,
  tone: "brand",
  section: "ring",
  order: 1,
  title: (step, { t }) => t("row.phone", { phone: textAt(step, "phone") }),
  subtitle(step, about) {
    const known = about.directory.phones.get(textAt(step, "phone"));
    return joined(known?.name ?? about.t("row.notFound"), rings(step, 20, about));
  },
  initial: ({ directory }) => ({ phone: [...directory.phones.keys()][0] ?? "" }),
};
