// What steps are called, in Dutch: the record has it in English.

/** What a step is, as the record has it in English: the words before what is somebody's own. */
const LABELS: readonly (readonly [begins: string, dutch: string])[] = [
  ["Audio message ", "Geluidsbericht "],
  ["Caller name (prepend)", "Naam van de beller (ervoor)"],
  ["Caller name (replace)", "Naam van de beller (in plaats van)"],
  ["Caller name (webhook)", "Naam van de beller (webhook)"],
  ["Emergency number ", "Alarmnummer "],
  ["Fixed destination ", "Vaste bestemming "],
  ["Group ", "Belgroep "],
  ["Hang up (busy)", "Ophangen (bezet)"],
  ["Hang up (rejected)", "Ophangen (geweigerd)"],
  ["Hang up (not found)", "Ophangen (onbekend)"],
  ["Hang up (normal)", "Ophangen (gewoon)"],
  ["Phone ", "Toestel "],
  ["Variable destination", "Variabele bestemming"],
];

/** The label of a step. */
export function labelIn(label: string): string {
  const known = LABELS.find(([begins]) => label.startsWith(begins));
  return known === undefined ? label : known[1] + label.slice(known[0].length);
}

/** A step in the words of a record: `step 1.2 (Phone 215)`. */
export function stepIn(step: string): string {
  return step.replace(
    /^step (\S+) \((.*)\)$/,
    (_, at: string, label: string) => `stap ${at} (${labelIn(label)})`,
  );
}
