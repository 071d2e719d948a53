import type { ToneSegment } from "../dtmf/tone-generator.ts";

/** A tone that is repeated without end. */
export interface Cadence {
  readonly segments: readonly ToneSegment[];
  /** Of each frequency, dBm0. */
  readonly level: number;
}

/** Ringback and busy of a country: frequencies in Hz, then ms on, off, on, off … */
interface Country {
  readonly ringback: readonly [hz: readonly number[], ...ms: number[]];
  readonly busy: readonly [hz: readonly number[], ...ms: number[]];
}

/** Europe's own (ETSI TR 101 041), and what most countries have. */
const EUROPE: Country = { ringback: [[425], 1000, 4000], busy: [[425], 500, 500] };
const NORTH_AMERICA: Country = { ringback: [[440, 480], 2000, 4000], busy: [[480, 620], 500, 500] };

/** ITU-T E.180 Supplement 2, by ISO 3166 code; what is not here is as in `EUROPE`. */
const COUNTRIES: ReadonlyMap<string, Country> = new Map<string, Country>([
  ["AT", { ringback: [[420], 1000, 5000], busy: [[420], 400, 400] }],
  ["AU", { ringback: [[413, 438], 400, 200, 400, 2000], busy: [[425], 375, 375] }],
  ["BE", { ringback: [[425], 1000, 3000], busy: [[425], 500, 500] }],
  ["BR", { ringback: [[425], 1000, 4000], busy: [[425], 250, 250] }],
  ["CA", NORTH_AMERICA],
  ["CN", { ringback: [[450], 1000, 4000], busy: [[450], 350, 350] }],
  ["CZ", { ringback: [[425], 1000, 4000], busy: [[425], 330, 330] }],
  ["DE", { ringback: [[425], 1000, 4000], busy: [[425], 480, 480] }],
  ["EE", { ringback: [[425], 1000, 4000], busy: [[425], 300, 300] }],
  ["ES", { ringback: [[425], 1500, 3000], busy: [[425], 200, 200] }],
  ["FI", { ringback: [[425], 1000, 4000], busy: [[425], 300, 300] }],
  ["FR", { ringback: [[440], 1500, 3500], busy: [[440], 500, 500] }],
  ["GB", { ringback: [[400, 450], 400, 200, 400, 2000], busy: [[400], 375, 375] }],
  ["GR", { ringback: [[425], 1000, 4000], busy: [[425], 300, 300] }],
  ["HU", { ringback: [[425], 1250, 3750], busy: [[425], 300, 300] }],
  ["IE", { ringback: [[400, 450], 400, 200, 400, 2000], busy: [[425], 500, 500] }],
  ["IL", { ringback: [[414], 1000, 3000], busy: [[414], 500, 500] }],
  ["JP", { ringback: [[400], 1000, 2000], busy: [[400], 500, 500] }],
  ["LT", { ringback: [[425], 1000, 4000], busy: [[425], 350, 350] }],
  ["MX", { ringback: [[425], 1000, 4000], busy: [[425], 250, 250] }],
  ["NZ", { ringback: [[400, 450], 400, 200, 400, 2000], busy: [[400], 500, 500] }],
  ["PT", { ringback: [[425], 1000, 5000], busy: [[425], 500, 500] }],
  ["SE", { ringback: [[425], 1000, 5000], busy: [[425], 250, 250] }],
  ["US", NORTH_AMERICA],
]);

/** Single tones are at -10 dBm0 in the mean of E.180; two together a little lower each. */
const LEVEL = { one: -12, two: -15 };

/** Quiet on purpose: two soft notes every five seconds say that the line is still there (docs/adr/0020). */
const HOLD: Cadence = {
  segments: [
    { frequencies: [425], ms: 160 },
    { frequencies: [], ms: 120 },
    { frequencies: [425], ms: 160 },
    { frequencies: [], ms: 4560 },
  ],
  level: -30,
};

/** The tone of a country; an unknown one has Europe's. */
export function countryTone(country: string, kind: "ringback" | "busy" | "hold"): Cadence {
  if (kind === "hold") return HOLD;
  const [hz, ...times] = (COUNTRIES.get(country.toUpperCase()) ?? EUROPE)[kind];
  return {
    segments: times.map((ms, at) => ({ frequencies: at % 2 === 0 ? hz : [], ms })),
    level: hz.length === 1 ? LEVEL.one : LEVEL.two,
  };
}
