/** How far adding got. */
export interface Added {
  readonly added: number;
  /** They were there already. */
  readonly there: number;
  /** Not tried, or refused: the first of them is what `error` is about. */
  readonly left: readonly string[];
  readonly error: Error | undefined;
}

/** Adds one number after the other; one that is there already is passed over, another refusal ends it. */
export async function addEach(
  numbers: readonly string[],
  add: (number: string) => Promise<unknown>,
): Promise<Added> {
  let added = 0;
  let there = 0;
  for (const [at, number] of numbers.entries())
    try {
      await add(number);
      added += 1;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!isTaken(error)) return { added, there, left: numbers.slice(at), error };
      there += 1;
    }
  return { added, there, left: [], error: undefined };
}

function isTaken(error: Error): boolean {
  return "code" in error && error.code === "taken";
}
