import type { ParseKeys } from "i18next";
import { useTranslation } from "react-i18next";
import type { FailedLogin } from "../../../src/model/access.ts";

const CAUSES = ["wrongCredentials", "blocked", "malformed", "otherUri"] as const;

/** Why a phone could not log in, in the language of the interface; what has no cause is told as the server says it. */
export function useLoginFailure(): (failure: Pick<FailedLogin, "cause" | "reason">) => string {
  const { t } = useTranslation();
  return ({ cause, reason }) => {
    const known = CAUSES.find((one) => one === cause);
    if (known === undefined) return reason;
    const key: ParseKeys = `loginFailure.${known}`;
    return t(key);
  };
}
