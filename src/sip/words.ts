import { saying, type Why, wordsOf } from "../lib/said.ts";

interface Because {
  readonly why: Why;
}

interface Phone {
  readonly phone: string;
}

interface Account {
  /** The name that was claimed, of whoever; empty where none was. */
  readonly name: string;
}

const NOT_TRUSTED = "which is not trusted here; name its authority with --tls-ca";

/** Why octets went nowhere, or a connection ended. */
const flows = {
  "flow.refused": () => "connection refused",
  "flow.reset": () => "connection reset by the peer",
  "flow.timedOut": () => "connection timed out",
  "flow.noRouteToHost": () => "no route to the host",
  "flow.noRouteToNetwork": () => "no route to the network",
  "flow.tooLarge": () => "too large for one datagram",
  "flow.bufferFull": () => "the send buffer is full",
  "flow.notOurAddress": () => "this machine does not have that address",
  "flow.notAllowed": () => "the system does not allow to send there",
  "flow.wrongListener": () => "the address cannot be reached from this listener",
  "flow.failed": ({ said, code }: { readonly said: string; readonly code: string }) =>
    code === "" ? said : `${said} (${code})`,
  "flow.peerEnded": () => "the peer closed the connection",
  "flow.closed": () => "the connection is closed",
  "flow.peersClosed": () => "the peer's connection is closed",
  "flow.requestsClosed": () => "the connection that the request came on is closed",
  "flow.notRead": () => "the peer does not read",
  "flow.tooMuchWaits": () => "too much waits for the connection",
  "flow.banned": () => "the source is banned",
  "flow.tooManyPieces": () => "too many pieces of a message",
  "flow.tooManyKeepAlives": () => "too many keep-alives",
  "flow.noMessage": () => "the peer sent what is no SIP message",
  "flow.notConnected": () => "no connection within the time limit",
  "flow.messageTooSlow": () => "no whole message within the time limit",
  "flow.deaf": () => "the peer does not answer keep-alives any more",
  "flow.silent": () => "nothing comes from the peer any more",
  "flow.idle": () => "nothing was sent for a long time",
  "flow.placeNeeded": () => "the place is needed for another connection",
  "flow.listenerClosed": () => "the listener is closed",
  "flow.untold": () => "the transport failed and did not say why",
} as const;

/** What is wrong between two sides of TLS, in words that name our settings; Node's own name its options. */
const tls = {
  "tls.selfSigned": () => `the peer's certificate is self-signed, ${NOT_TRUSTED}`,
  "tls.privateAuthority": () => `the peer's certificate is from a private authority, ${NOT_TRUSTED}`,
  "tls.unknownAuthority": () => `the peer's certificate is from an authority ${NOT_TRUSTED}`,
  "tls.notSigned": () => "the peer's certificate is not signed by the authority that it names",
  "tls.expired": () => "the peer's certificate has expired",
  "tls.notYetValid": () => "the peer's certificate is not valid yet",
  "tls.revoked": () => "the peer's certificate has been revoked",
  "tls.notForServers": () => "the peer's certificate is not made for servers",
  "tls.otherName": ({ name, names }: { readonly name: string; readonly names: string }) =>
    `the peer's certificate is not for ${name}, but for ${names === "" ? "no name" : names}`,
  "tls.none": () => "what answers there does not speak TLS",
  "tls.peerTooOld": () => "the peer has no TLS 1.2 or 1.3",
  "tls.versionNotTaken": () => "the peer takes neither TLS 1.2 nor TLS 1.3",
  "tls.ourCertificateWanted": () => "the peer asks for a certificate of ours: give --tls-cert",
  "tls.oursNotTrusted": () => "the peer does not trust our certificate (--tls-cert)",
  "tls.oursNotTaken": () => "the peer does not take our certificate (--tls-cert)",
  "tls.oursExpired": () => "the peer says that our certificate (--tls-cert) has expired",
  "tls.nothingInCommon": () => "the peer and we have no TLS algorithm in common",
  "tls.ourKeyTooShort": () => "our certificate (--tls-cert) has too short a key",
  "tls.oursOutdated": () => "our certificate (--tls-cert) is signed in an outdated way",
  "tls.failed": ({ said }: { readonly said: string }) => `the TLS connection failed (${said})`,
} as const;

