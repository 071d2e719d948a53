import assert from "node:assert/strict";
import { readCompany } from "../../../src/company/file.ts";
import { buildSnapshot } from "../../../src/company/snapshot.ts";
import type { HttpClient } from "../../../src/http/client.ts";
import type { HttpRequest } from "../../../src/http/request.ts";
import { err, ok } from "../../../src/lib/result.ts";
import type { Company } from "../../../src/model/company.ts";
import { createWebhookClient } from "../../../src/webhook/client.ts";
import { seededIds } from "../../fakes/seeded-ids.ts";
import { entitiesOf } from "../../support/entities.ts";
import { BOARD, REALM, VirtualBoard } from "../virtual-board.ts";
import { bodyOf, type Reply, recordsOf, replyOf, type ScenarioDescription } from "./description.ts";
import type { Player } from "./player.suite.ts";
import { webhookAt } from "./receivers.ts";
import { assertRecorded } from "./recorded.ts";
import { assertReplays } from "./replayed.ts";
import { Script } from "./script.ts";
import { callOf, withoutIds } from "./trace.ts";

/** Longer than any scenario lasts. */
const LIMIT_MS = 900_000;
/** Phones register for longer than that. */
const REGISTERED_SECONDS = 36_000;

/** Plays on the network in memory: nothing is lost, a millisecond each way, and time passes when nothing else can happen. */
export const virtualPlayer: Player = {
  name: "the network in memory",
  exact: true,
  skips: () => false,
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
  async play(folder) {
    const { company: text, scenario } = folder.at((address) => address);
    const read = readCompany(text, `${folder.name}/company.yaml`);
    assert.ok(read.ok, read.ok ? "" : JSON.stringify(read.error, null, 1));
    const { company } = read.value;
    const asked: string[] = [];
    const board = new VirtualBoard({
      snapshot: snapshotOf(company),
      mediaName: "built-in",
      webhooks: (clock) =>
        createWebhookClient({
          clock,
          ids: seededIds(2),
          allowedNetworks: () => [],
          version: "1.0.0",
          logger: { warn: () => undefined },
          http: scriptedHttp(company, scenario, {
            after: (delayMs, then) => void clock.after(delayMs, then),
            tell: (what, webhook, request) => {
              if (what === "asked") asked.push(withoutIds(`GET ${request.origin}${request.target}`));
              script.told(what, webhook);
            },
          }),
        }),
    });
    const until = async (what: string, ready: () => boolean): Promise<void> => {
      assert.ok(await board.clock.runUntilAsync(ready, LIMIT_MS), `waited in vain for ${what}`);
    };
    const script = new Script(scenario, {
      clock: board.clock,
      board: BOARD,
      realm: REALM,
      open: (address) => ({ address, transport: board.network.host(address) }),
      until,
    });
    await script.register(REGISTERED_SECONDS);
    // The registrations' transactions are forgotten.
    await board.run(70_000);
    const idleTimers = board.clock.pending;
    script.begin();
    await until("the end", () => script.atRest && board.records.length >= recordsOf(scenario));
    const { sip } = script;
    await board.run(100_000);
    assert.equal(board.records.length, recordsOf(scenario), "records");
    const epochMs = board.clock.wall() - board.clock.now();
    for (const record of board.records) assertRecorded(record, board.network.log, BOARD, epochMs);
    for (const record of board.records) assertReplays(record, snapshotOf(company));
    const nothing = { calls: 0, dialogs: 0, taps: 0, transactions: 0, outsideCalls: 0 };
    assert.deepEqual(board.board.counts(), nothing);
    assert.equal(script.live, 0, "transactions of parties are left");
    assert.equal(board.clock.pending, idleTimers, "timers are left");
    return { calls: board.records.map(callOf), asked, sip };
  },
};

function snapshotOf(company: Company): ReturnType<typeof buildSnapshot> {
  return buildSnapshot(entitiesOf(company), REALM, "/none");
}

interface ReceiverPorts {
  after(delayMs: number, then: () => void): void;
  tell(what: "asked" | "replied", webhook: string, request: HttpRequest): void;
}

/** Receivers that answer on the virtual clock, below the webhook client that calls have. */
function scriptedHttp(company: Company, scenario: ScenarioDescription, ports: ReceiverPorts): HttpClient {
  const counts = new Map<string, number>();
  return {
    close: () => Promise.resolve(),
    send(request) {
      const webhook = webhookAt(company.webhooks, `${request.origin}${request.target}`) ?? "";
      const at = counts.get(webhook) ?? 0;
      counts.set(webhook, at + 1);
      const given = replyOf(scenario, webhook, at);
      const { host } = new URL(request.origin);
      if (given === undefined) return Promise.resolve(err({ code: "refused", host }));
      ports.tell("asked", webhook, request);
      if ("says" in given) {
        const late = { code: "deadline", ms: request.timeoutMs, phase: "waiting", host } as const;
        return new Promise((resolve) => ports.after(request.timeoutMs, () => resolve(err(late))));
      }
      return new Promise((resolve) => {
        ports.after(given.afterMs, () => {
          ports.tell("replied", webhook, request);
          resolve(ok(replyFrom(given)));
        });
      });
    },
  };
}

function replyFrom(given: Exclude<Reply, { says: "nothing" }>): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly hops: readonly string[];
} {
  return { status: given.status, headers: {}, body: bodyOf(given), hops: [] };
}
