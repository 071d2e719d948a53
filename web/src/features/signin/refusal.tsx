import { useTranslation } from "react-i18next";
import { ProblemList } from "../../components/problem-list.tsx";
import { ApiError } from "../../lib/api-error.ts";

/** Why somebody is not signed in. */
export function Refusal({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation();
  if (error === null) return undefined;
  const message = error instanceof ApiError && error.status === 0 ? t("state.notReached") : error.message;
  return <ProblemList problems={[{ pointer: "", code: "refused", message }]} />;
}
