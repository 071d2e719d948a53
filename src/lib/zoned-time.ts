const WRITTEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(Z|[+-]\d\d:\d\d)?$/;
const MINUTE_MS = 60_000;

/**
 * Reads a time as people write it, `2026-12-25T10:00`, in milliseconds since the epoch: on the clocks of `timeZone` (an IANA name),
 * where it does not say another one by `Z` or `+01:00`. An hour that the clocks leave out in spring is read as the one after it, of
 * the one that they show twice in autumn the first is meant. Undefined: it is no such time.
 */
export function readZonedTime(text: string, timeZone: string): number | undefined {
  const [, zone] = WRITTEN.exec(text) ?? [text, ""];
  if (zone === "") return undefined;
  const at = Date.parse(zone === undefined ? `${text}Z` : text);
  // Date.parse turns the 31st of June into the 1st of July.
  const day = Date.parse(`${text.slice(0, 10)}T00:00Z`);
  if (Number.isNaN(at) || at < 0 || Number.isNaN(day)) return undefined;
  if (new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  if (zone !== undefined) return at;
  const tried = [-24, 24].map((hours) => at - offsetAt(at + hours * 60 * MINUTE_MS, timeZone));
  const [before = at, after = at] = tried;
  const fits = tried
    .toSorted((one, other) => one - other)
    .find((one) => one + offsetAt(one, timeZone) === at);
  return Math.max(0, fits ?? Math.max(before, after));
}

/** When the day of a moment began on the clocks of a zone, in milliseconds since the epoch as the moment is. */
export function midnight(at: number, timeZone: string): number {
  return hourOfDay(at, timeZone, 0);
}

/**
 * When each of the 24 hours of a moment's day begins on the clocks of a zone: an hour that they leave out lasts no time, one that they
 * show twice begins the first time.
 */
export function hoursOfDay(at: number, timeZone: string): readonly number[] {
  return Array.from({ length: 24 }, (_, hour) => hourOfDay(at, timeZone, hour));
}

function hourOfDay(at: number, timeZone: string, hour: number): number {
  const day = new Date(at + offsetAt(at, timeZone)).toISOString().slice(0, 10);
  return readZonedTime(`${day}T${String(hour).padStart(2, "0")}:00`, timeZone) ?? at;
}

/** Kept: to make one costs more than to use it a hundred times, and nearly always the company's zone is asked for. */
let clocks: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | undefined;

function clocksOf(timeZone: string): Intl.DateTimeFormat {
  if (clocks?.timeZone === timeZone) return clocks.format;
  const format = new Intl.DateTimeFormat("en", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  clocks = { timeZone, format };
  return format;
}

/** How far the clocks of a zone are before UTC at a moment, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const parts = clocksOf(timeZone).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return shown - (at - (((at % 1000) + 1000) % 1000));
}
