import { useEffect, useState } from "react";
import { useLink } from "../../../lib/live/live.ts";
import { same } from "../../../lib/merge.ts";
import { type Receiver, type Reply, unsentReply, useSetReply } from "./practice.ts";

const SAVED_AFTER_MS = 400;

/**
 * The reply as it is being typed, and else as it is on the server: somebody else may change it too, and a page on which nothing is
 * typed sends nothing. What was typed last is sent by leaving as well. What a server that is away has not taken is sent when it is
 * back, or where the page has been left, when it is opened again.
 */
export function useReply({ id, reply }: Receiver) {
  const [typed, setTyped] = useState(() => unsentReply.get(id));
  const link = useLink();
  const { mutate, error } = useSetReply(id);
  // Anew with another `link`, as what is still typed then may not have arrived.
  useEffect(() => {
    if (typed === undefined) return undefined;
    unsentReply.set(id, typed);
    const timer = setTimeout(
      () => mutate(typed, { onSuccess: () => setTyped((now) => (now === typed ? undefined : now)) }),
      SAVED_AFTER_MS,
    );
    return () => clearTimeout(timer);
  }, [id, typed, link, mutate]);
  useEffect(
    () => () => {
      const left = unsentReply.get(id);
      if (left !== undefined) mutate(left);
    },
    [id, mutate],
  );
  const type = (next: Reply): void => {
    if (!same(next, typed ?? reply)) setTyped(next);
  };
  return { reply: typed ?? reply, type, isSaved: typed === undefined, error };
}
