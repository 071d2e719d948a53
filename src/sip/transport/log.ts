/** What the transports tell the log; a pino logger is one. */
export interface TransportLog {
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
