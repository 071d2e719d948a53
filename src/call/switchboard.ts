import type { Counters } from "../lib/counters.ts";
import type { RecordSink } from "../model/call-record.ts";
import type { Snapshot, Trunk } from "../model/snapshot.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import {
  type AnswerChallenge,
  createStack,
  isReachable,
  requestUriOf,
  type SessionTimerPolicy,
  type Stack,
  type StackParts,
  type Target,
  type Transport,
} from "../sip/index.ts";
import type { WebhookPort } from "../webhook/port.ts";
import type { StoryListener } from "./recorder.ts";
import type { Binding } from "./routes.ts";
import { type Authenticate, Supervisor } from "./supervisor.ts";
import { MessageTaps } from "./tap.ts";

/** What a switchboard needs of the outside; tests give it an in-memory network and a virtual clock. */
export interface SwitchboardParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly counters: Counters;
  readonly snapshot: () => Snapshot;
  readonly webhooks: WebhookPort;
  readonly sink: RecordSink;
  /** RFC 3263; an unknown host is an empty list. */
  readonly resolve: (uri: string) => Promise<readonly Target[]>;
  readonly realm: string;
  /** Names and addresses, besides the realm, under which phones may register. */
  readonly isOurHost: (host: string) => boolean;
  readonly credentials: (trunk: Trunk) => AnswerChallenge | undefined;
  readonly maxCalls: number;
  readonly listener?: StoryListener | undefined;
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
  readonly #taps = new MessageTaps();

  constructor(parts: SwitchboardParts) {
    const { clock, ids, counters, snapshot } = parts;
    let supervisor: Supervisor | undefined;
    this.stack = createStack(
      {
        transport: this.#taps.around(parts.transport),
        clock,
        ids,
        counters,
        realm: parts.realm,
        lookupHa1: (extension, algorithm) => {
          const ha1 = snapshot().phones.get(extension)?.ha1;
          return algorithm === "MD5" ? ha1?.md5 : ha1?.sha256;
        },
        isTrusted: (address) => supervisor?.peers.trunkAt(address) !== undefined,
        mayReach: (host) => supervisor?.peers.mayReach(host) === true,
        isOurDomain: (host) => host === parts.realm || parts.isOurHost(host),
        onBindings: parts.onBindings,
        onRefusal: parts.onRefusal,
        onProvedReturnPath: parts.onProvedReturnPath,
        onRegister: (outcome) => supervisor?.registered(outcome),
        sessionTimer: parts.sessionTimer,
      },
      ({ location, registrar, authenticator }) => {
        const authenticate: Authenticate = (request, flow) => {
          const verdict = authenticator.authenticate(request, flow, 401);
          return verdict.kind === "ok" ? verdict : { ...verdict, firstStep: FIRST_STEP.has(verdict.cause) };
        };
        supervisor = new Supervisor({
          clock,
          ids,
          counters,
          snapshot,
          webhooks: parts.webhooks,
          sink: parts.sink,
          taps: this.#taps,
          listener: parts.listener,
          maxCalls: parts.maxCalls,
          authenticate,
          register: (transaction) => registrar.handleRegister(transaction),
          routing: {
            bindings: (extension) =>
              location.lookup(extension).map(
                (binding): Binding => ({
                  contactUri: requestUriOf(binding),
                  path: binding.path,
                  flow: isReachable(binding) ? binding.flow : undefined,
                }),
              ),
            resolve: parts.resolve,
            flowTo: (target) => parts.transport.flowTo(target),
            credentials: parts.credentials,
          },
        });
        return supervisor;
      },
    );
    if (supervisor === undefined) throw new Error("createStack did not ask for its user");
    this.supervisor = supervisor;
    this.supervisor.use((invite, user) => this.stack.endpoint.invite(invite, user));
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

  close(): void {
    this.stack.close();
  }
}
