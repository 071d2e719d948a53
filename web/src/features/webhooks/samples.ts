import type { WebhookValues } from "../../../../src/dialplan/command.ts";

/** What a call might bring, for previews. */
export const SAMPLE: WebhookValues = {
  callerid: "+31612345678",
  did: "+31501234567",
  code: "4821",
  callername: "Jansen",
  callid: "4bf92f3577b34da6",
};
