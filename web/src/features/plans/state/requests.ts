import { queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Said } from "../../../../../src/lib/said.ts";
import { allOptions } from "../../../lib/all-entities.ts";
import { request } from "../../../lib/api.ts";
import { ApiError, isStale } from "../../../lib/api-error.ts";
import type { ListKind } from "../../../lib/entities.ts";
import { loadNumberingPlans } from "../../../lib/phone-number.ts";
import type { RawPlan } from "../tree/outline.ts";
import type { Read, SaveAnswer, Saved } from "./autosave.ts";
import type { Listed, Things } from "./directory.ts";

// What the pages of plans ask of the API.

/** An entity as it is listed. */
export interface Entity<Document> extends Listed<Document> {
  readonly revision: number;
  readonly changedBy?: string | undefined;
  readonly changedAt?: number | undefined;
  readonly usedBy?: readonly { readonly kind: string; readonly id: string; readonly key: string }[];
}

/** A draft as the server has it. */
export interface DraftAnswer {
  readonly document: RawPlan;
  /** The published version that it was made from. */
  readonly basedOn: number;
  /** 0: there is no draft, and this is what calls take. */
  readonly revision: number;
  readonly changedBy?: string | undefined;
  readonly changedAt?: number | undefined;
}

/** Under what answers are kept: beside those of the other pages that show the same things. */
export const planKeys = {
  list: ["plan", "list"] as const,
  one: (id: string) => ["plan", "one", id] as const,
  draft: (id: string) => ["plan", "draft", id] as const,
  versions: (id: string) => ["plan", "versions", id] as const,
  traffic: (id: string) => ["plan", "traffic", id] as const,
};

/** How many versions of a plan are listed. */
const PAGE = 200;

function useList<Document>(kind: ListKind, path: `/${string}`) {
  return useQuery(allOptions<Document>(kind, path));
}

export function phonesQuery() {
  return allOptions<DocumentOf<"phones">>("phone", "/phones");
}

type DocumentOf<Key extends keyof Things> = Things[Key] extends readonly Listed<infer Document>[]
  ? Document
  : never;

