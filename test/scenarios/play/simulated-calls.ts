import assert from "node:assert/strict";
import { readCompany } from "../../../src/company/file.ts";
import type { Company } from "../../../src/model/company.ts";
import type { GivenReply, PartyState, SimulatedCall } from "../../../src/simulate/given.ts";
import { byPreference, parseNameAddr, parseUri, userOf } from "../../../src/sip/index.ts";
import { describeFailure } from "../../../src/webhook/reasons.ts";
import { type Act, bodyOf, type ScenarioDescription } from "./description.ts";
import type { ScenarioFolder } from "./folder.ts";
import { addressOf } from "./script.ts";
import type { ScenarioCall } from "./simulated.ts";
import type { StoryLine } from "./trace.ts";

/** A folder as the simulator needs it. */
export interface SimulatedFolder {
  readonly name: string;
  readonly company: Company;
  readonly calls: readonly (ScenarioCall & { readonly story: readonly StoryLine[] })[];
}

/** What is given to the simulator of a scenario: who calls, and what everybody does, as its description says. */
export function simulatedFolder(folder: ScenarioFolder): SimulatedFolder {
  const { company: text, scenario } = folder.at((address) => address);
  const read = readCompany(text, `${folder.name}/company.yaml`);
  assert.ok(read.ok);
  const { company } = read.value;
  const callers = Object.entries(scenario.parties).flatMap(([party, acts]) =>
    acts.flatMap((act) => (act.do === "call" ? [{ party, act }] : [])),
  );
  const calls = (folder.expected?.calls ?? []).map(({ story }, index) => {
    const { party = "", act } = callers[index] ?? {};
    assert.ok(act);
    const call = callOf(scenario, company, party, act);
    return { ...call, call: { ...call.call, ...patienceIn(story) }, story };
  });
  return { name: folder.name, company, calls };
}

/** When a caller loses patience nobody can say before somebody has: as the real one did. */
function patienceIn(story: readonly StoryLine[]): Pick<SimulatedCall, "hangsUpAfterMs"> {
  const end = story.find(({ is }) => is === "ended");
  const left = end?.says.startsWith("Switchhook") === false && !story.some(({ is }) => is === "answered");
  return left ? { hangsUpAfterMs: end.at } : {};
}

function callOf(
  scenario: ScenarioDescription,
  company: Company,
  party: string,
  act: Extract<Act, { do: "call" }>,
): ScenarioCall {
  const { acts, ...who } = callerIn(scenario, party, act);
  const phones = company.phones.map(({ extension }) => [extension, phoneState(scenario, extension)] as const);
  return {
    call: {
      number: dialled(act.to),
      ...who,
      at: 0,
      digits: acts.flatMap((one) => (one.do === "press" ? [one.keys] : [])),
      replies: Object.fromEntries(
        company.webhooks.map((webhook) => [webhook.name, repliesOf(scenario, webhook)]),
      ),
      phones: Object.fromEntries(phones.map(([extension, { state }]) => [extension, state])),
    },
    labels: Object.fromEntries(phones.map(([extension, { label }]) => [extension, label])),
    outside: stateOf(scenario.parties["carrier"] ?? []),
  };
}

function callerIn(
  scenario: ScenarioDescription,
  party: string,
  act: Extract<Act, { do: "call" }>,
): Pick<SimulatedCall, "from" | "callerName"> & { readonly acts: readonly Act[] } {
  const acts = scenario.parties[party] ?? [];
  if (party !== "carrier") return { from: party, callerName: "", acts };
  const from = parseNameAddr(act.from ?? "");
  assert.ok(from.ok);
  if (act.headers["Privacy"] !== undefined) return { from: "anonymous", callerName: "", acts };
  return { from: userOf(from.value.uri), callerName: from.value.displayName ?? "", acts };
}

function dialled(to: string): string {
  const uri = to.includes(":") ? parseUri(to) : undefined;
  return uri?.ok === true ? userOf(uri.value) : to;
}

/** Of a phone with several devices, what the one does that answers. */
function phoneState(
  scenario: ScenarioDescription,
  extension: string,
): { readonly state: PartyState; readonly label: string } {
  const devices = scenario.phones.filter((name) => name.split("/")[0] === extension);
  const states = devices.map((name) => ({ name, state: stateOf(scenario.parties[name] ?? []) }));
  const { name, state } = states.find((one) => one.state.does === "answers") ??
    states[0] ?? { name: extension, state: { does: "notRegistered" } as const };
  return { state, label: `phone ${extension} at udp:${addressOf(name)}:5060` };
}

function stateOf(acts: readonly Act[]): PartyState {
  for (const act of acts) {
    if (act.when !== "invited") continue;
    const { afterMs } = act;
    if (act.do === "answer") return { does: "answers", afterMs };
    if (act.do !== "respond" || act.status < 300) continue;
    if (act.status >= 400) return { does: "refuses", status: act.status, afterMs };
    const contacts = [act.headers["Contact"] ?? []]
      .flat()
      .flatMap((one) => one.match(/(?:"[^"]*"|[^,"])+/g) ?? []);
    const read = contacts.map(parseNameAddr).flatMap((one) => (one.ok ? [one.value] : []));
    const listed = byPreference(read).slice(0, 5);
    const to = listed.map(({ uri }) => userOf(uri));
    return { does: "forwards", to, afterMs };
  }
  return { does: "noAnswer" };
}

function repliesOf(
  scenario: ScenarioDescription,
  webhook: Company["webhooks"][number],
): readonly GivenReply[] {
  const { host } = new URL(webhook.urlTemplate.replaceAll(/[{}]/g, ""));
  const ms = webhook.timeoutSeconds * 1000;
  const replies = scenario.receivers[webhook.name];
  if (replies === undefined) return [failure({ code: "refused", host }, 0)];
  return replies.map((one) =>
    "says" in one
      ? failure({ code: "deadline", ms, phase: "waiting", host }, ms)
      : { body: bodyOf(one), status: one.status, afterMs: one.afterMs },
  );
}

function failure(why: Parameters<typeof describeFailure>[0], elapsedMs: number): GivenReply {
  const { code, ...args } = why;
  return {
    result: {
      verdict: "error",
      destination: undefined,
      callerName: undefined,
      failure: code,
      args,
      reason: describeFailure(why),
      warnings: [],
      status: undefined,
      url: "",
      elapsedMs,
      excerpt: "",
    },
  };
}
