import { err } from "../lib/result.ts";
import type { ApiPorts } from "./ports.ts";

const refused = async () => ({ type: "refused", sentence: "not in this test" }) as const;

/** Ports of an installation in which there is nothing. */
export const silentPorts: ApiPorts = {
  authenticate: () => undefined,
  softwareVersion: "1.2.3",
  calls: {
    list: async () => [],
    get: async () => undefined,
    refusedSince: async () => ({ calls: 0, registrations: 0 }),
  },
  registrations: { load: async () => [] },
  exportCompany: async () => undefined,
  apply: async () => ({ type: "failed", sentence: "not in this test" }),
  reload: async () => ({ ok: false, error: "not in this test" }),
  status: async () => ({ ready: true, reason: "", counters: {}, gauges: {} }),
  access: async () => undefined,
  now: () => 1000,
  monotonicMs: () => 0,
  failed: () => {},
  audio: {
    list: async () => [],
    find: () => undefined,
    upload: refused,
    speak: async () => err("not in this test"),
    wav: async () => undefined,
    set: refused,
    remove: refused,
  },
};