/** The settings of a company; null where none were saved yet. */
async function readSettings(signal: AbortSignal): Promise<NonNullable<Things["settings"]> | null> {
  try {
    return (await request<Entity<NonNullable<Things["settings"]>>>("GET", "/settings", { signal })).document;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Everything that a plan can refer to, when all of it is there; `error`: why it is not; `retry` asks again for what failed. */
export function useThings(): {
  readonly data: Things | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
} {
  const settings = useQuery({
    // Not under the key of the settings' own page, to which those that were never saved are an error.
    queryKey: ["settings", "one", "if any"],
    queryFn: ({ signal }) => readSettings(signal),
  });
  const phones = useList<DocumentOf<"phones">>("phone", "/phones");
  const groups = useList<DocumentOf<"groups">>("group", "/groups");
  const webhooks = useList<DocumentOf<"webhooks">>("webhook", "/webhooks");
  const audioMessages = useList<DocumentOf<"audioMessages">>("audioMessage", "/audio-messages");
  const plans = useList<DocumentOf<"plans">>("plan", "/plans");
  const data = useMemo(() => {
    if (
      settings.data === undefined ||
      !phones.data ||
      !groups.data ||
      !webhooks.data ||
      !audioMessages.data ||
      !plans.data
    ) {
      return undefined;
    }
    return {
      settings: settings.data ?? undefined,
      phones: phones.data,
      groups: groups.data,
      webhooks: webhooks.data,
      audioMessages: audioMessages.data,
      plans: plans.data,
    };
  }, [settings.data, phones.data, groups.data, webhooks.data, audioMessages.data, plans.data]);
  const failed = [settings, phones, groups, webhooks, audioMessages, plans].filter(
    ({ error }) => error !== null,
  );
  return {
    data,
    // What was read before is good enough while it cannot be read again.
    error: data === undefined ? (failed[0]?.error ?? null) : null,
    retry: () => {
      for (const { refetch } of failed) void refetch();
    },
  };
}

/** Numbers can be read (and steps with them checked) when this has data. */
export function useNumberReading() {
  return useQuery({
    queryKey: ["numberReading"],
    queryFn: async () => {
      await loadNumberingPlans().catch(() => {
        throw new ApiError(0, { title: "The server was not reached." });
      });
      return true;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

/** A plan as calls take it. */
export function usePlan(id: string) {
  return useQuery({
    queryKey: planKeys.one(id),
    queryFn: ({ signal }) => request<Entity<RawPlan>>("GET", `/plans/${encodeURIComponent(id)}`, { signal }),
  });
}

/** The numbers that take a plan. */
export function useNumbers(
  plan: string | undefined,
): readonly { readonly id: string; readonly number: string }[] {
  const numbers = useList<{ readonly number: string; readonly plan?: string }>("number", "/numbers").data;
  return useMemo(
    () =>
      (numbers ?? []).flatMap(({ id, document }) =>
        document.plan === plan ? [{ id, number: document.number }] : [],
      ),
    [numbers, plan],
  );
}

export function useDraft(id: string) {
  return useQuery({
    queryKey: planKeys.draft(id),
    queryFn: ({ signal }) =>
      request<DraftAnswer>("GET", `/plans/${encodeURIComponent(id)}/draft`, { signal }),
    // Once it is there the editor keeps it up to date by itself.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

/** The draft as the server has it now, and who saved it. */
export async function readDraft(id: string): Promise<Read> {
  return readOf(await request<DraftAnswer>("GET", `/plans/${encodeURIComponent(id)}/draft`));
}

/** A draft's answer as saving takes it. */
export function readOf({ document, revision, basedOn, changedBy, changedAt }: DraftAnswer): Read {
  return { theirs: { plan: document, revision, basedOn }, changedBy, changedAt };
}

/** Sends a draft made from `base`; a draft that somebody else changed meanwhile is an answer, all else is thrown. */
export async function saveDraft(
  id: string,
  document: RawPlan,
  { revision, basedOn }: Saved,
): Promise<SaveAnswer> {
  try {
    const answer = await request<DraftAnswer>("PUT", `/plans/${encodeURIComponent(id)}/draft`, {
      body: document,
      ifMatch: revision,
      query: { basedOn },
    });
    return { kind: "saved", revision: answer.revision, basedOn: answer.basedOn };
  } catch (error) {
    if (!isStale(error)) throw error;
    return { kind: "stale", ...(await readDraft(id)) };
  }
}

export interface Traffic {
  readonly steps: ReadonlyMap<string, { readonly came: number; readonly answered: number }>;
}

interface TrafficAnswer {
  readonly steps: readonly { readonly step: string; readonly came: number; readonly answered: number }[];
}

/** The calls of the last seven days by step; undefined until it is known. */
export function useTraffic(id: string): Traffic | undefined {
  const answer = useQuery({
    queryKey: planKeys.traffic(id),
    queryFn: ({ signal }) =>
      request<TrafficAnswer>("GET", `/plans/${encodeURIComponent(id)}/traffic`, { signal }),
    staleTime: 60_000,
  }).data;
  return useMemo(
    () => (answer === undefined ? undefined : { steps: new Map(answer.steps.map((one) => [one.step, one])) }),
    [answer],
  );
}

/** A published version of a plan, as the history lists it. */
export interface VersionRow {
  readonly version: number;
  readonly note?: string | undefined;
  readonly publishedBy?: string | undefined;
  readonly publishedAt: number | string;
}

export interface VersionAnswer extends VersionRow {
  readonly document: RawPlan;
}

/** Makes the draft what calls take; answers its version. `overwrite`: although another one was published since it was made. */
export function publishDraft(
  id: string,
  note: string,
  revision: number,
  overwrite: boolean,
): Promise<{ readonly version: number }> {
  return request("POST", `/plans/${encodeURIComponent(id)}/publish`, {
    body: { note: note.trim(), revision, overwrite },
  });
}

/** Throws the draft away, if it is still the one that was seen. */
export function dropDraft(id: string, revision: number): Promise<void> {
  return request("DELETE", `/plans/${encodeURIComponent(id)}/draft`, { ifMatch: revision });
}

/** Past calls that would take other steps on the draft. */
export interface Replayed {
  readonly calls: number;
  readonly elsewhere: readonly { readonly id: string; readonly caller: string; readonly called: string }[];
}

/** Walks the last calls of a plan on its draft, which the server must have. */
export function useReplay(id: string, revision: number, isWanted: boolean) {
  return useQuery({
    queryKey: ["plan", "replay", id, revision],
    queryFn: ({ signal }) =>
      request<Replayed>("POST", `/plans/${encodeURIComponent(id)}/replay`, { body: { calls: 500 }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    enabled: isWanted,
  });
}

/** Publishes an older version again, as a new one. */
export function restoreVersion(
  id: string,
  version: number,
  note: string,
): Promise<{ readonly version: number }> {
  return request("POST", `/plans/${encodeURIComponent(id)}/rollback`, { body: { version, note } });
}

interface VersionPage {
  readonly items: readonly VersionRow[];
  readonly next?: number | null;
}

/** The published versions of a plan, the newest first, page by page. */
export function useVersions(id: string) {
  return useInfiniteQuery({
    queryKey: planKeys.versions(id),
    queryFn: ({ pageParam, signal }) =>
      request<VersionPage>("GET", `/plans/${encodeURIComponent(id)}/versions`, {
        query: { limit: PAGE, before: pageParam },
        signal,
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

/** One version, whole. It never changes. */
export function versionQuery(id: string, version: number | undefined) {
  return queryOptions({
    queryKey: [...planKeys.versions(id), version],
    queryFn: ({ signal }) =>
      request<VersionAnswer>("GET", `/plans/${encodeURIComponent(id)}/versions/${version}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useVersion(id: string, version: number | undefined) {
  return useQuery({ ...versionQuery(id, version), enabled: version !== undefined });
}

export function usePlans() {
  return useList<RawPlan>("plan", "/plans");
}

export function createPlan(document: RawPlan): Promise<Entity<RawPlan>> {
  return request("POST", "/plans", { body: document });
}

/** Gives a plan another name, and that to all that name it. `revision`: the version that the person has seen. */
export function renamePlan(id: string, name: string, revision: number): Promise<Entity<RawPlan>> {
  return request("PATCH", `/plans/${encodeURIComponent(id)}`, {
    body: { name },
    ifMatch: revision,
    query: { renameUsers: true },
  });
}

export function removePlan(id: string, revision: number): Promise<void> {
  return request("DELETE", `/plans/${encodeURIComponent(id)}`, { ifMatch: revision });
}

/** Takes a plan out of the trash again. */
export function restorePlan(id: string): Promise<void> {
  return request("POST", `/trash/${encodeURIComponent(id)}/restore`);
}

/** What a webhook is asked with. */
export type AskedWith = Readonly<Record<"did" | "callerid" | "callername" | "code" | "callid", string>>;

/** A reply, or why none came; either after so long. */
export type Asked =
  | {
      readonly ok: true;
      readonly reply: { readonly text: string; readonly status: number; readonly elapsedMs: number };
    }
  | { readonly ok: false; readonly failure: Said; readonly elapsedMs: number };

/** Has the server really ask a webhook, marked as a test; answers what came, or why nothing did. */
export async function askWebhook(webhook: Listed<unknown>, values: AskedWith): Promise<Asked> {
  const { reply, timings, said } = await request<{
    readonly reply?: { readonly status: number; readonly body: string } | undefined;
    readonly timings: { readonly total: number };
    readonly said: Said;
  }>("POST", "/webhooks/try", { body: { id: webhook.id, document: webhook.document, values } });
  const elapsedMs = Math.round(timings.total);
  return reply === undefined
    ? { ok: false, failure: said, elapsedMs }
    : { ok: true, reply: { text: reply.body, status: reply.status, elapsedMs } };
}
