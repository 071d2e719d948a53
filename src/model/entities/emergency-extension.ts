import { isEmergencyNumber } from "../../dialplan/emergency-numbers.ts";
import type { Problem } from "../problem.ts";
import { type Around, warning } from "./kind.ts";

/**
 * An extension is dialled before anything else (model/way.ts), so one that calls for help in the company's country hides that.
 * No error: what is short may be both, and an installation that has one must go on.
 */
export function emergencyWarnings(extension: string, { directory }: Around): readonly Problem[] {
  const { country } = directory.home;
  if (!isEmergencyNumber(extension, country)) return [];
  const text = `${extension} is an emergency number in ${country}: whoever dials it here reaches this extension, and no help. Give it another one.`;
  return [warning(["extension"], "emergencyExtension", text)];
}
