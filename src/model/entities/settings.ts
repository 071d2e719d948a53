import { z } from "zod";
import {
  DEFAULT_OUTSIDE_CALL_LIMITS,
  MOST_NEW_OUTSIDE_CALLS,
  MOST_OUTSIDE_CALLS,
} from "../outside-call-limits.ts";
import { strictObject } from "../strict-object.ts";
import { cidr, country, timeZone, whole } from "./fields.ts";
import { type EntityKind, noSecrets, type TopPlace, warning } from "./kind.ts";

/** See `OutsideCallLimits`. */
const outsideCalls = strictObject({
  perPhone: whole(
    1,
    MOST_OUTSIDE_CALLS,
    `The outside calls that one phone may have at once are a whole number from 1 to ${MOST_OUTSIDE_CALLS}.`,
  ).default(DEFAULT_OUTSIDE_CALL_LIMITS.perPhone),
  perCompany: whole(
    1,
    MOST_OUTSIDE_CALLS,
    `The outside calls that the company may have at once are a whole number from 1 to ${MOST_OUTSIDE_CALLS}.`,
  ).default(DEFAULT_OUTSIDE_CALL_LIMITS.perCompany),
  newPerMinute: whole(
    1,
    MOST_NEW_OUTSIDE_CALLS,
    `The outside calls that may begin in a minute are a whole number from 1 to ${MOST_NEW_OUTSIDE_CALLS}.`,
  ).default(DEFAULT_OUTSIDE_CALL_LIMITS.newPerMinute),
});

const schema = strictObject({
  home: strictObject({ country, timeZone }),
  security: strictObject({
    webhookAllowedNetworks: z.array(cidr).max(100).default([]),
    dialCountries: z.array(country).max(300).default([]),
    outsideCalls: outsideCalls.prefault({}),
  }).prefault({}),
});

/** What belongs to the whole company, as it is written. */
export type SettingsDocument = z.output<typeof schema>;

export const settings: EntityKind<"settings", SettingsDocument, TopPlace> = {
  kind: "settings",
  noun: "company settings",
  place: { type: "top", keys: ["home", "security"] },
  schema,
  key: () => "",
  keyField: undefined,
  keySpace: "Company settings",
  builtIn: [],
  references: () => [],
  seen: ({ home, security }) => [home.country, ...security.dialCountries].join(" "),
  /** A limit that another one keeps out of reach is most likely a slip. */
  check({ security }) {
    const { perPhone, perCompany } = security.outsideCalls;
    if (perPhone <= perCompany) return [];
    const path = ["security", "outsideCalls", "perPhone"];
    const text = `One phone may have ${perPhone} outside calls at once, but the whole company only ${perCompany} (perCompany), so ${perCompany} is what counts.`;
    return [warning(path, "perPhoneOutOfReach", text)];
  },
  secrets: noSecrets,
  project: {
    whole: ([document]) =>
      document === undefined ? {} : { home: document.home, security: document.security },
  },
};
