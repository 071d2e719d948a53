// Every kind of step that a plan may have: a new one is its folder and its line here. All else is made from this list:
// the schema of plans, the compiled form, the reference pages, the forms of the interface.

export { audioKind } from "./audio/audio.ts";
export { callerNameKind } from "./caller-name/caller-name.ts";
export { fixedDestinationKind } from "./fixed-destination/fixed-destination.ts";
export { groupKind } from "./group/group.ts";
export { hangUpKind } from "./hang-up/hang-up.ts";
export { phoneKind } from "./phone/phone.ts";
export { variableDestinationKind } from "./variable-destination/variable-destination.ts";
export { webhookKind } from "./webhook/webhook.ts";
