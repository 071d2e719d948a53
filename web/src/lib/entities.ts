import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { DocumentOf, KindName } from "../../../src/model/entities/kinds.ts";
import { request } from "./api.ts";
import type { DocumentProblem } from "./api-error.ts";
import { rememberEntity } from "./remember-entity.ts";
import { sessionOptions } from "./session.ts";

export type { DocumentOf, KindName } from "../../../src/model/entities/kinds.ts";

/** Kinds of which there are many. */
export type ListKind = Exclude<KindName, "settings" | "outbound">;

/** Where each kind lies below `/api/v1`. */
const PATHS: Readonly<Record<KindName, string>> = {
  phone: "phones",
  group: "groups",
  trunk: "trunks",
  webhook: "webhooks",
  plan: "plans",
  number: "numbers",
  audioMessage: "audio-messages",
  settings: "settings",
  outbound: "outbound",
};

/** Where the interface shows a thing of a kind. */
export const PAGES: Readonly<Record<KindName, string>> = {
  phone: "/phones",
  group: "/groups",
  trunk: "/trunks",
  webhook: "/webhooks",
  plan: "/plans",
  number: "/numbers",
  audioMessage: "/audio",
  settings: "/settings",
  outbound: "/trunks",
};

export interface Use {
  readonly kind: KindName;
  readonly id: string;
  readonly key: string;
}

/** A thing of the configuration, as the API shows it: secrets are `***`. */
export interface Entity<Document> {
  readonly id: string;
  readonly kind: KindName;
  /** What others refer to it by: its name, its extension, its number. */
  readonly key: string;
  readonly revision: number;
  readonly document: Document;
  readonly changedBy: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
  readonly usedBy: readonly Use[];
}

export interface Saved<Document> extends Entity<Document> {
  /** Of a new phone: made by the server, shown this once. */
  readonly password?: string;
  readonly warnings?: readonly DocumentProblem[];
}

interface List<Document> {
  readonly items: readonly Entity<Document>[];
  readonly next?: string | null;
}

const PAGE = 100;

export function listOptions<Kind extends ListKind>(kind: Kind, q = "") {
  return infiniteQueryOptions({
    // Beside the whole list of a kind, which is no pages: [kind, "list", "whole"].
    queryKey: [kind, "list", "pages", q],
    queryFn: ({ pageParam, signal }) =>
      request<List<DocumentOf<Kind>>>("GET", `/${PATHS[kind]}`, {
        query: { limit: PAGE, q: q === "" ? undefined : q, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

/** The things of a kind, page by page; `q` looks into key, name and description. */
export function useEntities<Kind extends ListKind>(kind: Kind, q = "") {
  return useInfiniteQuery(listOptions(kind, q));
}

export function entityOptions<Kind extends KindName>(kind: Kind, id: string | undefined) {
  const path = id === undefined ? `/${PATHS[kind]}` : `/${PATHS[kind]}/${encodeURIComponent(id)}`;
  return queryOptions({
    queryKey: [kind, "one", id ?? ""],
    queryFn: ({ signal }) => request<Entity<DocumentOf<Kind>>>("GET", path, { signal }),
  });
}

/** One thing. */
export function useEntity<Kind extends KindName>(kind: Kind, id: string | undefined, isWanted = true) {
  return useQuery({ ...entityOptions(kind, id), enabled: isWanted });
}

/** What is to be saved: new without an id. */
export interface ToSave<Document> {
  readonly id: string | undefined;
  readonly revision: number | undefined;
  readonly document: Document;
}

/** Saves a thing; what is saved is live. */
export function useSaveEntity<Kind extends KindName>(kind: Kind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, revision, document }: ToSave<DocumentOf<Kind>>) =>
      revision === undefined
        ? request<Saved<DocumentOf<Kind>>>("POST", `/${PATHS[kind]}`, { body: document })
        : request<Saved<DocumentOf<Kind>>>(
            "PUT",
            `/${PATHS[kind]}${id === undefined ? "" : `/${encodeURIComponent(id)}`}`,
            {
              body: document,
              ifMatch: revision === 0 ? undefined : revision,
              // The one document of its kind that was never written.
              ifNoneMatch: revision === 0 ? "*" : undefined,
              query: { renameUsers: id === undefined ? undefined : true },
            },
          ),
    onSuccess: async (saved) => {
      await rememberEntity(client, kind, saved);
      // The session tells where the company is, by which numbers are read.
      if (kind === "settings") void client.invalidateQueries({ queryKey: sessionOptions.queryKey });
      await client.invalidateQueries({ queryKey: [kind, "list"] });
    },
  });
}

/** Puts a thing into the trash. */
export function useRemoveEntity(kind: ListKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, revision }: { readonly id: string; readonly revision: number }) =>
      request("DELETE", `/${PATHS[kind]}/${encodeURIComponent(id)}`, { ifMatch: revision }),
    onSuccess: () => client.invalidateQueries({ queryKey: [kind, "list"] }),
  });
}

/** Takes a thing out of the trash again. */
export async function restoreEntity(client: QueryClient, kind: ListKind, id: string): Promise<void> {
  await request("POST", `/trash/${encodeURIComponent(id)}/restore`);
  void client.invalidateQueries({ queryKey: [kind] });
}
