import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ApiError } from "../lib/api-error.ts";
import { ProblemList } from "./problem-list.tsx";

/** Why what was asked was not done; null: nothing was refused. */
export function Refusal({
  error,
  notReached,
  onRetry,
}: {
  readonly error: Error | null;
  /** What is said where the server was not reached, instead of what always holds. */
  readonly notReached?: string;
  /** Where the server was not reached: asks for the same again. */
  readonly onRetry?: () => void;
}) {
  const { t } = useTranslation();
  if (error === null) return undefined;
  const isBroken = error instanceof ApiError && error.status === 0;
  const message = isBroken ? (notReached ?? t("state.notReached")) : error.message;
  return (
    <>
      <ProblemList problems={[{ pointer: "", code: "refused", message }]} />
      {isBroken && onRetry !== undefined ? (
        <Button variant="default" mb="md" onClick={onRetry}>
          {t("do.tryAgain")}
        </Button>
      ) : undefined}
    </>
  );
}
