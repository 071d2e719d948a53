import type { Trunk } from "../../src/model/snapshot.ts";

/** A peer that is called "carrier", but for what is given. */
export function trunkWith(parts: Partial<Trunk> = {}): Trunk {
  return {
    name: "carrier",
    kind: "peer",
    hosts: [],
    acceptFrom: [],
    numberFormat: "e164Plus",
    callerIdProfile: "from",
    trusted: false,
    media: "auto",
    credentials: undefined,
    ...parts,
  };
}
