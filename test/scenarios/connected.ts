import type { Agent } from "./agent.ts";
import type { AgentCall, InviteOptions, ReplyOptions } from "./agent-call.ts";
import { NUMBER, Scenario, type ScenarioParts } from "./harness.ts";

/** A call between the carrier and phone 215 that is up. */
export interface Connected {
  readonly s: Scenario;
  /** The carrier's side. */
  readonly a: AgentCall;
  /** The phone's side. */
  readonly b: AgentCall;
  readonly phone: Agent;
}

/** Connects a call; the wire's log begins empty. */
export async function connected(
  parts: ScenarioParts = {},
  options: InviteOptions & { readonly reply?: ReplyOptions } = {},
): Promise<Connected> {
  const s = await Scenario.start(parts);
  const phone = s.at("215");
  phone.onCall = (call) => call.answer(options.reply);
  const a = s.carrier.invite(NUMBER, options);
  await s.until(() => a.last === 200 && phone.call.acks.length > 0);
  await s.run(1000);
  s.network.log.length = 0;
  return { s, a, b: phone.call, phone };
}

/** The caller hangs up, and nothing may be left. */
export async function finish({ s, a, b }: Connected): Promise<void> {
  a.bye();
  await s.until(() => b.got("BYE") === 1);
  await s.assertClean();
}
