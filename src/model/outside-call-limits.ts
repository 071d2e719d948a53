/** How many calls may leave through trunks for outside numbers (reliability B13). Calls for help never count. */
export interface OutsideCallLimits {
  /** At once, for each phone that dials or forwards them. */
  readonly perPhone: number;
  /** At once, whoever causes them. */
  readonly perCompany: number;
  /** Begun in any 60 s, whoever causes them. */
  readonly newPerMinute: number;
}

/** What a company that says nothing gets. */
export const DEFAULT_OUTSIDE_CALL_LIMITS: OutsideCallLimits = {
  perPhone: 2,
  perCompany: 10,
  newPerMinute: 10,
};

/** A limit beyond these would not limit anything: the largest number that may be set, at once and in a minute. */
export const MOST_OUTSIDE_CALLS = 10_000;
export const MOST_NEW_OUTSIDE_CALLS = 100_000;
