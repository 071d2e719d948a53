import type { Snapshot, Trunk } from "../model/snapshot.ts";
import type { TrunkStatus, TrunkTargetStatus } from "../model/trunk-status.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import {
  type AnswerChallenge,
  type FarCertificate,
  type Flow,
  parseUri,
  proxyRoute,
  type RegistrationStatus,
  type Target,
  type Transactions,
  type Transport,
} from "../sip/index.ts";
import { placeText } from "./flow-text.ts";
import { namesOf } from "./reach-guard.ts";
import { TargetHealth } from "./target-health.ts";
import { TrunkAddresses } from "./trunk-addresses.ts";
import { accountUri, identityAt } from "./trunk-identity.ts";
import { TrunkLines } from "./trunk-lines.ts";
import { type ProbeAsker, TrunkProbes } from "./trunk-probes.ts";
import { TrunkTargets } from "./trunk-targets.ts";
import { TrunkUse } from "./trunk-use.ts";
import type { TrunkLine } from "./trunk-way.ts";

export interface TrunksParts {
  readonly transport: Pick<Transport, "flowTo" | "keepAlive">;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly realm: string;
  /** What tells this installation from others. */
  readonly installation: string;
  /** RFC 3263; an unknown host is an empty list. */
  readonly resolve: (uri: string) => Promise<readonly Target[]>;
  readonly onStatus: (trunk: string, status: RegistrationStatus) => void;
  /** A place of this trunk went down, is down for another reason, or came up, or its registration is another. */
  readonly onChanged?: (trunk: string) => void;
  /** A listener of this very server. */
  readonly isOurs: (place: Target) => boolean;
  /** Something that does not work, or will not for much longer, in a sentence. */
  readonly onWarning: (text: string) => void;
}

const DAY_MS = 86_400_000;
const WARN_DAYS = 14;
/** Places of one trunk that are shown. */
const MOST_SHOWN = 50;

/** All that is known of trunks now: where they are, how their places fare, our registrations there, their last calls. */
export class Trunks {
  readonly learned = new TrunkAddresses();
  readonly use: TrunkUse;
  readonly health: TargetHealth;
  readonly targets: TrunkTargets;
  readonly #parts: TrunksParts;
  readonly #lines: TrunkLines;
  readonly #probes: TrunkProbes;
  #trunks: Snapshot["trunks"] = [];
  /** By place: when its certificate was warned of last. */
  readonly #warned = new Map<string, number>();
  /** Places of trunks that turned out to be our own, told once for each configuration. */
  readonly #ownPlaces = new Set<string>();

