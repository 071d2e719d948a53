import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../../../components/toast.tsx";
import { ApiError, isStale } from "../../../lib/api-error.ts";
import { useWhyNot } from "../../../lib/use-why-not.ts";
import { usePlanView } from "../editor/view.ts";
import type { Autosave } from "../state/autosave.ts";
import { planOf } from "../state/editor.ts";
import { dropDraft, planKeys, publishDraft, versionQuery } from "../state/requests.ts";
import { type Newer, newerIn } from "./newer.ts";

/** What the dialog does with a draft, and how that goes. */
interface Publishing {
  readonly isSending: boolean;
  /** Why it was not done, as a sentence. */
  readonly failed: string | undefined;
  /** Published since the draft was made; `publish` takes its place once this was shown. */
  readonly newer: Newer | undefined;
  readonly publish: (note: string) => Promise<void>;
  /** What was published since is put together with the draft, which can be published then. */
  readonly takeIn: () => Promise<void>;
  /** What calls take is taken over; the draft can be had back. */
  readonly throwAway: () => Promise<void>;
}

/** `onDone`: the draft is no draft any more. */
export function usePublishing(autosave: Autosave, onDone: () => void = () => undefined): Publishing {
  const { t } = useTranslation("plans");
  const whyNot = useWhyNot();
  const { id, editor } = usePlanView();
  const client = useQueryClient();
  const toast = useToast();
  const [isSending, setSending] = useState(false);
  const [failed, setFailed] = useState<string>();
  const [newer, setNewer] = useState<Newer>();
  const sent = async (send: (revision: number) => Promise<void>): Promise<void> => {
    setSending(true);
    setFailed(undefined);
    try {
      if (await autosave.flush()) await send(autosave.base().revision);
      else setFailed(t("publish.notSaved"));
    } catch (error) {
      await refused(error);
    } finally {
      setSending(false);
    }
  };
  const refused = async (error: unknown): Promise<void> => {
    const since = newerIn(error);
    const isGone = error instanceof ApiError && error.code === "nothingToPublish";
    if (since !== undefined) {
      setNewer(since);
      // The differences are those from what calls take now.
      await client.invalidateQueries({ queryKey: planKeys.one(id) });
    } else if (isStale(error) || isGone) {
      await autosave.look();
      setFailed(t(isGone ? "publish.noDraft" : "publish.changed"));
    } else setFailed(whyNot(error));
  };
  return {
    isSending,
    failed,
    newer,
    publish: (note) =>
      sent(async (revision) => {
        // Somebody published it or threw it away, and nothing was changed here since.
        if (revision === 0) throw new ApiError(409, { code: "nothingToPublish" });
        const { version } = await publishDraft(id, note, revision, newer !== undefined);
        // What was the draft is now what calls take: the next change begins another one.
        await autosave.look();
        await client.invalidateQueries({ queryKey: ["plan"] });
        toast({ text: t("publish.done", { version }), tone: "good" });
        onDone();
      }),
    takeIn: () =>
      sent(async () => {
        if (newer === undefined) return;
        const { version, by } = newer;
        const [{ document: from }, { document: live }] = await Promise.all([
          client.fetchQuery(versionQuery(id, autosave.base().basedOn)),
          client.fetchQuery(versionQuery(id, version)),
        ]);
        autosave.takeInPublished(from, { plan: live, basedOn: version }, by);
        setNewer(undefined);
        // Where both changed the same, the page asks.
        if (autosave.state.get().kind === "clash") onDone();
        else await autosave.flush();
      }),
    throwAway: () =>
      sent(async (revision) => {
        const thrown = planOf(editor.store.get());
        await dropDraft(id, revision);
        await autosave.look();
        toast({
          text: t("publish.thrown"),
          undo() {
            editor.replace(thrown);
            void autosave.flush();
          },
        });
        onDone();
      }),
  };
}
