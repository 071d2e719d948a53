interface Source {
  readonly getRandomValues: (octets: Uint8Array<ArrayBuffer>) => Uint8Array;
  readonly randomUUID?: () => string;
}

/** A name that nothing else has: 128 random bits. Browsers have `randomUUID` in secure contexts only, and plain HTTP from afar is none. */
export function randomId(source: Source = crypto): string {
  if (source.randomUUID !== undefined) return source.randomUUID();
  const octets = source.getRandomValues(new Uint8Array(16));
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
