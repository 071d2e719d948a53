import { IconWebhook } from "@tabler/icons-react";
import { type Face, textAt } from "./face.ts";

export const face: Face = {
  type: "webhook",
  icon: IconWebhook,
  tone: "webhook",
  section: "ask",
  order: 1,
  title: (step, { t }) => t("row.webhook", { webhook: textAt(step, "webhook") }),
  subtitle(step, { t, directory }) {
    const webhook = directory.webhooks.get(textAt(step, "webhook"));
    if (webhook === undefined) return t("row.notFound");
    return webhook.ivr === undefined ? t("row.oneRequest") : t("row.asksCode");
  },
  initial: ({ directory }) => ({ webhook: [...directory.webhooks.keys()][0] ?? "", success: [], failed: [] }),
  branch: ([key], { t }) =>
    key === "success"
      ? { title: t("branch.success"), hint: t("branch.successHint"), tone: "good" }
      : { title: t("branch.failed"), hint: t("branch.failedHint"), tone: "bad" },
};
