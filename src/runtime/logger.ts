import { pino } from "pino";

export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

/** The part of pino that the house uses. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** JSON lines on standard output; passwords and authorization headers never get through. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, redact: ["password", "authorization", "*.password", "*.authorization"] });
}
