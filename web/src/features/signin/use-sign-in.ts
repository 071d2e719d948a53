import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import type { SignedInAnswer } from "../../../../src/api/contract/session.ts";
import { request } from "../../lib/api.ts";
import { sessionOptions } from "../../lib/session.ts";

/** Only a place of ours may be where signing in leads to. */
export function placeIn(text: string | null): string {
  return text !== null && /^\/(?![/\\])/.test(text) ? text : "/";
}

/** Signs in by one of the ways, and goes to where the person wanted to; `place`: where that is, if not in the address. */
export function useSignIn(
  path: "/session" | "/session/openid/finish" | "/setup",
  place?: () => string | null,
) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  return useMutation({
    mutationFn: (body: Readonly<Record<string, unknown>>) => request<SignedInAnswer>("POST", path, { body }),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(sessionOptions.queryKey, session);
      void navigate(placeIn(place === undefined ? params.get("to") : place()), { replace: true });
    },
  });
}

/**
 * The secret behind the # of the address, which no server ever sees; it is taken out of the address once the page stands. Not before:
 * a first drawing may be given up and begun anew (its words are still on the way), and would find none. A link that is pasted into
 * the page that stands differs behind the # only, and loads nothing anew: its secret takes the place of the one before.
 */
export function useSecret(): string | undefined {
  const place = useLocation();
  const given = place.hash.slice(1);
  const [secret, setSecret] = useState(given);
  if (given !== "" && given !== secret) setSecret(given);
  useEffect(() => {
    if (place.hash !== "") history.replaceState(history.state, "", place.pathname + place.search);
  }, [place]);
  return secret === "" ? undefined : secret;
}
