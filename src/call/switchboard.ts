import { type AccessParts, accessReport, FailedLogins, phoneStandings } from "../board/access.ts";
import { isFirstStep } from "../board/login-words.ts";
import { OutsideCalls } from "../board/outside-calls.ts";
import type { ReachParts } from "../board/reach-guard.ts";
import { RefusedDestinations } from "../board/refused-destinations.ts";
import type { RoutingPorts } from "../board/routes.ts";
import { TestCallers } from "../board/test-callers.ts";
import { isProbed } from "../board/trunk-targets.ts";
import { Trunks } from "../board/trunks.ts";
import type { Counters } from "../lib/counters.ts";
import { changedKeys } from "../lib/persistent-map.ts";
import type { MediaEngine } from "../media/engine.ts";
import type { AccessReport, Lift, PhoneStanding } from "../model/access.ts";
import type { AlertSink } from "../model/alert.ts";
import type { RecordTape } from "../model/record-tape.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Standing } from "../model/standing.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import {
  createStack,
  type DigestAlgorithm,
  type Flow,
  isReachable,
  onceEach,
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
import { type AuthenticatePhone, Supervisor } from "./supervisor.ts";
import { MessageTaps } from "./tap.ts";

/** What a switchboard needs of the outside; tests give it an in-memory network and a virtual clock. */
export interface SwitchboardParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly counters: Counters;
  readonly snapshot: () => Snapshot;
  readonly media: MediaEngine;
  readonly webhooks: WebhookPort;
  readonly tape: RecordTape;
  /** RFC 3263; an unknown host is an empty list. */
  readonly resolve: (uri: string) => Promise<readonly Target[]>;
  readonly realm: string;
  readonly md5UserAgents?: readonly string[];
  /** 32 hexadecimal digits that no other installation has. */
  readonly installation: string;
  /** Names and addresses, besides the realm, under which phones may register. */
  readonly isOurHost: (host: string) => boolean;
  /** Listeners of ours, under any of their addresses. */
  readonly isOurs: (place: Flow["remote"]) => boolean;
  readonly maxCalls: number;
  readonly maxCallMs: number;
  readonly listener?: StoryListener | undefined;
  readonly onAlert?: AlertSink;
  readonly onTrunkStatus?: (trunk: string, status: RegistrationStatus) => void;
  /** Something about a trunk that will soon not work, in a sentence. */
  readonly onTrunkWarning?: (text: string) => void;
  /** A trunk or a phone stands otherwise than before. */
  readonly onStanding?: (standing: Standing) => void;
  readonly onBindings?: StackParts["onBindings"];
  readonly onSlowed?: StackParts["onSlowed"];
  /** Lines of the log about what is refused, a bounded number of them. */
  readonly onRefused?: (text: string) => void;
  readonly onProvedReturnPath?: StackParts["onProvedReturnPath"];
  readonly sessionTimer?: SessionTimerPolicy | undefined;
}

/** The signalling side of one process: SIP stack, registrar and all calls, over one transport. */
export class Switchboard {
  readonly stack: Stack;
  readonly supervisor: Supervisor;
  readonly outsideCalls: OutsideCalls;
  readonly testCallers: TestCallers;
  readonly #parts: SwitchboardParts;
  readonly #taps = new MessageTaps();
  readonly #logins: FailedLogins;
  readonly #trunks: Trunks;
  #followed: Snapshot;

