/** The only door of the SIP stack (docs/adr/0003): what the rest of the house may use. */
export type { HeaderList } from "./dialog/dialog.ts";
export type { SessionTimerPolicy } from "./dialog/session-timer.ts";
export { buildResponse } from "./message/build.ts";
export { byPreference } from "./message/contact-order.ts";
export type { SipMessage, SipRequest, SipResponse } from "./message/message.ts";
export { formatNameAddr, type NameAddr, parseNameAddr } from "./message/name-addr.ts";
export { noParams } from "./message/params.ts";
export { telephoneNumberOf, userOf } from "./message/telephone-number.ts";
export { encodeUser, formatUri, parseUri, type SipUri, type Uri } from "./message/uri.ts";
export { createStack, type Stack, type StackParts } from "./stack.ts";
export { createTransactions } from "./transaction/layer.ts";
export type { ServerTransaction, Transactions } from "./transaction/user.ts";
export { systemDns } from "./transport/dns-port.ts";
export { socketErrorReason } from "./transport/flows.ts";
export { createGuard, type Guard } from "./transport/guard.ts";
export { type ListenOptions, type OpenTransports, openTransports } from "./transport/layer.ts";
export { OwnPlaces } from "./transport/own-places.ts";
export { createResolver } from "./transport/resolver.ts";
export type { Acquaintances } from "./transport/sources.ts";
export type {
  FarCertificate,
  Flow,
  Target,
  Transport,
  TransportObserver,
} from "./transport/transport.ts";
export type { Slowed } from "./ua/auth/credentials-guard.ts";
export type { DigestAlgorithm } from "./ua/auth/digest.ts";
export { createDigestClient, type DigestClient } from "./ua/auth/digest-client.ts";
export type { OurContact } from "./ua/context.ts";
export { Endpoint, type EndpointUser } from "./ua/endpoint.ts";
export type { AnswerChallenge } from "./ua/invite/dialog-requests.ts";
export type { InboundInvite } from "./ua/invite/inbound-invite.ts";
export { ANSWERED_ELSEWHERE } from "./ua/invite/invite-attempt.ts";
export type {
  InviteWay,
  InviteWays,
  OutboundInvite,
  OutboundInviteParts,
  OutboundInviteUser,
} from "./ua/invite/outbound-invite.ts";
export type { PeerOffer } from "./ua/invite/peer-offer.ts";
export type { InviteSession } from "./ua/invite/session.ts";
export type { SessionUser } from "./ua/invite/session-user.ts";
export { sendOptions } from "./ua/options-probe.ts";
export { type PlaceWatch, retryAfterSeconds } from "./ua/place-watch.ts";
export { type Reach, STAYS_ON_ITS_FLOW, targetOf } from "./ua/reach.ts";
export { instanceUrn } from "./ua/register/instance.ts";
export {
  createRegistration,
  proxyRoute,
  type Registration,
  type RegistrationStatus,
} from "./ua/register/registration.ts";
export { isReachable, onceEach, requestUriOf } from "./ua/registrar/binding.ts";
export type { RegisterOutcome } from "./ua/registrar/registrar.ts";
export { isSips } from "./ua/sips.ts";
