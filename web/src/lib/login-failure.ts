import type { ParseKeys } from "i18next";
import { useTranslation } from "react-i18next";
import type { FailedLogin } from "../../../src/model/access.ts";
import { useSaid } from "../i18n/use-said.ts";

const CAUSES = ["wrongCredentials", "blocked", "malformed", "otherUri"] as const;

/** Why a phone could not log in, short and with what to do here; what is no matter of its password as the server says it. */
export function useLoginFailure(): (failure: FailedLogin) => string {
  const { t } = useTranslation();
  const say = useSaid();
  return ({ cause, code, args, reason }) => {
    const known = CAUSES.find((one) => one === cause);
    if (known === undefined) return say({ code, args, text: reason });
    const key: ParseKeys = `loginFailure.${known}`;
    return t(key);
  };
}
