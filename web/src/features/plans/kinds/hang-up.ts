import { IconPhoneOff } from "@tabler/icons-react";
import { type Face, textAt } from "./face.ts";

const AS = ["busy", "rejected", "notFound", "normal"] as const;

export const face: Face = {
  type: "hangUp",
  icon: IconPhoneOff,
  tone: "neutral",
  section: "end",
  order: 2,
  title: (_, { t }) => t("row.hangUp"),
  subtitle(step, { t }) {
    const as = AS.find((one) => one === textAt(step, "as"));
    return as === undefined ? "" : t(`row.as.${as}`);
  },
  initial: () => ({ as: "busy" }),
};
