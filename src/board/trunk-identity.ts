import { formatNumber } from "../dialplan/number.ts";
import { formatHost } from "../lib/host-port.ts";
import type { Trunk } from "../model/snapshot.ts";
import { encodeUser } from "../sip/index.ts";

/** RFC 3261 §19.1.1: the user part is a telephone number. */
const USER_PHONE = ";user=phone";

/** As whom a trunk knows us (docs/adr/0046). */
export interface TrunkIdentity {
  /** User of our own address there, escaped; undefined: a peer, which knows us by our numbers. */
  readonly user: string | undefined;
  /** That user stands in From whoever calls: the trunk was told so. */
  readonly always: boolean;
  /** Host of the addresses that we announce, an IPv6 address in brackets. */
  readonly domain: string;
}

/**
 * What stands in From towards a trunk (RFC 3261 §8.1.1.3): what it is set to; else, where we register, our account and the
 * provider's domain; else numbers at our own `realm`.
 */
export function identityAt(trunk: Trunk, realm: string): TrunkIdentity {
  const registered = trunk.kind === "registration";
  const [account, itsDomain] = split(trunk.account ?? trunk.credentials?.username ?? "");
  const user = trunk.fromUser ?? (registered && account !== "" ? account : undefined);
  const host = registered ? (itsDomain ?? hostOf(trunk.hosts[0] ?? "")) : realm;
  return {
    user: user === undefined ? undefined : encodeUser(user),
    always: trunk.fromUser !== undefined,
    domain: formatHost(trunk.fromDomain ?? host),
  };
}

/** A `+E.164` number as this trunk writes it. */
export function numberUri(number: string, trunk: Trunk, host: string, country: string): string {
  return `sip:${formatNumber(number, trunk.numberFormat, country)}@${host}${trunk.userPhone === true ? USER_PHONE : ""}`;
}

/** Our own address at a trunk; what is no telephone number says nothing about being one. */
export function accountUri(user: string, trunk: Trunk, domain: string): string {
  return `sip:${user}@${domain}${trunk.userPhone === true && /^\+?\d+$/.test(user) ? USER_PHONE : ""}`;
}

/** A user name that brings its own domain is the whole address. */
function split(account: string): readonly [user: string, domain: string | undefined] {
  const at = account.lastIndexOf("@");
  return at > 0 ? [account.slice(0, at), account.slice(at + 1)] : [account, undefined];
}

/** Of a `sip:host:port;transport=…`. */
function hostOf(uri: string): string {
  return /^sips?:(\[[^\]]*\]|[^:;?]*)/i.exec(uri)?.[1] ?? uri;
}
