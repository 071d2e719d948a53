import { Switchboard } from "../../src/call/switchboard.ts";
import { type CounterStore, createCounters } from "../../src/lib/counters.ts";
import type { Alert } from "../../src/model/alert.ts";
import type { CallRecord, StoryEvent } from "../../src/model/call-record.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { parseUri, type SessionTimerPolicy, type Target, targetOf } from "../../src/sip/index.ts";
import type { WebhookPort } from "../../src/webhook/port.ts";
import { FakeMedia } from "../fakes/fake-media.ts";
import { LoopNetwork } from "../fakes/loop-network.ts";
import { seededIds } from "../fakes/seeded-ids.ts";
import type { SocketNetwork } from "../fakes/socket-network.ts";
import { VirtualClock } from "../fakes/virtual-clock.ts";
import { TestTape } from "../support/tape.ts";

/** Where the switchboard listens. */
export const BOARD = "10.0.0.1";
export const REALM = "office.example";

export interface BoardParts<Webhooks extends WebhookPort> {
  readonly snapshot: Snapshot;
  readonly webhooks: (clock: VirtualClock) => Webhooks;
  readonly seed?: number | undefined;
  /** Names of hosts, besides addresses, by the URI that the company file has. */
  readonly names?: Readonly<Record<string, readonly Target[]>> | undefined;
  /** In place of the network in memory. */
  readonly sockets?: SocketNetwork | undefined;
  readonly sessionTimer?: SessionTimerPolicy | undefined;
  readonly maxCalls?: number | undefined;
  /** Four hours when left out. */
  readonly maxCallMs?: number | undefined;
  /** What stories call the media engine. */
  readonly mediaName?: string;
}

/** A switchboard on a network in memory and on a clock that moves when it is told to. */
export class VirtualBoard<Webhooks extends WebhookPort = WebhookPort> {
  readonly network: LoopNetwork;
  readonly clock: VirtualClock;
  readonly counters: CounterStore = createCounters();
  readonly media: FakeMedia;
  readonly board: Switchboard;
  readonly webhooks: Webhooks;
  readonly tape: TestTape;
  readonly alerts: Alert[] = [];
  /** What was said of trunks that will not work. */
  readonly trunkWarnings: string[] = [];
  readonly live: { readonly callId: string; readonly event: StoryEvent }[] = [];
  snapshot: Snapshot;

  constructor(parts: BoardParts<Webhooks>) {
    const { sockets } = parts;
    this.network = sockets ?? new LoopNetwork({ clock: new VirtualClock(), seed: parts.seed ?? 1 });
    this.clock = this.network.clock;
    const at = (address: string): string => sockets?.address(address) ?? address;
    const us = at(BOARD);
    this.media = new FakeMedia(this.clock, parts.mediaName);
    this.tape = new TestTape(this.clock);
    this.snapshot = parts.snapshot;
    this.webhooks = parts.webhooks(this.clock);
    this.board = new Switchboard({
      transport: this.network.host(us, { kinds: ["udp", "tcp", "tls"] }),
      clock: this.clock,
      ids: seededIds(parts.seed ?? 1),
      counters: this.counters,
      snapshot: () => this.snapshot,
      webhooks: this.webhooks,
      media: this.media,
      tape: this.tape.writer,
      resolve: (uri) => {
        const found = parts.names?.[uri]?.map((target) => ({ ...target, host: at(target.host) }));
        return Promise.resolve(found ?? resolved(uri));
      },
      realm: REALM,
      installation: "0123456789abcdef0123456789abcdef",
      isOurHost: (host) => host === us,
      isOurs: ({ host, port }) => host === us && port === 5060,
      maxCalls: parts.maxCalls ?? 1000,
      maxCallMs: parts.maxCallMs ?? 4 * 3_600_000,
      listener: { onStory: (callId, event) => void this.live.push({ callId, event }) },
      sessionTimer: parts.sessionTimer,
      onAlert: (alert) => void this.alerts.push(alert),
      onTrunkWarning: (text) => void this.trunkWarnings.push(text),
    });
  }

  /** Of calls that are over, and of strangers. */
  get records(): CallRecord[] {
    return this.tape.records;
  }

  run(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }
}

/** Only addresses: DNS has its own tests. */
function resolved(text: string): readonly Target[] {
  const uri = parseUri(text);
  const target = uri.ok ? targetOf(uri.value) : undefined;
  return target === undefined ? [] : [target];
}
