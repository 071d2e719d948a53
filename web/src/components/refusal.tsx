import { useTranslation } from "react-i18next";
import { ApiError } from "../lib/api-error.ts";
import { ProblemList } from "./problem-list.tsx";

/** Why what was asked was not done; null: nothing was refused. */
export function Refusal({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation();
  if (error === null) return undefined;
  const message = error instanceof ApiError && error.status === 0 ? t("state.notReached") : error.message;
  return <ProblemList problems={[{ pointer: "", code: "refused", message }]} />;
}
