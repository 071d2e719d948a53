import { IconTag } from "@tabler/icons-react";
import { CallerNameForm } from "./caller-name-form.tsx";
import { type Face, textAt } from "./face.ts";

export const face: Face = {
  type: "callerName",
  icon: IconTag,
  tone: "warn",
  section: "end",
  order: 1,
  title(step, { t }) {
    const text = textAt(step, "text");
    if (step.mode === "webhook") return t("row.nameFromWebhook");
    const isReplaced = step.mode === "replace";
    if (text.trim() === "") return t(isReplaced ? "choices.mode.replace" : "choices.mode.prepend");
    return isReplaced ? t("row.nameReplaced", { text }) : t("row.namePrepended", { text });
  },
  subtitle: () => "",
  initial: () => ({ mode: "prepend", text: "" }),
  Form: CallerNameForm,
  ownFields: ["mode", "text"],
};
