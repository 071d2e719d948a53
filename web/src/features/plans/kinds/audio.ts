import { IconMusic } from "@tabler/icons-react";
import { type Face, textAt } from "./face.ts";

export const face: Face = {
  type: "audio",
  icon: IconMusic,
  tone: "sound",
  section: "ask",
  order: 2,
  title: (step, { t }) => t("row.play", { message: textAt(step, "message") }),
  subtitle: (step, { t, directory }) =>
    directory.audioMessages.has(textAt(step, "message")) ? t("row.thenNext") : t("row.notFound"),
  initial: ({ directory }) => ({ message: [...directory.audioMessages.keys()][0] ?? "" }),
};
