/** What a message may hold at most (reliability row A7). */
export interface MessageLimits {
  /** Octets of the whole message, on datagrams and streams alike. */
  readonly maxBytes: number;
  readonly maxHeaderLines: number;
  readonly maxVias: number;
  readonly maxRoutes: number;
  readonly maxBodyBytes: number;
  readonly maxContacts: number;
  readonly maxMultipartDepth: number;
}

export const defaultLimits: MessageLimits = {
  maxBytes: 65_535,
  maxHeaderLines: 256,
  maxVias: 70,
  maxRoutes: 20,
  maxBodyBytes: 65_536,
  maxContacts: 100,
  maxMultipartDepth: 8,
};
