import type { Counters } from "../lib/counters.ts";
import type { MediaEngine } from "../media/engine.ts";
import type { RecordSink } from "../model/call-record.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import {
  createStack,
  isReachable,
  type RegistrationStatus,
  requestUriOf,
  type SessionTimerPolicy,
  type Stack,
  type StackParts,
  type Target,
  type Transport,
} from "../sip/index.ts";
import type { WebhookPort } from "../webhook/port.ts";
import type { StoryListener } from "./recorder.ts";
import type { RoutingPorts } from "./routes.ts";
import { type Authenticate, Supervisor } from "./supervisor.ts";
import { MessageTaps } from "./tap.ts";
import { TrunkLines } from "./trunk-lines.ts";

/** What a switchboard needs of the outside; tests give it an in-memory network and a virtual clock. */
export interface SwitchboardParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly counters: Counters;
  readonly snapshot: () => Snapshot;
  readonly media: MediaEngine;
  readonly webhooks: WebhookPort;
  readonly sink: RecordSink;
  /** RFC 3263; an unknown host is an empty list. */
  readonly resolve: (uri: string) => Promise<readonly Target[]>;
  readonly realm: string;
  /** Names and addresses, besides the realm, under which phones may register. */
  readonly isOurHost: (host: string) => boolean;
  readonly maxCalls: number;
  readonly maxCallMs: number;
  readonly listener?: StoryListener | undefined;
  readonly onTrunkStatus?: (trunk: string, status: RegistrationStatus) => void;
  readonly onBindings?: StackParts["onBindings"];
  readonly onRefusal?: StackParts["onRefusal"];
  readonly onProvedReturnPath?: StackParts["onProvedReturnPath"];
  readonly sessionTimer?: SessionTimerPolicy | undefined;
}

/** Credentials that were not given, or are only out of date: how every login begins. */
const FIRST_STEP: ReadonlySet<string> = new Set(["missing", "staleNonce"]);

/** The signalling side of one process: SIP stack, registrar and all calls, over one transport. */
export class Switchboard {
  readonly stack: Stack;
  readonly supervisor: Supervisor;
  readonly #parts: SwitchboardParts;
  readonly #lines: TrunkLines;
  readonly #taps = new MessageTaps();

  constructor(parts: SwitchboardParts) {
    this.#parts = parts;
    const { clock, ids, counters, snapshot } = parts;
    this.stack = createStack({
      transport: parts.transport,
      clock,
      ids,
      counters,
      realm: parts.realm,
      lookupHa1: (extension, algorithm) => {
        const ha1 = snapshot().phones.get(extension)?.ha1;
        return algorithm === "MD5" ? ha1?.md5 : ha1?.sha256;
      },
      isTrusted: (address) => this.supervisor.peers.trunkAt(address) !== undefined,
      mayReach: (host) => this.supervisor.peers.mayReach(host),
      isOurDomain: (host) => host === parts.realm || parts.isOurHost(host),
      onBindings: parts.onBindings,
      onRefusal: parts.onRefusal,
      onProvedReturnPath: parts.onProvedReturnPath,
      onRegister: (outcome) => this.supervisor.registered(outcome),
      sessionTimer: parts.sessionTimer,
    });
    parts.transport.observe(this.#taps.observer);
    const { endpoint, registrar, transactions } = this.stack;
    this.#lines = new TrunkLines({
      transactions,
      clock,
      ids,
      resolve: parts.resolve,
      flowTo: (target) => parts.transport.flowTo(target),
      onStatus: (trunk, status) => parts.onTrunkStatus?.(trunk, status),
    });
    this.supervisor = new Supervisor({
      clock,
      ids,
      counters,
      snapshot,
      media: parts.media,
      webhooks: parts.webhooks,
      sink: parts.sink,
      taps: this.#taps,
      listener: parts.listener,
      maxCalls: parts.maxCalls,
      maxCallMs: parts.maxCallMs,
      authenticate: this.#authenticate,
      register: (transaction) => registrar.handleRegister(transaction),
      trunkOfContact: (user) => this.#lines.byContact(user),
      invite: (invite, user) => endpoint.invite(invite, user),
      routing: this.#routing(),
    });
    endpoint.use(this.supervisor);
    this.#lines.follow(snapshot());
  }

  /** A new configuration is in force: phones that are gone are forgotten, trunks registered anew where they changed. */
  published(snapshot: Snapshot): void {
    const { location } = this.stack;
    for (const extension of location.extensions()) {
      if (!snapshot.phones.has(extension)) location.remove(extension);
    }
    this.#lines.follow(snapshot);
  }

  /** For leak checks: nothing of a call is left when all are zero. */
  counts(): {
    readonly calls: number;
    readonly dialogs: number;
    readonly taps: number;
    readonly transactions: number;
  } {
    const { inviteClient, client, inviteServer, server } = this.stack.transactions.counts();
    return {
      calls: this.supervisor.calls,
      dialogs: this.stack.endpoint.dialogCount,
      taps: this.#taps.size,
      transactions: inviteClient + client + inviteServer + server,
    };
  }

  /** Unregisters from trunks and ends all that still waits. */
  async close(): Promise<void> {
    await this.#lines.stop();
    this.stack.close();
  }

  readonly #authenticate: Authenticate = (request, flow) => {
    const verdict = this.stack.authenticator.authenticate(request, flow, 401);
    return verdict.kind === "ok" ? verdict : { ...verdict, firstStep: FIRST_STEP.has(verdict.cause) };
  };

  #routing(): RoutingPorts {
    const { resolve, transport } = this.#parts;
    return {
      bindings: (extension) =>
        this.stack.location.lookup(extension).map((binding) => ({
          contactUri: requestUriOf(binding),
          path: binding.path,
          flow: isReachable(binding) ? binding.flow : undefined,
        })),
      resolve,
      flowTo: (target) => transport.flowTo(target),
      credentials: (trunk) => this.#lines.credentials(trunk),
      mayReach: (host) => this.supervisor.peers.mayReach(host),
    };
  }
}
