import type { Snapshot, Trunk } from "../model/snapshot.ts";
import type { TrunkStatus } from "../model/trunk-status.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import {
  type AnswerChallenge,
  createDigestClient,
  createRegistration,
  type DigestClient,
  type Flow,
  instanceUrn,
  type PlaceWatch,
  parseUri,
  type Registration,
  type RegistrationStatus,
  type Target,
  type Transactions,
} from "../sip/index.ts";
import { type TrunkUse, trunkStatus } from "./trunk-use.ts";
import type { TrunkLine } from "./trunk-way.ts";

export interface TrunkLinesPorts {
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly resolve: (trunk: Trunk, uri: string) => Promise<readonly Target[]>;
  readonly flowTo: (target: Target) => Flow | undefined;
  /** See `Transport.keepAlive`. */
  readonly keepAlive: (flow: Flow, mustAnswer: boolean) => void;
  /** What tells this installation from others. */
  readonly installation: string;
  /** Hears which of a provider's addresses answer. */
  readonly watch: PlaceWatch;
  /** A trunk was registered, or could not be. */
  readonly onStatus: (trunk: string, status: RegistrationStatus) => void;
}

interface Line {
  readonly trunk: Trunk;
  readonly digest: DigestClient;
  readonly registration: Registration | undefined;
}

/** Our side of trunks that know us by a name and a password: registrations kept alive, challenges answered. */
export class TrunkLines {
  readonly #ports: TrunkLinesPorts;
  #lines = new Map<string, Line>();
  #trunks: Snapshot["trunks"] = [];
  /** Registrations that are being taken back, by trunk. */
  readonly #leaving = new Map<string, Promise<void>>();

  constructor(ports: TrunkLinesPorts) {
    this.#ports = ports;
  }

  /** Starts and stops registrations until they are what this configuration says; unchanged trunks stay as they are. */
  follow(snapshot: Snapshot): void {
    const before = this.#lines;
    this.#trunks = snapshot.trunks;
    this.#lines = new Map();
    for (const trunk of snapshot.trunks) {
      if (trunk.credentials === undefined) continue;
      const known = before.get(trunk.name);
      if (known !== undefined && JSON.stringify(known.trunk) === JSON.stringify(trunk)) {
        this.#lines.set(trunk.name, known);
        before.delete(trunk.name);
      } else {
        this.#lines.set(trunk.name, this.#open(trunk, trunk.credentials));
      }
    }
    for (const [name, { registration }] of before)
      if (registration !== undefined) this.#leave(name, registration);
    for (const [name, line] of this.#lines) this.#startAfterFarewell(name, line);
  }

  /** Answers digest challenges of this trunk (RFC 3261 §22); undefined where it has no credentials. */
  credentials(trunk: Trunk): AnswerChallenge | undefined {
    const digest = this.#lines.get(trunk.name)?.digest;
    if (digest === undefined) return undefined;
    return (request, response) => {
      const answer = digest.begin().answer({ method: request.method, uri: request.uri, response });
      return answer.ok ? answer.value : undefined;
    };
  }

  /** The trunk that knows us by this Contact user: its calls are recognised whatever address they come from. */
  byContact(user: string): Trunk | undefined {
    for (const { trunk, registration } of this.#lines.values()) {
      if (registration !== undefined && registration.contactUser === user) return trunk;
    }
    return undefined;
  }

  /** The trunk whose registration holds this flow: what comes on it is the provider's, whatever it made of our Contact. */
  byFlow(flow: Flow): Trunk | undefined {
    for (const { trunk, registration } of this.#lines.values()) {
      const own = registration?.flow;
      if (own !== undefined && (own === flow || (!flow.reliable && isSameAddress(own, flow)))) return trunk;
    }
    return undefined;
  }

  /** The way that the trunk's registration has taken, while it is open. */
  flow(trunk: Trunk): Flow | undefined {
    return this.#lines.get(trunk.name)?.registration?.flow;
  }

  /** Unregisters everywhere. */
  async stop(): Promise<void> {
    const registrations = [...this.#lines.values()].flatMap(({ registration }) => registration ?? []);
    await Promise.all(registrations.map((registration) => registration.stop()));
    this.#lines.clear();
  }

  /** Every trunk of the configuration that is followed, as it is now. */
  status(use: TrunkUse, targetsOf: (trunk: Trunk) => TrunkStatus["targets"]): readonly TrunkStatus[] {
    return this.#trunks.map((trunk) => {
      const registration = this.#lines.get(trunk.name)?.registration;
      return trunkStatus(trunk, registration, use.of(trunk.name), targetsOf(trunk));
    });
  }

  /** What a registered trunk has given us; undefined: no registration. */
  line(trunk: Trunk): TrunkLine | undefined {
    return this.#lines.get(trunk.name)?.registration;
  }

  #leave(name: string, registration: Registration): void {
    const left = Promise.all([this.#leaving.get(name), registration.stop()]).then(() => {
      if (this.#leaving.get(name) === left) this.#leaving.delete(name);
    });
    this.#leaving.set(name, left);
  }

  /**
   * The trunk of this name that there was before had the same instance (RFC 5626 §6): a provider that does outbound would take
   * its farewell, where that comes late, for the end of the new registration.
   */
  #startAfterFarewell(name: string, line: Line): void {
    const left = this.#leaving.get(name);
    if (left === undefined) return line.registration?.start();
    void left.then(() => {
      if (this.#lines.get(name) === line) line.registration?.start();
    });
  }

  #open(trunk: Trunk, credentials: NonNullable<Trunk["credentials"]>): Line {
    const registrar = parseUri(trunk.hosts[0] ?? "");
    if (trunk.kind !== "registration" || !registrar.ok || !("host" in registrar.value)) {
      return { trunk, digest: createDigestClient(credentials, this.#ports.ids), registration: undefined };
    }
    const { transactions, clock, ids, resolve, flowTo, keepAlive, watch, installation, onStatus } =
      this.#ports;
    const proxy = trunk.outboundProxy;
    const outbound = proxy === undefined ? undefined : parseUri(proxy);
    const registration = createRegistration(
      {
        transactions,
        clock,
        ids,
        flowTo,
        keepAlive,
        watch,
        resolve: () => resolve(trunk, proxy ?? trunk.hosts[0] ?? ""),
      },
      {
        registrar: registrar.value,
        account: trunk.account,
        outboundProxy: outbound?.ok === true && "host" in outbound.value ? outbound.value : undefined,
        credentials,
        instance: instanceUrn(installation, trunk.name),
        onStatus: (status) => onStatus(trunk.name, status),
      },
    );
    return { trunk, digest: registration.digest, registration };
  }
}

/** Any number of flow objects stand for one peer over UDP. */
function isSameAddress(one: Flow, other: Flow): boolean {
  const { host, port } = one.remote;
  return one.transport === other.transport && host === other.remote.host && port === other.remote.port;
}
