import type { HeaderList } from "../../dialog/dialog.ts";
import { buildResponse } from "../../message/build.ts";
import { descriptionOf } from "../../message/description.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import { ALLOW } from "../capabilities.ts";
import { contactFor } from "../context.ts";
import { checkInDialog } from "../request-checks.ts";
import { isSips } from "../sips.ts";

/**
 * Answers what a peer asks in a dialog that nobody has answered yet, where it is neither PRACK nor its end. `busy`: for an
 * offer, which waits until there is an answer: 491 where ours is under way (RFC 3311 §5.2), 500 with Retry-After (in
 * `headers`) where the peer's own is.
 */
export function answerEarly(transaction: ServerTransaction, busy: 491 | 500, headers: HeaderList = []): void {
  const { request, flow } = transaction;
  const reply = (status: number, more: HeaderList = []): void =>
    transaction.respond(buildResponse(request, status, undefined, { headers: more }));
  const refusal = checkInDialog(request);
  if (refusal !== undefined) return reply(refusal.status, refusal.headers);
  switch (request.method) {
    case "UPDATE":
      // DEVIATION(RFC 3311 §5.2): an offer before the answer is put off rather than passed on; the peer retries.
      if (descriptionOf(request).length > 0) return reply(busy, headers);
      return reply(200, [
        ["Contact", contactFor(flow, { secure: isSips(request.uri) })],
        ["Allow", ALLOW],
      ]);
    case "INVITE":
      return reply(busy, headers);
    // There is nobody yet to carry it to; a 481 would end the dialog for whoever sent it (RFC 3261 §12.2.1.2).
    case "INFO":
      return reply(200);
    case "OPTIONS":
      return reply(200, [["Allow", ALLOW]]);
    default:
      return reply(481);
  }
}
