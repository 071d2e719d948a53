/** What a message may hold at most (reliability row A7). */
export interface MessageLimits {
  /** Octets of the whole message, on datagrams and streams alike. */
  readonly maxBytes: number;
  readonly maxHeaderLines: number;
  readonly maxVias: number;
  readonly maxRoutes: number;
  readonly maxBodyBytes: number;
  /** Of a request. */
  readonly maxContacts: number;
  /** Of a response: to a REGISTER it names all contacts of the account (RFC 3261 §10.3), as many as a message holds as a rule. */
  readonly maxAnsweredContacts: number;
  readonly maxMultipartDepth: number;
}

export const defaultLimits: MessageLimits = {
  maxBytes: 65_535,
  maxHeaderLines: 256,
  maxVias: 70,
  maxRoutes: 20,
  maxBodyBytes: 65_536,
  maxContacts: 100,
  maxAnsweredContacts: 1_000,
  maxMultipartDepth: 8,
};
