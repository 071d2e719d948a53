import { useEffect, useSyncExternalStore } from "react";
import { earlySinceMs } from "../early.ts";
import { queryClient } from "../query.ts";
import { Feed, type Happening, type Link } from "./feed.ts";
import { staleBy } from "./stale.ts";

// One connection a browser (docs/adr/0085): the tab that holds the lock has it, the others hear of it. Where the browser has no locks (plain HTTP
// from beyond this machine) each tab has its own.

const NAME = "switchhook.events";

type Told =
  | { readonly happening: Happening; readonly id: string | undefined }
  | { readonly link: Link }
  /** A tab that has just come. */
  | "ask";

let link: Link = "connecting";
let last: string | undefined;
let users = 0;
let stop: (() => void) | undefined;
const onLink = new Set<() => void>();
const onHappening = new Set<(happening: Happening) => void>();

/** On a slow line the first page's answers are older than that when events begin to come: what happened in between nobody tells. */
const GAP_MS = 4_000;

function linked(now: Link): void {
  if (now === link) return;
  if (link === "connecting" && now === "up" && earlySinceMs() > GAP_MS)
    happened({ topic: "reset", data: {} }, undefined);
  link = now;
  for (const listener of onLink) listener();
}

function happened(happening: Happening, id: string | undefined): void {
  last = id ?? last;
  refresh(happening);
  for (const listener of onHappening) listener(happening);
}

/** Of each key one refresh waits at most. */
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

function refresh(happening: Happening): void {
  for (const { key, withinMs } of staleBy(happening)) {
    const name = key.join(" ");
    if (waiting.has(name)) continue;
    waiting.set(
      name,
      setTimeout(() => {
        waiting.delete(name);
        void queryClient.invalidateQueries({
          queryKey: [...key],
          // A tab that nobody sees asks when it is looked at.
          refetchType: document.hidden ? "none" : "active",
          predicate: ({ queryKey, state }) =>
            !isOwnBusiness(queryKey, key) && !isReadFarDown(queryKey, state.data),
        });
      }, withinMs),
    );
  }
}

/** The editor of a plan keeps its draft up to date by itself; a version never changes; the session is asked where it is meant. */
function isOwnBusiness([kind, part]: readonly unknown[], stale: readonly string[]): boolean {
  return (
    (kind === "plan" && (part === "draft" || part === "replay")) || (kind === "session" && stale.length === 0)
  );
}

/** Of a list of calls that somebody reads far down all pages would be fetched anew, up to twice in 3 s: its page asks for the first one. */
function isReadFarDown([kind]: readonly unknown[], data: unknown): boolean {
  const pages = (data as { readonly pages?: readonly unknown[] } | undefined)?.pages;
  return kind === "calls" && Array.isArray(pages) && pages.length > 1;
}

function begin(): () => void {
  const end = new AbortController();
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(NAME);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, and no argument for it
  const tell = (told: Told): void => channel?.postMessage(told);
  let feed: Feed | undefined;
  const lead = (): void => {
    if (end.signal.aborted) return;
    feed = new Feed(
      {
        open: (address) => new EventSource(address),
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        random: () => Math.random(),
        happened: (happening, id) => {
          tell({ happening, id });
          happened(happening, id);
        },
        linked: (now) => {
          tell({ link: now });
          linked(now);
        },
      },
      last,
    );
    feed.start();
  };
  channel?.addEventListener("message", ({ data }: MessageEvent<Told>) => {
    if (data === "ask") {
      if (feed !== undefined) tell({ link });
    } else if ("link" in data) linked(data.link);
    else happened(data.happening, data.id);
  });
  const online = (): void => feed?.retryNow();
  addEventListener("online", online);
  if (channel === undefined || !("locks" in navigator)) lead();
  else {
    tell("ask");
    void navigator.locks
      .request(NAME, { signal: end.signal }, () => {
        lead();
        return new Promise<void>((resolve) => end.signal.addEventListener("abort", () => resolve()));
      })
      // Ended before it was this tab's turn.
      .catch(() => undefined);
  }
  return () => {
    end.abort();
    feed?.stop();
    channel?.close();
    removeEventListener("online", online);
    linked("connecting");
  };
}

/** Follows what happens on the server while a component that uses this is shown: its queries are asked again when they are stale. */
export function useLive(): void {
  useEffect(() => {
    users += 1;
    stop ??= begin();
    return () => {
      users -= 1;
      if (users > 0) return;
      stop?.();
      stop = undefined;
    };
  }, []);
}

/** Tells a component what happens; `listener` has to stay the same. */
export function useHappenings(listener: (happening: Happening) => void): void {
  useEffect(() => {
    onHappening.add(listener);
    return () => {
      onHappening.delete(listener);
    };
  }, [listener]);
}

function subscribe(listener: () => void): () => void {
  onLink.add(listener);
  return () => onLink.delete(listener);
}

/** How the connection to the server is. */
export function useLink(): Link {
  return useSyncExternalStore(subscribe, () => link);
}

/** For queries of which events tell: how often they are asked while none can come. */
export function useUnlessLive(ms: number): number | false {
  return useLink() === "up" ? false : ms;
}
