import type { Counters } from "../lib/counters.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import type { SessionTimerPolicy } from "./dialog/session-timer.ts";
import { createTransactions } from "./transaction/layer.ts";
import type { Transactions } from "./transaction/user.ts";
import type { Transport } from "./transport/transport.ts";
import { type Authenticator, claimOfBinding, createAuthenticator } from "./ua/auth/authenticator.ts";
import {
  type CredentialsGuard,
  type CredentialsGuardPorts,
  createCredentialsGuard,
} from "./ua/auth/credentials-guard.ts";
import { createDigestServer, type LookupHa1 } from "./ua/auth/digest-server.ts";
import { Endpoint } from "./ua/endpoint.ts";
import type { BindingRow } from "./ua/registrar/binding.ts";
import { createLocation, type Location, type LocationPorts } from "./ua/registrar/location.ts";
import { createRegistrar, type RegisterOutcome, type Registrar } from "./ua/registrar/registrar.ts";

/** What the stack asks of whoever runs it. */
export interface StackParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly counters: Counters;
  readonly realm: string;
  /** Beginnings of the User-Agent of phones that are asked for MD5 alone, besides those that are known. */
  readonly md5UserAgents?: readonly string[];
  readonly lookupHa1: LookupHa1;
  readonly isOurDomain: (host: string) => boolean;
  readonly onBindings?: LocationPorts["onChange"];
  readonly onRegister?: (outcome: RegisterOutcome) => void;
  /** From now on not all passwords for an account, or from a source, are looked at. */
  readonly onSlowed?: CredentialsGuardPorts["onSlowed"];
  readonly onProvedReturnPath?: (address: string) => void;
  readonly sessionTimer?: SessionTimerPolicy | undefined;
}

/** A user agent, a registrar and the digest check over one transport. */
export interface Stack {
  readonly transactions: Transactions;
  readonly endpoint: Endpoint;
  readonly location: Location;
  readonly registrar: Registrar;
  readonly authenticator: Authenticator;
  readonly guard: CredentialsGuard;
  /** Takes contacts of an earlier process; their phones count as proven. */
  restore(rows: readonly BindingRow[]): void;
  close(): void;
}

/** Puts the layers of the SIP stack together; nothing arrives before `endpoint.use`. */
export function createStack(parts: StackParts): Stack {
  const { transport, clock, ids, counters } = parts;
  const transactions = createTransactions({ transport, clock, ids, counters });
  const location = createLocation({
    clock,
    flowTo: (target) => transport.flowTo(target),
    ...(parts.onBindings === undefined ? {} : { onChange: parts.onBindings }),
  });
  const guard = createCredentialsGuard({
    clock,
    ...(parts.onSlowed === undefined ? {} : { onSlowed: parts.onSlowed }),
  });
  const authenticator = createAuthenticator({
    digest: createDigestServer({ realm: parts.realm, clock, ids, md5UserAgents: parts.md5UserAgents ?? [] }),
    guard,
    counters,
    lookupHa1: parts.lookupHa1,
    ...(parts.onProvedReturnPath === undefined ? {} : { onProvedReturnPath: parts.onProvedReturnPath }),
  });
  const registrar = createRegistrar({
    authenticator,
    location,
    clock,
    ids,
    isOurDomain: parts.isOurDomain,
    ...(parts.onRegister === undefined ? {} : { onOutcome: parts.onRegister }),
  });
  const endpoint = new Endpoint({
    transport,
    transactions,
    clock,
    ids,
    ...(parts.sessionTimer === undefined ? {} : { sessionTimer: parts.sessionTimer }),
  });
  return {
    transactions,
    endpoint,
    location,
    registrar,
    authenticator,
    guard,
    restore(rows) {
      location.restore(rows);
      for (const extension of location.extensions()) {
        for (const binding of location.lookup(extension)) guard.right(claimOfBinding(binding));
      }
    },
    close() {
      registrar.close();
      location.close();
      transactions.close();
    },
  };
}
