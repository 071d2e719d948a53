import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useToast } from "../../components/toast.tsx";
import { request } from "../../lib/api.ts";
import { ApiError, isStale } from "../../lib/api-error.ts";
import { type Draft, useDraft } from "../../lib/draft.ts";
import { type DocumentOf, type Entity, entityOptions, useSaveEntity } from "../../lib/entities.ts";
import { clockTime } from "../../lib/format.ts";
import { useIsShown } from "../../lib/is-shown.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { againOf, isSoundOf, type Sound, type Words, wordsOf } from "./sound-source.ts";
import {
  documentOf,
  type MadeSound,
  nameOfFile,
  soundNow,
  type TypedMessage,
  typedOf,
  withoutSound,
} from "./typed-message.ts";

export type StoredMessage = Entity<DocumentOf<"audioMessage">>;

/** A message as it is being made, with what the server does for it. */
export type Message = ReturnType<typeof useMessage>;

/** A message as it is being made: what was typed, which stays over a reload, its sound, which does not, and saving it. */
export function useMessage(entity: StoredMessage | undefined) {
  const { i18n } = useTranslation();
  const old = entity?.document;
  const draft = useDraft<TypedMessage>(
    `audioMessage.${entity?.id ?? "new"}`,
    typedOf(old, i18n.language),
    entity?.revision ?? 0,
    withoutSound,
  );
  const typed = draft.document;
  const [made, setMade] = useState<MadeSound>();
  // A file may take long, and a name be typed meanwhile.
  const name = useRef(typed.name);
  useEffect(() => {
    name.current = typed.name;
  }, [typed.name]);
  const converting = useMutation({ mutationFn: convert });
  // Of several that are under way the last one counts: `mutate` calls only its own.
  const make = (from: File | Words): void =>
    converting.mutate(from, {
      onSuccess: (sound) => {
        setMade({ sound, from, revision: draft.revision });
        const isNamed = name.current !== "" || !(from instanceof File);
        draft.change({ content: sound.content, ...(isNamed ? {} : { name: nameOfFile(from) }) });
      },
    });
  const { sound, spoken } = soundNow(made, old, i18n.language);
  /** A text in a language is spoken, unless it has been, or is about to be. */
  const speak = (words: Words): void => {
    const latest = converting.isPending ? wordsOf(converting.variables) : spoken;
    if (words.text.trim() !== "" && !isSoundOf(latest, { source: "text", ...words })) make(words);
  };
  // Another text, or another language, has another sound.
  const fitting = isSoundOf(spoken, typed) ? sound : undefined;
  const saving = useSaving({
    entity,
    draft,
    document: fitting && documentOf(typed, fitting, made, old),
    // Whatever was done first was done to what was there then.
    seen: Math.min(draft.revision, made?.revision ?? draft.revision),
    forget: () => setMade(undefined),
  });
  const drop = (): void => {
    draft.drop();
    setMade(undefined);
  };
  return {
    typed,
    type: draft.change,
    kept: { isRestored: draft.isRestored, drop },
    sound: fitting,
    refused: useRefused(converting, typed, make),
    speak,
    make,
    converting: converting.isPending ? converting.variables : undefined,
    saving,
  };
}

/** What is said where a file or a text has not become sound, and can be done where the connection broke off before it had. */
function useRefused(
  { variables: given, error }: UseMutationResult<Sound, Error, File | Words>,
  form: Parameters<typeof againOf>[1],
  make: (given: File | Words) => void,
) {
  const { t } = useTranslation("audio");
  const again = given === undefined ? undefined : againOf(given, form);
  if (again === undefined) return { error: null };
  const notReached = again instanceof File ? t("brokenFile", { file: again.name }) : t("brokenText");
  return { error, notReached, onRetry: () => make(again) };
}

/** Makes a file or a text the sound of a message, which is not kept yet. */
function convert(given: File | Words): Promise<Sound> {
  if (given instanceof File)
    return request<Sound>("POST", "/audio/content", { query: { file: given.name }, body: given });
  const { text, language } = given;
  return request<Sound>("POST", "/audio/speech", { query: { language }, body: new Blob([text]) });
}

/** Somebody else has saved the message meanwhile. */
export interface MessageConflict {
  readonly changedBy: string;
  readonly changedAt: number;
  readonly useMine: () => void;
  readonly useTheirs: () => void;
}

/** Saves a message, a new one only where its name is free, and one that is there only as it was seen. */
function useSaving({
  entity,
  draft,
  document,
  seen,
  forget,
}: {
  readonly entity: StoredMessage | undefined;
  readonly draft: Draft<TypedMessage>;
  /** Undefined: it cannot be saved yet. */
  readonly document: ReturnType<typeof documentOf> | undefined;
  readonly seen: number;
  /** Forgets the sound that was made here. */
  readonly forget: () => void;
}) {
  const { t, i18n } = useTranslation();
  const whyNot = useWhyNot();
  const navigate = useNavigate();
  const client = useQueryClient();
  const toast = useToast();
  const saving = useSaveEntity("audioMessage");
  const { error, variables } = saving;
  const isShown = useIsShown();
  const put = (revision: number): void => {
    if (document === undefined || document.name === "") return;
    // Not by the callbacks of `mutate`: who leaves the page at once would not hear of it, and find the message here as not saved.
    void saving
      .mutateAsync({ id: entity?.id, revision: entity === undefined ? undefined : revision, document })
      .then(
        (saved) => {
          draft.settle(
            { document: draft.document, revision: saved.revision },
            draft.document,
            entity === undefined ? `audioMessage.${saved.id}` : undefined,
          );
          toast({ text: t("state.saved", { time: clockTime(Date.now()) }) });
          if (isShown.current) void navigate("/audio");
        },
        (refused: Error) => {
          if (!isShown.current) toast({ text: whyNot(refused), tone: "bad" });
        },
      );
  };
  const current = isStale(error) ? (error.more["current"] as StoredMessage) : undefined;
  const conflict: MessageConflict | undefined = current && {
    changedBy: current.changedBy,
    changedAt: current.changedAt,
    useMine: () => put(current.revision),
    useTheirs: () => {
      client.setQueryData(entityOptions("audioMessage", current.id).queryKey, current);
      draft.take(typedOf(current.document, i18n.language), current.revision);
      forget();
      saving.reset();
    },
  };
  const isTaken = error instanceof ApiError && error.code === "taken";
  return {
    can: document !== undefined && document.name !== "",
    isPending: saving.isPending,
    save: () => put(seen),
    conflict,
    /** The name that another message has; another one may be typed by now. */
    taken: isTaken ? variables?.document.name : undefined,
    error: conflict !== undefined || isTaken ? null : error,
  };
}
