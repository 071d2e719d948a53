import type { Happening } from "./feed.ts";

/** Answers that are not true any more, by the beginning of their keys, and how soon they are asked again. */
export interface Stale {
  readonly key: readonly string[];
  readonly withinMs: number;
}

const SOON_MS = 250;
/** Calls come and go by the dozen: their lists are asked again so often at most. */
const LIST_MS = 1500;
const CALL_MS = 600;
const HOME_MS = 2000;

const HOME: Stale = { key: ["home"], withinMs: HOME_MS };
const soon = (...key: readonly string[]): Stale => ({ key, withinMs: SOON_MS });
/** Of which the last calls are shown too. */
const TRUNKS = soon("trunk", "status");

/** What an event makes stale; an empty key: everything. */
export function staleBy({ topic, data }: Happening): readonly Stale[] {
  switch (topic) {
    case "reset":
      return [soon()];
    case "call.started":
    case "call.updated":
    case "call.ended": {
      const id = textAt(at(data, "call"), "id");
      return [
        { key: ["calls"], withinMs: LIST_MS },
        ...(id === undefined ? [] : [{ key: ["call", id], withinMs: CALL_MS }]),
        ...(topic === "call.updated" ? [] : [{ ...TRUNKS, withinMs: LIST_MS }, HOME]),
      ];
    }
    case "phone.registered":
    case "phone.lost":
      return [soon("phone", "status"), HOME];
    // Whoever guesses passwords makes two a second of these.
    case "phone.refused":
      return [{ key: ["phone", "status"], withinMs: LIST_MS }, HOME];
    case "trunk.changed":
      return [TRUNKS, HOME];
    case "webhook.health": {
      const id = textAt(data, "id");
      return id === undefined ? [] : [soon("webhook", "health", id), soon("webhook", "requests", id), HOME];
    }
    case "config.changed":
      return [...changedKinds(data).flatMap(staleWith), soon("trash"), soon("audit"), HOME];
    case "alert.raised":
    case "alert.cleared":
      return [HOME];
    case "practice.asked": {
      const id = textAt(data, "id");
      return id === undefined ? [] : [soon("practice", id)];
    }
    // Who edits a plan, or waits for a job, listens for this itself.
    case "job.progress":
    case "draft.changed":
      return [];
  }
}

const KINDS = [
  "phone",
  "group",
  "trunk",
  "webhook",
  "plan",
  "number",
  "audioMessage",
  "settings",
  "outbound",
];

/** With the settings also the session, which says the country and the time zone. */
function staleWith(kind: string): readonly Stale[] {
  return kind === "settings" ? [soon(kind), soon("session")] : [soon(kind)];
}

function changedKinds(data: unknown): readonly string[] {
  const changes = at(data, "changes");
  if (at(data, "whole") === true || !Array.isArray(changes)) return KINDS;
  const kinds = new Set(changes.map((change: unknown) => textAt(change, "kind")));
  // What names another thing shows its name: who renames a phone changes plans and groups.
  return KINDS.filter((kind) => kinds.has(kind));
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const text = at(value, key);
  return typeof text === "string" ? text : undefined;
}