/** Why a request, a call that is made, or one that is up had no answer. */
const calls = {
  "peer.noAnswer": () => "no answer",
  "peer.noAnswerWithin": ({ place, seconds }: { readonly place: string; readonly seconds: number }) =>
    `no answer from ${place} within ${seconds} s`,
  "peer.noAddress": () => "no address to send to",
  "peer.nobodyLeft": ({ why, tried }: Because & { readonly tried: Why }) =>
    `${wordsOf(why)}; ${wordsOf(tried)}`,
  "peer.cancelled": () => "cancelled",
  "peer.answerNotTaken": () => "no ACK came for the final response",
  "peer.notAnswered": () => "no final response was given in time",
  "peer.noPrack": () => "the caller did not acknowledge a reliable provisional response (PRACK) within 32 s",
  "session.noAck": () => "no ACK came for our 200 OK within 32 s",
  "session.unknown": () => "the other side no longer knows the call (481)",
  "session.silent": ({ method }: { readonly method: string }) =>
    `the other side did not answer our ${method} within 32 s`,
  "session.expired": () => "the session timer ran out: the other side did not refresh the call",
} as const;

/** How our registration at a provider fares. */
const registration = {
  "register.noAddress": ({ host }: { readonly host: string }) =>
    `The name ${host} leads to no address that can be reached from here, or DNS did not answer.`,
  "register.noListener": () => "No listener of ours speaks the provider's transport.",
  "register.noAnswer": () => "The provider did not answer.",
  "register.notReached": ({ why }: Because) => `The provider could not be reached: ${wordsOf(why)}.`,
  "register.answered": ({ status, said }: { readonly status: number; readonly said: string }) =>
    `The provider answered ${status} ${said}.`,
  "register.dropped": () => "The provider took the registration and dropped it at once.",
  "challenge.again": () => "The peer asks for the password again and again.",
  "challenge.otherAddress": () =>
    "A challenge came from another address than the request was sent to; it is not answered.",
  "challenge.refused": () => "The peer refuses the user name or the password.",
  "challenge.none": () => "The response is no challenge.",
  "challenge.missing": () => "The peer asks for a password without a challenge.",
  "challenge.unreadable": ({ why }: Because) => `The peer's challenge cannot be answered: ${wordsOf(why)}.`,
  "challenge.otherRealm": ({ realm }: { readonly realm: string }) =>
    `The peer asks for a password of the realm "${realm}", which is not the one configured.`,
} as const;

/** Why a phone is not who it says it is. For a person of this side, never for the wire. */
const logins = {
  "login.missing": () => "No password was sent for this installation; the sender is asked for one.",
  "login.staleNonce": (account: Account) =>
    `The proof of the password for ${whose(account)} was too old, made for another address, or used before; the phone is asked for a new one.`,
  "login.malformed": () => "The Authorization header cannot be read.",
  "login.otherUri": (account: Account) =>
    `The proof of the password for ${whose(account)} was made for another address than the request is sent to.`,
  "login.blocked": (account: Account & { readonly address: string }) =>
    `Too many wrong passwords came from ${account.address} or for ${whose(account)}; this one was not looked at, a later one will be. Correct the password in the phone; "switchhook bans" shows what is slowed down and lifts it.`,
  "login.wrongPassword": (account: Account) =>
    `The password for ${whose(account)} is wrong. Enter the phone's password from the configuration.`,
  "login.noPhone": (account: Account) =>
    `There is no phone ${whose(account)}. Add it to the configuration or correct the user name in the phone.`,
} as const;

function whose({ name }: Account): string {
  return name === "" ? "the account" : `"${name}"`;
}

/** Why a REGISTER of a phone was refused, besides its password. */
const phones = {
  "phone.unreadable": ({ why }: Because) => `The REGISTER cannot be read: ${wordsOf(why)}.`,
  "phone.otherExtension": ({ phone }: Phone) =>
    `Phone "${phone}" tried to register another extension. User name and extension in the phone must be the same.`,
  "phone.otherDomain": ({ phone, domain }: Phone & { readonly domain: string }) =>
    `Phone "${phone}" registered at "${domain}", which is no name or address of this installation.`,
  "phone.proxyWithoutOutbound": ({ phone }: Phone) =>
    `Phone "${phone}" asks for outbound (RFC 5626) through a proxy that does not do it.`,
  "phone.sipsWithoutTls": ({ phone, transport }: Phone & { readonly transport: string }) =>
    `Phone "${phone}" registered a sips: contact over ${transport}, which only TLS can keep. Set the phone to TLS, or its contact to sip:.`,
  "phone.tooBrief": ({ phone, seconds }: Phone & { readonly seconds: number }) =>
    `Phone "${phone}" asked for a registration shorter than ${seconds} seconds.`,
  "phone.refused": ({ phone, why }: Phone & Because) =>
    `The registration of phone "${phone}" was refused: ${wordsOf(why)}.`,
} as const;

/**
 * All that the stack says and a person may read: in stories, in the state of phones and trunks, in the log. What is only
 * answered over the wire (reason phrases, faults of a message) is SIP's own English and has no code.
 */
export const sipWords = { ...flows, ...tls, ...calls, ...registration, ...logins, ...phones };

export type SipCode = keyof typeof sipWords;

/** A sentence of the stack as a value. What is always the same is made once, where the file begins. */
export const sipSaid = saying(sipWords);
