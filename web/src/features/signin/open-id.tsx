import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import type { openIdRoutes } from "../../../../src/api/contract/open-id.ts";
import { api } from "../../lib/api.ts";
import style from "./frame.module.css";
import { Frame } from "./frame.tsx";
import { Refusal } from "./refusal.tsx";
import { useSignIn } from "./use-sign-in.ts";

/** Where the person wanted to, over the way by the other server. */
const PLACE = "switchhook.signInTo";

/** The button that leads to the other server. */
export function OpenIdButton({ label }: { readonly label: string }) {
  const { t } = useTranslation("signin");
  const [params] = useSearchParams();
  const leaving = useMutation({
    mutationFn: () => api<typeof openIdRoutes.begin>("session.openId.begin", { body: {} }),
    onSuccess: ({ href }) => {
      sessionStorage.setItem(PLACE, params.get("to") ?? "/");
      location.assign(href);
    },
  });
  return (
    <>
      <span className={style["or"]}>{t("or")}</span>
      <Refusal error={leaving.error} />
      <Button
        variant="default"
        loading={leaving.isPending || leaving.isSuccess}
        onClick={() => leaving.mutate()}
      >
        {label}
      </Button>
    </>
  );
}

/** The page that the other server sends the browser back to: what it brought is handed in at once, once. */
export function Component() {
  const { t } = useTranslation("signin");
  const [answer] = useState(() => location.search);
  const { mutate, error } = useSignIn("/session/openid/finish", () => sessionStorage.getItem(PLACE));
  const isTried = useRef(false);
  useEffect(() => {
    if (isTried.current) return;
    isTried.current = true;
    // The code is good once; it need not stay in the history.
    history.replaceState(history.state, "", location.pathname);
    mutate({ answer: answer === "" ? "?" : answer });
  }, [answer, mutate]);
  return (
    <Frame title={t("title")}>
      {error === null ? (
        <p role="status">{t("openId.wait")}</p>
      ) : (
        <>
          <Refusal error={error} />
          <Link to="/login">{t("openId.back")}</Link>
        </>
      )}
    </Frame>
  );
}
