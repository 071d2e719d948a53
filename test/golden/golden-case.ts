import type { SipMessage } from "../../src/sip/message/message.ts";
import { parseContacts } from "../../src/sip/message/name-addr.ts";
import { Params } from "../../src/sip/message/params.ts";
import { parseMessage } from "../../src/sip/message/parser.ts";
import { decodeUser, formatUri, isSipUri, isTelUri, parseUri, type Uri } from "../../src/sip/message/uri.ts";

/** What must become of a message: taken, refused with a status, or met with silence. */
export type Outcome = "ok" | "silent" | number;

/** What the parser makes of the octets. */
export function outcomeOf(bytes: Buffer): Outcome {
  const parsed = parseMessage(bytes);
  return parsed.ok ? "ok" : (parsed.fault.status ?? "silent");
}

/**
 * A value of a message by a path of `expectations.json`: `from.tag`, `uri.user`, `contact.params.q`, `get:subject`,
 * `list:via`, `count:contact`. Absent values are null, as in JSON.
 */
export function viewOf(message: SipMessage, path: string): unknown {
  const colon = path.indexOf(":");
  if (colon > 0) return headerView(message, path.slice(0, colon), path.slice(colon + 1));
  const [root = "", ...rest] = path.split(".");
  switch (root) {
    case "body":
      return message.body.toString("latin1");
    case "bodyLength":
      return message.body.length;
    case "uri":
      return message.kind === "request" ? uriView(valueOf(parseUri(message.uri)), rest) : null;
    case "contact": {
      const contacts = valueOf(parseContacts(message.headers.list("contact")));
      return contacts === "*" ? "*" : follow(contacts[0], rest);
    }
    default:
      return follow(message, [root, ...rest]);
  }
}

function headerView(message: SipMessage, how: string, name: string): unknown {
  if (how === "get") return message.headers.get(name) ?? null;
  if (how === "list") return message.headers.list(name);
  return message.headers.list(name).length;
}

function valueOf<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function isUri(value: unknown): value is Uri {
  return typeof value === "object" && value !== null && "scheme" in value;
}

function uriView(uri: Uri, path: readonly string[]): unknown {
  const [name] = path;
  if (name === undefined) return formatUri(uri);
  if (name === "user") return isSipUri(uri) && uri.user !== undefined ? decodeUser(uri.user) : null;
  if (name === "number") return isTelUri(uri) ? uri.number : null;
  if (name === "params") return isSipUri(uri) || isTelUri(uri) ? paramView(uri.params, path) : null;
  return follow(uri, path, false);
}

/** The parameter's value; `null` for a flag and for none. */
function paramView(params: Params, path: readonly string[]): unknown {
  return params.get(path.slice(1).join(".")) ?? null;
}

function follow(value: unknown, path: readonly string[], uris = true): unknown {
  if (uris && isUri(value)) return uriView(value, path);
  const [name, ...rest] = path;
  if (name === undefined) return value ?? null;
  if (typeof value !== "object" || value === null) return null;
  if (name === "params" && "params" in value && value.params instanceof Params)
    return paramView(value.params, path);
  // `user` of a From or To is that of its URI.
  if (name === "user" && "uri" in value && isUri(value.uri)) return uriView(value.uri, ["user"]);
  return follow(Reflect.get(value, name), rest);
}
