import { useTranslation } from "react-i18next";
import { copyText } from "../lib/copy-text.ts";
import { useToast } from "./toast.tsx";

/** Copies a text and says so, or that it did not work. */
export function useCopy(): (text: string) => void {
  const { t } = useTranslation();
  const toast = useToast();
  return (text) =>
    void copyText(text).then((isCopied) =>
      toast(isCopied ? { text: t("do.copied") } : { text: t("do.notCopied"), tone: "bad" }),
    );
}
