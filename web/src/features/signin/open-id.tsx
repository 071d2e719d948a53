import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { openIdRoutes } from "../../../../src/api/contract/open-id.ts";
import { Refusal } from "../../components/refusal.tsx";
import { api } from "../../lib/api.ts";
import { beginSigningIn, takeLinking } from "../../lib/open-id-return.ts";
import { sessionOptions } from "../../lib/session.ts";
import style from "./frame.module.css";
import { Frame } from "./frame.tsx";
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
      beginSigningIn();
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
  const signingIn = useSignIn("/session/openid/finish", () => sessionStorage.getItem(PLACE));
  const linking = useLinking();
  const isTried = useRef(false);
  const { mutate: signIn } = signingIn;
  const { mutate: link } = linking;
  useEffect(() => {
    if (isTried.current) return;
    isTried.current = true;
    // The code is good once; it need not stay in the history.
    history.replaceState(history.state, "", location.pathname);
    const hand = takeLinking() ? link : signIn;
    hand({ answer: answer === "" ? "?" : answer });
  }, [answer, link, signIn]);
  const error = signingIn.error ?? linking.error;
  return (
    <Frame title={t("title")}>
      {error === null ? (
        <p role="status">{t("openId.wait")}</p>
      ) : (
        <>
          <Refusal error={error} />
          {linking.error === null ? (
            <Link to="/login">{t("openId.back")}</Link>
          ) : (
            <Link to="/settings/you">{t("openId.backToYou")}</Link>
          )}
        </>
      )}
    </Frame>
  );
}

/** Links the person who is signed in to the account that the browser came back with. */
function useLinking() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: { readonly answer: string }) =>
      api<typeof openIdRoutes.finishLink>("session.openId.link.finish", { body }),
    onSuccess: async () => {
      await client.invalidateQueries(sessionOptions);
      void navigate("/settings/you", { replace: true });
    },
  });
}
