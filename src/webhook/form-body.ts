import type { WebhookValues } from "../dialplan/command.ts";
import { encodeValue } from "../dialplan/template.ts";
import { PLACEHOLDERS } from "../dialplan/template-pieces.ts";
import type { HttpBody } from "../http/request.ts";

const TYPE = "application/x-www-form-urlencoded";
const UTF8 = new TextEncoder();

/** The values of a request as a form body, by the names of their placeholders. */
export function formBody(values: WebhookValues): HttpBody {
  const pairs = PLACEHOLDERS.map((name) => `${name}=${encodeValue(values[name])}`);
  return { type: TYPE, octets: UTF8.encode(pairs.join("&")) };
}
