import type { TrunkTargetStatus as Target, TrunkStatus } from "../model/trunk-status.ts";
import { type AccessOptions, saidZone } from "./access.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { timeIn } from "./times.ts";

/** Tells a time, ms since the epoch. */
type Time = (at: number) => string;

/** `switchhook trunks`: every trunk, how it is connected, and its last calls. */
export async function runTrunks(options: AccessOptions, output: Output): Promise<number> {
  const installation = findInstallation(options.data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const trunks = await installation.value.trunks();
  if (!trunks.ok) return printFailure(trunks.error, output);
  if (options.json) {
    output.json(trunks.value);
    return ExitCode.ok;
  }
  if (trunks.value.length === 0) output.err("No trunks are configured.");
  const zone = await saidZone(installation.value, options.utc, trunks.value.length, output);
  for (const trunk of trunks.value) for (const line of trunkLines(trunk, zone)) output.out(line);
  return ExitCode.ok;
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
