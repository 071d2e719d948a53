import type { TrunkTargetStatus as Target, TrunkStatus } from "../model/trunk-status.ts";
import { type AccessOptions, runList } from "./access.ts";
import type { Installation } from "./installation-port.ts";
import type { Output } from "./output.ts";
import { timeIn } from "./times.ts";

/** Tells a time, ms since the epoch. */
type Time = (at: number) => string;

/** `switchhook trunks`: every trunk, how it is connected, and its last calls. */
export function runTrunks(options: AccessOptions, output: Output): Promise<number> {
  const ask = (installation: Installation) => installation.trunks();
  return runList(options, output, { ask, lines: trunkLines, none: "No trunks are configured." });
}

/** One line for the trunk, one for its last answer to a REGISTER, one for its last calls. */
export function trunkLines(trunk: TrunkStatus, zone: string): readonly string[] {
  const time: Time = (at) => timeIn(zone, at);
  const { name, hosts, address, lastAnswer, lastCallIn, lastCallOut } = trunk;
  const at = address === undefined ? hosts.join(", ") : `${address} (${hosts.join(", ")})`;
  const came = lastCallIn === undefined ? "none" : `${time(lastCallIn.at)} from ${lastCallIn.from}`;
  const went =
    lastCallOut === undefined ? "none" : `${time(lastCallOut.at)}: ${lastCallOut.answer || "no answer yet"}`;
  return [
    `${name}  ${stateText(trunk, time)}  ${at}`,
    ...(lastAnswer === undefined ? [] : [`    last answer ${time(lastAnswer.at)}: ${lastAnswer.answer}`]),
    `    last call in: ${came}; last call out: ${went}`,
    ...(trunk.targets.length > 0 || lastAnswer !== undefined
      ? []
      : [`    ${hosts.join(", ")}: no address is known; the name may be wrong, or DNS does not answer`]),
    ...trunk.targets.map((target) => `    ${targetText(target, time)}`),
  ];
}

function targetText(
  { address, state, since, lastAnswer, nextProbeAt, certificate }: Target,
  time: Time,
): string {
  const from = since === undefined ? "" : ` since ${time(since)}`;
  const answer = lastAnswer === undefined ? "" : `: ${lastAnswer.answer} (${time(lastAnswer.at)})`;
  const next = nextProbeAt === undefined ? "" : `, next asked ${time(nextProbeAt)}`;
  const shown =
    certificate === undefined
      ? ""
      : `; certificate of ${certificate.subject}, ${certificateEnd(certificate, time)}`;
  return `${address}  ${state === "untried" ? "not tried yet" : state}${from}${answer}${next}${shown}`;
}

function certificateEnd({ expires, daysLeft }: NonNullable<Target["certificate"]>, time: Time): string {
  if (daysLeft < 0) return `ended ${time(expires)}`;
  return `until ${time(expires)} (${daysLeft === 1 ? "1 day" : `${daysLeft} days`} left)`;
}

function stateText({ state, registeredUntil, nextRegisterAt }: TrunkStatus, time: Time): string {
  const next = nextRegisterAt === undefined ? "" : time(nextRegisterAt);
  const until = registeredUntil === undefined ? "" : ` until ${time(registeredUntil)}`;
  switch (state) {
    case "registered":
      return `registered${until}, ${next === "" ? "refreshing now" : `next refresh ${next}`}`;
    case "waiting":
      return until === ""
        ? `not registered, next try ${next}`
        : `registered${until}, but the last refresh failed; next try ${next}`;
    case "peer":
      return "peer";
    default:
      return state;
  }
}
