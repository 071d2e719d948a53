import type { StoryEvent } from "../../../../src/model/call-record.ts";
import type { ShownCall } from "./shown-call.ts";

/** A lifeline of the ladder. */
export interface Actor {
  /** `A`, `us`, `webhook CRM`, `B1`. */
  readonly key: string;
  readonly kind: "caller" | "us" | "webhook" | "phone" | "outside";
  /** A number, an extension, a name; empty for a caller who hides. */
  readonly name: string;
  /** The name that belongs to an extension. */
  readonly detail: string;
  /** Where it is: an address, a host, a trunk. */
  readonly place: string;
}

/** Everybody who has a part in a call: the caller, we, webhooks as they were asked, and whom we called. */
export function actors(call: Pick<ShownCall, "story" | "caller" | "origin">): readonly Actor[] {
  const caller: Actor = {
    key: "A",
    kind: "caller",
    name: call.caller,
    detail: "",
    place: plainOrigin(call.origin),
  };
  const us: Actor = { key: "us", kind: "us", name: "Switchhook", detail: "", place: "" };
  const webhooks = new Map<string, Actor>();
  const legs = new Map<string, Actor>();
  for (const event of call.story) {
    if (event.type === "asked") webhooks.set(event.webhook, webhookActor(event));
    if (event.type === "leg") legs.set(event.leg, legActor(event, call.story));
  }
  return [caller, us, ...webhooks.values(), ...legs.values()];
}

type Of<Type extends StoryEvent["type"]> = Extract<StoryEvent, { readonly type: Type }>;

function webhookActor({ webhook, url }: Of<"asked">): Actor {
  return {
    key: webhookKey(webhook),
    kind: "webhook",
    name: webhook,
    detail: "",
    place: URL.parse(url)?.host ?? "",
  };
}

/** `trunk "Carrier"` without its quotes. */
function plainOrigin(origin: string): string {
  return origin.replaceAll('"', "");
}

export function webhookKey(webhook: string): string {
  return `webhook ${webhook}`;
}

/** `phone 215 at udp:192.0.2.31:5060`, `+31502102544 by trunk "Carrier"`. */
function legActor({ leg, target }: Of<"leg">, story: readonly StoryEvent[]): Actor {
  const phone = /^phone (\S+) at (?:\w+:)?(.+)$/.exec(target);
  if (phone === null) {
    const [name = target, ...rest] = target.split(" ");
    return { key: leg, kind: "outside", name, detail: "", place: rest.join(" ") };
  }
  const [, name = "", place = ""] = phone;
  return { key: leg, kind: "phone", name, detail: phoneName(name, story), place: place.replace(/:\d+$/, "") };
}

/** The walk says `Rings 215 (Reception), 216 (Sales)`. */
function phoneName(extension: string, story: readonly StoryEvent[]): string {
  for (const event of story) {
    if (event.type !== "step") continue;
    const who = event.entry.args?.["who"];
    if (typeof who !== "string") continue;
    const found = who.split(", ").find((one) => one.startsWith(`${extension} (`) && one.endsWith(")"));
    if (found !== undefined) return found.slice(extension.length + 2, -1);
  }
  return "";
}
