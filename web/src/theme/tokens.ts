/** The colours of the interface: each has a value for the light and one for the dark scheme. */
export const TOKENS = {
  page: ["#f6f7f5", "#101514"],
  surface: ["#ffffff", "#171e1c"],
  line: ["#e2e6e1", "#2a3330"],
  "line-strong": ["#cbd1cb", "#3b4743"],
  hover: ["#f1f3f0", "#1d2523"],
  "text-1": ["#17211d", "#e7edea"],
  "text-2": ["#4c5a54", "#adb9b4"],
  "text-3": ["#66736d", "#8b9893"],
  brand: ["#0b6459", "#58c9b7"],
  "brand-hover": ["#08544b", "#77d6c7"],
  "brand-soft": ["#e3f1ee", "#12302b"],
  "on-brand": ["#ffffff", "#0a201c"],
  good: ["#16743a", "#63cf8a"],
  "good-soft": ["#e5f4ea", "#14301f"],
  bad: ["#b3282d", "#ff8a84"],
  "bad-soft": ["#fceceb", "#3a1b1c"],
  warn: ["#8a5200", "#f2b757"],
  "warn-soft": ["#fdf1da", "#33260f"],
  webhook: ["#7a3bbd", "#cda6f8"],
  "webhook-soft": ["#f2eafb", "#2e2040"],
  sound: ["#3450c9", "#9db0ff"],
  "sound-soft": ["#e9edfd", "#1f2749"],
  dot: ["#d9860b", "#e09a2b"],
  shadow: ["0 8px 28px rgb(23 33 29 / 14%)", "0 8px 28px rgb(0 0 0 / 55%)"],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

/** What has a meaning and so a colour of its own. */
export type Tone = "neutral" | "brand" | "good" | "bad" | "warn" | "webhook" | "sound";
