import { z } from "zod";
import { field } from "../../dialplan/field.ts";
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
  perPhone: field(
    whole(
      1,
      MOST_OUTSIDE_CALLS,
      `The outside calls that one phone may have at once are a whole number from 1 to ${MOST_OUTSIDE_CALLS}.`,
    ).default(DEFAULT_OUTSIDE_CALL_LIMITS.perPhone),
    {
      label: "Of one phone",
      help: "Calls to the outside that one phone may have at once, forwarded ones included.",
      unit: "calls",
    },
  ),
  perCompany: field(
    whole(
      1,
      MOST_OUTSIDE_CALLS,
      `The outside calls that the company may have at once are a whole number from 1 to ${MOST_OUTSIDE_CALLS}.`,
    ).default(DEFAULT_OUTSIDE_CALL_LIMITS.perCompany),
    {
      label: "Of the company",
      help: "Calls to the outside that may be up at once, whoever causes them.",
      unit: "calls",
    },
  ),
  newPerMinute: field(
    whole(
      1,
      MOST_NEW_OUTSIDE_CALLS,
      `The outside calls that may begin in a minute are a whole number from 1 to ${MOST_NEW_OUTSIDE_CALLS}.`,
    ).default(DEFAULT_OUTSIDE_CALL_LIMITS.newPerMinute),
    {
      label: "New in a minute",
      help: "Calls to the outside that may begin in any 60 seconds.",
      unit: "calls",
    },
  ),
});

/** Ten years. */
const MOST_DAYS = 3650;

const schema = strictObject({
  home: field(
    strictObject({
      country: field(country, {
        label: "Country",
        help: "How national numbers are read, such as 020 123 4567.",
        as: "country",
        example: "NL",
      }),
      timeZone: field(timeZone, {
        label: "Time zone",
        help: "Its IANA name: in which clock times of the company are meant.",
        as: "timeZone",
        example: "Europe/Amsterdam",
      }),
    }),
    { label: "Home", help: "Where the company is." },
  ),
  security: field(
    strictObject({
      webhookAllowedNetworks: field(z.array(cidr).max(100).default([]), {
        label: "Networks for webhooks",
        help: "Private networks and loopback that webhooks may reach; public addresses they may reach anyhow.",
        example: '["192.168.10.0/24"]',
      }),
      dialCountries: field(z.array(country).max(300).default([]), {
        label: "Countries that may be called",
        help: "Phones, dial plans and webhooks can call numbers of these countries only; of none: no outside numbers at all.",
        as: "country",
        example: "[NL, BE]",
      }),
      outsideCalls: field(outsideCalls.prefault({}), {
        label: "Calls to the outside",
        help: "How many may leave through trunks. Calls for help never count.",
      }),
    }).prefault({}),
    { label: "Security", help: "What calls and webhooks may reach." },
  ),
  retention: field(
    strictObject({
      // No default: what is left out is the flag's, and a second number here would delete what that one keeps.
      callsDays: field(
        whole(1, MOST_DAYS, `Calls are kept for a whole number of days, from 1 to ${MOST_DAYS}.`),
        {
          label: "Calls",
          help: "With their story and messages. Older ones are deleted for good, within a minute.",
          unit: "days",
        },
      ),
    }).optional(),
    { label: "Retention", help: "How long things are kept. Left out: as the server was started." },
  ),
});

/** What belongs to the whole company, as it is written. */
export type SettingsDocument = z.output<typeof schema>;

export const settings: EntityKind<"settings", SettingsDocument, TopPlace> = {
  kind: "settings",
  noun: "company settings",
  place: { type: "top", keys: ["home", "security", "retention"] },
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
