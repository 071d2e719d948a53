import i18next from "i18next";

// Times and durations as people read them; the company's time zone, 24 hours.

let zone: string | undefined;

/** The company's time zone, once it is known. */
export function setTimeZone(timeZone: string): void {
  zone = timeZone;
}

const zoneNamed = (timeZone?: string): string =>
  new Intl.DateTimeFormat("en", timeZone === undefined ? {} : { timeZone }).resolvedOptions().timeZone;

/** The time zone of all times here: the company's, and the browser's until that is known. */
export function timeZone(): string {
  return zone ?? zoneNamed();
}

/** The company's time zone where the browser has another one, and whoever reads a time has to be told whose it is. */
export function otherTimeZone(browsers: string = zoneNamed()): string | undefined {
  return zone === undefined || zoneNamed(zone) === browsers ? undefined : zone;
}

const language = (): string => (i18next.language === "nl" ? "nl-NL" : "en-GB");

type When = string | number | Date;

/** What a time is written with, kept: to make one costs more than to use it, and a list has hundreds of times. */
const kept = new Map<string, Intl.DateTimeFormat>();

function formatted(at: When, parts: Intl.DateTimeFormatOptions, locale = language()): string {
  const key = `${locale} ${zone ?? ""} ${Object.entries(parts).join()}`;
  let format = kept.get(key);
  if (format === undefined) {
    const timeZone = zone === undefined ? {} : { timeZone: zone };
    format = new Intl.DateTimeFormat(locale, { hourCycle: "h23", ...timeZone, ...parts });
    kept.set(key, format);
  }
  return format.format(new Date(at));
}

const DAY = { weekday: "short", day: "numeric", month: "short" } as const;
const MINUTE = { hour: "2-digit", minute: "2-digit" } as const;
const YEAR = { year: "numeric", month: "2-digit", day: "2-digit" } as const;

/** `21:38:05`. */
export function clockTime(at: When): string {
  return formatted(at, { ...MINUTE, second: "2-digit" });
}

/** `2026-11-28`. */
function dateOf(at: When): string {
  return formatted(at, YEAR, "en-CA");
}

/** `Sat 28 Nov`, with the year where it is not this one. */
function day(at: When, now: When): string {
  const isThisYear = dateOf(at).slice(0, 4) === dateOf(now).slice(0, 4);
  return formatted(at, isThisYear ? DAY : { ...DAY, year: "numeric" });
}

/** `21:38` today, `Sat 28 Nov, 21:38` on other days. */
export function dayTime(at: When, now: When = Date.now()): string {
  const time = formatted(at, MINUTE);
  return dateOf(at) === dateOf(now) ? time : `${day(at, now)}, ${time}`;
}

/** `Sat 28 Nov, 21:38:05`. */
export function fullTime(at: When, now: When = Date.now()): string {
  return `${day(at, now)}, ${clockTime(at)}`;
}

/** Each with its seconds, and how many of it make the next one. */
const UNITS = [
  ["second", 1, 60],
  ["minute", 60, 60],
  ["hour", 3600, 24],
  ["day", 86_400, Number.POSITIVE_INFINITY],
] as const;

/** `2 minutes ago`, `just now`. */
export function ago(at: When, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - new Date(at).getTime()) / 1000));
  // By the number that is shown: 59 minutes and 40 seconds are an hour.
  const [unit, length] = UNITS.find(([, size, most]) => Math.round(seconds / size) < most) ?? UNITS[0];
  // "Yesterday" is by the calendar: at ten to midnight not of ten past.
  const numeric = unit === "day" ? "always" : "auto";
  return new Intl.RelativeTimeFormat(language(), { numeric }).format(-Math.round(seconds / length), unit);
}

/** `42 ms`, `1.7 s`, `1:04`. */
export function duration(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1000) return `${whole} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${number(tenths / 10, 1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

/** `0.5 s`, `4 s`, `1:30`: on a scale, with no more digits than it takes. */
export function onScale(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toLocaleString(language())} s` : duration(ms);
}

/** `0.823`: seconds since a call came in, to the millisecond. */
export function secondsIn(ms: number): string {
  // Without Intl: a call may have thousands of them.
  const text = (ms / 1000).toFixed(3);
  return language() === "nl-NL" ? text.replace(".", ",") : text;
}

/** `1,204`. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** `734 byte`, `3.4 MB`, in powers of 1000. */
export function fileSize(bytes: number): string {
  const power = Math.min(SIZES.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return value.toLocaleString(language(), {
    style: "unit",
    unit: SIZES[power],
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  });
}
