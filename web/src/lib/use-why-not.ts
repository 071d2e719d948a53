import { useTranslation } from "react-i18next";
import { whyNot } from "./api-error.ts";

/** Says why something was not done, in the language of the page: for a message that goes by itself, or one beside a field. */
export function useWhyNot(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => whyNot(error, t("state.notReached"));
}
