import { IconUsers } from "@tabler/icons-react";
import { type Face, joined, rings, textAt } from "./face.ts";

export const face: Face = {
  type: "group",
  icon: IconUsers,
  tone: "brand",
  section: "ring",
  order: 2,
  title: (step, { t }) => t("row.group", { group: textAt(step, "group") }),
  subtitle(step, about) {
    const { t, directory } = about;
    const group = directory.groups.get(textAt(step, "group"));
    if (group === undefined) return joined(t("row.notFound"), rings(step, 20, about));
    return joined(group.name, t(`row.strategy.${group.strategy}`), rings(step, 20, about));
  },
  initial: ({ directory }) => ({ group: [...directory.groups.keys()][0] ?? "" }),
};
