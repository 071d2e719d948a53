/** How long calls are kept until now: as the company chose, else as the server says. */
interface KeptUntilNow {
  readonly chosen: number | undefined;
  /** Undefined: it is not known. */
  readonly inForce: number | undefined;
}

/** What has to be asked before so many days are saved (undefined: as the server was started), since calls may be deleted. */
export function askedOfDays(
  days: number | undefined,
  { chosen, inForce }: KeptUntilNow,
): "fewer" | "server" | undefined {
  // With what the server was started is not known, once the company has chosen.
  if (days === undefined) return chosen === undefined ? undefined : "server";
  const least = chosen ?? inForce;
  return least !== undefined && days >= least ? undefined : "fewer";
}
