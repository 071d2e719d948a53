import { buildRequest } from "../message/build.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";

type Field = readonly [name: string, value: string];

/**
 * The ACK to a non-2xx final response: hop by hop, with the INVITE's Request-URI, topmost Via (its branch
 * included) and Route, and the response's To (RFC 3261 §17.1.1.3).
 */
export function buildHopAck(invite: SipRequest, response: SipResponse): SipRequest {
  const to = response.headers.get("to") ?? "";
  return buildRequest({ method: "ACK", uri: invite.uri, headers: hopFields(invite, "ACK", to) });
}

/** The CANCEL of an INVITE that has been sent; `extra` is for Reason (RFC 3261 §9.1, RFC 3326). */
export function buildCancel(invite: SipRequest, extra: readonly Field[]): SipRequest {
  const fields = hopFields(invite, "CANCEL", invite.headers.get("to") ?? "");
  return buildRequest({ method: "CANCEL", uri: invite.uri, headers: [...fields, ...extra] });
}

function hopFields(invite: SipRequest, method: string, to: string): Field[] {
  const { headers } = invite;
  const fields: Field[] = [["Via", headers.get("via") ?? ""]];
  for (const route of headers.all("route")) fields.push(["Route", route]);
  fields.push(
    ["Max-Forwards", "70"],
    ["From", headers.get("from") ?? ""],
    ["To", to],
    ["Call-ID", invite.callId],
    ["CSeq", `${invite.cseq.number} ${method}`],
  );
  return fields;
}