  constructor(parts: TrunksParts) {
    this.#parts = parts;
    const { transport, transactions, clock, ids } = parts;
    const flowTo = (target: Target): Flow | undefined => transport.flowTo(target);
    this.use = new TrunkUse(clock);
    this.health = new TargetHealth({
      clock,
      ids,
      onTurn: (place) => {
        this.#probes.turned(place);
        for (const { name } of this.#whose(place)) parts.onChanged?.(name);
      },
      onCertificate: (place, certificate) => this.#onCertificate(place, certificate),
    });
    this.targets = new TrunkTargets({
      resolve: (uri) => parts.resolve(uri),
      flowTo,
      registrationFlow: (trunk) => this.#lines.flow(trunk),
      // Nothing that a peer names leads there.
      onTarget: (trunk, target, host) => {
        this.learned.note(trunk.name, target.host);
        if (parts.isOurs(target)) this.#onOwnPlace(trunk, target, host);
      },
      isOurs: parts.isOurs,
      health: this.health,
      clock,
    });
    this.#probes = new TrunkProbes({
      transactions,
      clock,
      ids,
      targets: this.targets,
      health: this.health,
      flowTo,
      asker: (trunk) => this.#asker(trunk),
    });
    this.#lines = new TrunkLines({
      transactions,
      clock,
      ids,
      resolve: (trunk, uri) => this.targets.resolve(trunk, [uri]),
      flowTo,
      keepAlive: (flow, mustAnswer) => transport.keepAlive(flow, mustAnswer),
      installation: parts.installation,
      watch: this.health,
      onStatus: (trunk, status) => {
        parts.onStatus(trunk, status);
        parts.onChanged?.(trunk);
      },
    });
  }

  /** Names too are looked up before anybody is sent anywhere. */
  follow(snapshot: Snapshot): void {
    this.#trunks = snapshot.trunks;
    this.#ownPlaces.clear();
    this.targets.follow(snapshot.trunks);
    this.#lines.follow(snapshot);
    this.#probes.follow(snapshot.trunks);
    this.#warned.clear();
  }

  /** The trunk that knows us by this Contact user. */
  byContact(user: string): Trunk | undefined {
    return this.#lines.byContact(user);
  }

  /**
   * The trunk whose registration holds this flow, or whose certificate was shown there: a stream that we opened is good in both
   * directions (RFC 5923), but only TLS says who is at its other end.
   */
  byFlow(flow: Flow): Trunk | undefined {
    const registered = this.#lines.byFlow(flow);
    const name = flow.transport === "tls" ? flow.target?.serverName : undefined;
    if (registered !== undefined || name === undefined) return registered;
    return this.#trunks.find((trunk) => namesOf(trunk).includes(name));
  }

  line(trunk: Trunk): TrunkLine | undefined {
    return this.#lines.line(trunk);
  }

  credentials(trunk: Trunk): AnswerChallenge | undefined {
    return this.#lines.credentials(trunk);
  }

  /** Every trunk of the configuration that is followed, as it is now. */
  status(): readonly TrunkStatus[] {
    return this.#lines.status(this.use, (trunk) => this.#targetsOf(trunk));
  }

  /** Unregisters everywhere; asks nobody any more. */
  async stop(): Promise<void> {
    this.#probes.close();
    await this.#lines.stop();
  }

  #targetsOf(trunk: Trunk): readonly TrunkTargetStatus[] {
    const { clock } = this.#parts;
    return this.targets
      .listed(trunk)
      .slice(0, MOST_SHOWN)
      .map(({ host, target }) => {
        const { certificate, ...health } = this.health.of(target);
        const nextAt = this.#probes.nextAt(trunk, target);
        return {
          address: placeText(target),
          host,
          ...health,
          certificate:
            certificate === undefined
              ? undefined
              : { ...certificate, daysLeft: daysLeft(certificate, clock.wall()) },
          nextProbeAt: nextAt === undefined ? undefined : Math.round(clock.wall() + nextAt - clock.now()),
        };
      });
  }

  #asker(trunk: Trunk): ProbeAsker {
    const { user, domain } = identityAt(trunk, this.#parts.realm);
    const proxy = parseUri(trunk.outboundProxy ?? "");
    return {
      from: user === undefined ? `sip:${domain}` : accountUri(user, trunk, domain),
      routes: proxy.ok && "host" in proxy.value ? [proxyRoute(proxy.value)] : [],
      contactUser: trunk.contactUser ?? this.#lines.line(trunk)?.contactUser,
    };
  }

  #whose(place: string): readonly Trunk[] {
    return this.#trunks.filter((trunk) =>
      this.targets.listed(trunk).some(({ target }) => placeText(target) === place),
    );
  }

  /** Not also a place of a trunk at which others are: what comes back from there is refused as a stranger's. */
  #onOwnPlace({ name }: Trunk, target: Target, host: string): void {
    const place = placeText(target);
    const key = `${name} ${place}`;
    if (this.#ownPlaces.has(key)) return;
    this.#ownPlaces.add(key);
    this.#parts.onWarning(
      `Trunk "${name}": ${host} leads to this server itself (${place}). Its other addresses are used, where it has any.`,
    );
  }

  /** A trunk whose certificate ends can be called until then, and not a minute longer. */
  #onCertificate(place: string, certificate: FarCertificate): void {
    const now = this.#parts.clock.wall();
    const days = daysLeft(certificate, now);
    const warnedAt = this.#warned.get(place) ?? Number.NEGATIVE_INFINITY;
    const whose = this.#whose(place);
    if (whose.length === 0 || days >= WARN_DAYS || now - warnedAt < DAY_MS) return;
    this.#warned.set(place, now);
    const names = whose.map(({ name }) => `"${name}"`).join(", ");
    this.#parts.onWarning(
      `The certificate of trunk ${names} at ${place} (${certificate.subject}) ${ends(days)}; then no call can go there. Its provider has to renew it.`,
    );
  }
}

function daysLeft({ expires }: FarCertificate, now: number): number {
  return Math.floor((expires - now) / DAY_MS);
}

function ends(days: number): string {
  if (days < 0) return "has ended";
  return days === 1 ? "ends in 1 day" : `ends in ${days} days`;
}
