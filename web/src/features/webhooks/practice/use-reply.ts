import { useEffect, useEffectEvent, useState } from "react";
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
  const send = useEffectEvent(() => {
    const left = unsentReply.get(id);
    if (left !== undefined)
      mutate(left, { onSuccess: () => setTyped((now) => (now === left ? undefined : now)) });
  });
  useEffect(() => {
    if (typed === undefined) return undefined;
    unsentReply.set(id, typed);
    const timer = setTimeout(() => send(), SAVED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [id, typed]);
  useEffect(() => {
    // What is still typed when the server is back has not arrived.
    if (link === "up") send();
  }, [link]);
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
