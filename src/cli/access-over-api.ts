import { err, ok } from "../lib/result.ts";
import type { AccessReport, PhoneStatus } from "../model/access.ts";
import type { ApiClient } from "./api-client.ts";
import type { Installation } from "./installation-port.ts";
import { tryOverApi, webhooksOverApi } from "./webhooks-port.ts";

/** How phones, trunks, webhooks and bans stand, of a running server. */
export function accessOverApi({
  ask,
  failureOf,
  read,
}: ApiClient): Pick<Installation, "phones" | "trunks" | "webhooks" | "tryWebhook" | "bans" | "liftBans"> {
  return {
    async phones() {
      const list = await read(
        "phones/status",
        (response) => response.json() as Promise<{ readonly phones?: readonly PhoneStatus[] }>,
      );
      return list.ok ? ok(list.value?.phones ?? []) : list;
    },
    async trunks() {
      const list = await read(
        "trunks/status",
        (response) => response.json() as Promise<Partial<AccessReport>>,
      );
      return list.ok ? ok(list.value?.trunks ?? []) : list;
    },
    webhooks: () => webhooksOverApi(ask, failureOf),
    tryWebhook: (webhook, values) => tryOverApi(ask, failureOf, webhook, values),
    async bans() {
      const list = await read("bans", (response) => response.json() as Promise<Partial<AccessReport>>);
      return list.ok ? ok(list.value?.bans ?? []) : list;
    },
    async liftBans(what) {
      const path = what === undefined ? "bans" : `bans/${encodeURIComponent(what)}`;
      const response = await ask(path, { method: "DELETE" });
      if (!response.ok) return response;
      if (response.value.status === 404) return ok(0);
      if (!response.value.ok) return err(await failureOf(response.value));
      return ok(((await response.value.json()) as Partial<AccessReport>).lifted ?? 0);
    },
  };
}
