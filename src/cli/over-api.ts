import { err, ok } from "../lib/result.ts";
import type { CallRecord } from "../model/call-record.ts";
import type { CallFilter } from "../model/repositories.ts";
import { accessOverApi } from "./access-over-api.ts";
import { apiClient, glance } from "./api-client.ts";
import { AudioOverApi } from "./audio-over-api.ts";
import type { CallPage, Home, Installation } from "./installation-port.ts";
import { simulateOverApi } from "./simulation-port.ts";
import { testCallOverApi } from "./test-call.ts";
import { WhoOverApi } from "./who-over-api.ts";

/** The installation of a running server, which sentences call `name`. */
export function overApi(name: string, http: string, token: string): Installation {
  const client = apiClient(name, http, token);
  const { ask, read, failureOf } = client;
  const audio = new AudioOverApi(ask, failureOf);
  return {
    isRunning: true,
    apply: (text, file, how) => audio.apply(text, file, how),
    simulate: (wish) => simulateOverApi(ask, failureOf, wish),
    diff: (text, file, overwrite) => audio.diff(text, file, overwrite),
    audio,
    who: new WhoOverApi(http, ask, failureOf),
    async reload() {
      const response = await ask("reload", { method: "POST" });
      if (!response.ok) return response;
      if (!response.value.ok) return err(await failureOf(response.value));
      return ok(((await response.value.json()) as { sentence: string }).sentence);
    },
    export: (secrets) => read(`company?secrets=${secrets}`, (response) => response.text()),
    async home() {
      const session = await read(
        "session",
        async (response) => (await response.json()) as { readonly home?: Home },
      );
      return session.ok ? session.value?.home : undefined;
    },
    async calls(filter) {
      const list = await read(
        `calls?${callQuery(filter)}`,
        async (response) => (await response.json()) as CallPage,
        glance(),
      );
      return list.ok ? ok(list.value ?? { items: [], refused: { calls: 0, registrations: 0 } }) : list;
    },
    call: (id, behind) =>
      read(
        `calls/${encodeURIComponent(id)}${behind === undefined ? "" : `?behind=${behind}`}`,
        async (response) => (await response.json()) as CallRecord,
        glance(),
      ),
    testCall: (wish) => testCallOverApi(ask, failureOf, wish),
    ...accessOverApi(client),
  };
}

/** A filter as the API reads it. */
function callQuery({ kinds = ["call"], results, after, ...rest }: CallFilter): string {
  const query = new URLSearchParams({ kind: kinds.join(",") });
  if (results !== undefined) query.set("result", results.join(","));
  if (after !== undefined) query.set("cursor", `${after.startedAt}.${after.id}`);
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) query.set(key, String(value));
  return query.toString();
}