  constructor(parts: SwitchboardParts) {
    this.#parts = parts;
    this.#followed = parts.snapshot();
    this.#logins = new FailedLogins(parts.clock);
    this.testCallers = new TestCallers(parts.clock);
    this.stack = this.#makeStack();
    parts.transport.observe(this.#taps.observer);
    this.#trunks = this.#makeTrunks();
    this.outsideCalls = this.#makeOutsideCalls();
    this.supervisor = this.#makeSupervisor();
    this.stack.endpoint.use(this.supervisor);
    this.#trunks.follow(this.#followed);
  }

  /** A new configuration is in force: phones that are gone are forgotten, trunks registered anew where they changed. */
  published(snapshot: Snapshot): void {
    const { location, guard } = this.stack;
    const before = this.#followed;
    this.#followed = snapshot;
    for (const extension of changedKeys(before.phones, snapshot.phones)) {
      if (ha1Of(before, extension) !== ha1Of(snapshot, extension)) guard.forget(extension);
      if (!snapshot.phones.has(extension)) location.remove(extension);
    }
    if (snapshot.trunks !== before.trunks) this.#trunks.follow(snapshot);
  }

  /** Lifts what is to be lifted, then tells how many are registered, who is kept slow, and how trunks are. */
  access(transportGuard: AccessParts["transportGuard"], lift: Lift | undefined): AccessReport {
    const parts = { clock: this.#parts.clock, stack: this.stack, transportGuard, logins: this.#logins };
    return accessReport({ ...parts, trunks: () => this.#trunks.status() }, lift);
  }

  /** Where these phones are registered, and their last failed login. */
  phones(extensions: readonly string[]): readonly PhoneStanding[] {
    return phoneStandings({ clock: this.#parts.clock, stack: this.stack, logins: this.#logins }, extensions);
  }

  /** For leak checks: nothing of a call is left when all are zero. */
  counts(): {
    readonly calls: number;
    readonly dialogs: number;
    readonly taps: number;
    readonly transactions: number;
    readonly outsideCalls: number;
  } {
    const { inviteClient, client, inviteServer, server } = this.stack.transactions.counts();
    return {
      calls: this.supervisor.calls,
      dialogs: this.stack.endpoint.dialogCount,
      taps: this.#taps.size,
      transactions: inviteClient + client + inviteServer + server,
      outsideCalls: this.outsideCalls.up + this.outsideCalls.phones,
    };
  }

  /** Unregisters from trunks and ends all that still waits. */
  async close(): Promise<void> {
    await this.#trunks.stop();
    this.stack.close();
  }

  #makeStack(): Stack {
    const { realm, snapshot, isOurHost, md5UserAgents = [] } = this.#parts;
    const { transport, clock, ids, counters, sessionTimer } = this.#parts;
    const { onBindings, onSlowed, onProvedReturnPath, onStanding } = this.#parts;
    return createStack({
      transport,
      clock,
      ids,
      counters,
      realm,
      md5UserAgents,
      lookupHa1: (username, algorithm) => lookupHa1(snapshot(), username, algorithm),
      isOurDomain: (host) => host === realm || isOurHost(host),
      onBindings,
      onSlowed,
      onProvedReturnPath,
      onRegister: (outcome) => {
        const { extension } = outcome;
        if (this.#logins.note(outcome, snapshot().phones) && extension !== undefined)
          onStanding?.({ kind: "login", extension });
        this.supervisor.registered(outcome);
      },
      sessionTimer,
    });
  }

  #makeTrunks(): Trunks {
    const { transport, clock, ids, installation, realm, resolve } = this.#parts;
    const { isOurs, onTrunkStatus, onTrunkWarning, onStanding } = this.#parts;
    return new Trunks({
      transport,
      transactions: this.stack.transactions,
      clock,
      ids,
      installation,
      realm,
      resolve,
      onStatus: (trunk, status) => onTrunkStatus?.(trunk, status),
      onChanged: (name) => onStanding?.({ kind: "trunk", name }),
      onWarning: (text) => onTrunkWarning?.(text),
      isOurs,
    });
  }

  #makeOutsideCalls(): OutsideCalls {
    const { clock, counters, snapshot, onAlert, onRefused } = this.#parts;
    return new OutsideCalls({
      clock,
      counters,
      limits: () => snapshot().security.outsideCalls,
      onAlert: (alert) => onAlert?.(alert),
      onRefused: (text) => onRefused?.(text),
    });
  }

  #makeSupervisor(): Supervisor {
    const { clock, ids, counters, snapshot, media, webhooks, tape, listener, maxCalls, maxCallMs } =
      this.#parts;
    const { authenticator, endpoint, registrar } = this.stack;
    const trunks = this.#trunks;
    return new Supervisor({
      clock,
      ids,
      counters,
      snapshot,
      media,
      webhooks,
      tape,
      taps: this.#taps,
      listener,
      onRefusedLogin: this.#parts.onRefused,
      maxCalls,
      maxCallMs,
      authenticate: this.#authenticate,
      isPhonesFlow: (extension, flow) => this.#isPhonesFlow(extension, flow),
      reach: this.#reach(),
      claimed: (request) => authenticator.claimed(request),
      register: (transaction) => registrar.handleRegister(transaction),
      trunkOfContact: (user) => trunks.byContact(user),
      trunkOfFlow: (flow) => trunks.byFlow(flow),
      isTestCaller: (flow) => this.testCallers.has(flow),
      invite: (invite, user) => endpoint.invite(invite, user),
      routing: this.#routing(),
      outsideCalls: this.outsideCalls,
      refusedDestinations: new RefusedDestinations(clock, (alert) => this.#parts.onAlert?.(alert)),
      trunkUse: trunks.use,
    });
  }

  readonly #authenticate: AuthenticatePhone = (request, flow) => {
    const verdict = this.stack.authenticator.authenticate(request, flow, 401);
    return verdict.kind === "ok" ? verdict : { ...verdict, firstStep: isFirstStep(verdict.cause) };
  };

  #reach(): Omit<ReachParts, "peers"> {
    const bindings = (extension: string) => this.stack.location.lookup(extension);
    return {
      learned: this.#trunks.learned,
      isOurs: this.#parts.isOurs,
      isPhoneAt: (extension, address) => bindings(extension).some(({ source }) => source.host === address),
      whereabouts: {
        phone: (extension) =>
          bindings(extension)
            .filter(isReachable)
            .map((binding) => ({ contactUri: requestUriOf(binding), flow: binding.flow })),
        trunk: (trunk) => this.#trunks.targets.flows(trunk),
      },
    };
  }

  #isPhonesFlow(extension: string, { transport, remote }: Flow): boolean {
    return this.stack.location.lookup(extension).some(({ source }) => {
      return source.transport === transport && source.host === remote.host && source.port === remote.port;
    });
  }

  #routing(): RoutingPorts {
    const { transport } = this.#parts;
    return {
      bindings: (extension) =>
        onceEach(this.stack.location.lookup(extension)).map((binding) => ({
          uri: binding.uri,
          contactUri: requestUriOf(binding),
          path: binding.path,
          flow: isReachable(binding) ? binding.flow : undefined,
        })),
      fixed: (trunk) => this.#trunks.targets.fixed(trunk),
      resolve: (trunk, uris) => this.#trunks.targets.resolve(trunk, uris),
      order: (trunk, places) => this.#trunks.health.order(places, isProbed(trunk)),
      health: this.#trunks.health,
      clock: this.#parts.clock,
      flowTo: (target) => transport.flowTo(target),
      lookUp: (uri) => this.#parts.resolve(uri),
      line: (trunk) => this.#trunks.line(trunk),
      credentials: (trunk) => this.#trunks.credentials(trunk),
      reach: () => this.supervisor.reach,
    };
  }
}

/** Of `216` or `216@realm`; undefined: no such phone. */
function lookupHa1(
  { phones, realm }: Snapshot,
  username: string,
  algorithm: DigestAlgorithm,
): string | undefined {
  const bare = username.endsWith(`@${realm}`) ? username.slice(0, -realm.length - 1) : username;
  const phone = phones.get(bare);
  const ha1 = bare === username ? phone?.ha1 : phone?.ha1WithDomain;
  return algorithm === "MD5" ? ha1?.md5 : ha1?.sha256;
}

function ha1Of({ phones }: Snapshot, extension: string): string | undefined {
  return phones.get(extension)?.ha1.sha256;
}
