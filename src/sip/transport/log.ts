/** What the transports tell the log; a pino logger is one. */
export interface TransportLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
