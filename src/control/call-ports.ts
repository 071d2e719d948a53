import { CSV_HEAD, csvLine } from "../admin/calls/csv.ts";
import { CallFixes, type FixRefusal } from "../admin/calls/fixes.ts";
import { htmlOf } from "../admin/calls/html.ts";
import { pcapOf } from "../admin/calls/pcap.ts";
import { MOST_TEST_CALLS, type TestCallParts, TestCalls } from "../admin/calls/test-calls.ts";
import type { Desk } from "../admin/desk.ts";
import type { CallPorts } from "../api/call-ports.ts";
import { refused } from "../api/contract/problems.ts";
import { defaultPrompts } from "../company/audio-paths.ts";
import { sipAddressHere } from "../instance/sip-address.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, ok } from "../lib/result.ts";
import { keyOf } from "../model/entities/entities.ts";
import type { CallRepository } from "../model/repositories.ts";
import type { Clock } from "../runtime/clock.ts";
import type { SignallingSide } from "./signalling-side.ts";

/** The part of the API that exports calls and mends what they were refused for. */
export function callPorts(
  desk: Desk,
  calls: Pick<CallRepository, "get" | "list">,
  testing: Pick<SignallingSide, "vouch"> & { readonly clock: Clock; readonly dataDir: string },
): Pick<CallPorts, "exports" | "fixes" | "testCall"> {
  const fixes = new CallFixes(desk, calls);
  const testCalls = new TestCalls({
    clock: testing.clock,
    server: () => sipAddressHere(testing.dataDir),
    place: placing((port, isOver) => testing.vouch(port, isOver)),
    list: (filter) => calls.list(filter),
  });
  return {
    async testCall({ talkSeconds, ...wanted }) {
      const placed = await testCalls.run({ ...wanted, talkMs: talkSeconds * 1000 });
      if (!placed.ok) return err(placed.error === "busy" ? BUSY : NO_LISTENER);
      const { id, outcome, heard } = placed.value;
      if (outcome?.kind !== "refused") return ok({ id, state: outcome?.kind ?? "up", heard });
      const { status, reason } = outcome;
      return ok({ id, state: "refused", status, reason, heard });
    },
    exports: {
      html: (record) => htmlOf(record, desk.entities.get("settings", "")?.document.home.timeZone ?? "UTC"),
      pcap: pcapOf,
      csvHead: CSV_HEAD,
      csvLine,
    },
    fixes: {
      offered: (id) => fixes.offered(id),
      async make(id, fix, wish, by) {
        try {
          const made = await fixes.make(id, fix, wish, by);
          if (!made.ok) return err(refusalOf(made.error));
          const { entity, isLive: live, password } = made.value;
          const { kind, revision } = entity;
          return ok({ kind, id: entity.id, key: keyOf(entity), revision, live, password });
        } catch (error) {
          return err(refused("notSaved", `The change could not be saved: ${reasonOf(error)}.`));
        }
      },
    },
  };
}

const BUSY = {
  ...refused("busy", `${MOST_TEST_CALLS} test calls are up already; wait until one is over.`),
  retryAfterSeconds: 10,
};
const NO_LISTENER = refused("noListener", "Add a listener such as udp:127.0.0.1:5060 to the setting sip.");

/** The built-in caller, which is loaded when it is first needed; the calls' side is told that it is ours. */
function placing(vouch: SignallingSide["vouch"]): TestCallParts["place"] {
  return async (wanted, server, { onNote, connected }) => {
    const { placeTestCall } = await import("../softphone/caller.ts");
    const { number, from, name, codes, talkMs } = wanted;
    let own: number | undefined;
    try {
      return await placeTestCall({
        server,
        port: 0,
        onOpen: async (port) => {
          own = port;
          await vouch(port, false);
        },
        caller: { number: from, name },
        called: number,
        codes,
        talkMs,
        connected,
        messages: defaultPrompts,
        onNote,
      });
    } finally {
      if (own !== undefined) await vouch(own, true);
    }
  };
}

function refusalOf(refusal: FixRefusal) {
  switch (refusal.code) {
    case "noSuchCall":
      return refused("noSuchCall", "There is no call with this id.");
    case "noSuchFix":
      return refused("noSuchFix", "This call has no such fix; GET lists those it has.");
    case "noSuchChoice":
      return refused("noSuchChoice", "Say in `name` which one.", { choices: refusal.choices });
    default:
      return refused("notChanged", refusal.sentence);
  }
}
