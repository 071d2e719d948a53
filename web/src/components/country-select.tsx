import { MultiSelect, Select } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

// ISO 3166-1, those that have a numbering plan; their names are the browser's.
const COUNTRIES =
  "AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW".split(
    " ",
  );

interface Common {
  readonly label?: string;
  readonly description?: string;
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly onBlur?: () => void;
}

/** What countries are called in the language of the interface. */
export function useCountryName(): (code: string) => string {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const names = new Intl.DisplayNames(i18n.language, { type: "region", fallback: "code" });
    return (code) => names.of(code) ?? code;
  }, [i18n.language]);
}

function useCountries() {
  const nameOf = useCountryName();
  return useMemo(
    () =>
      COUNTRIES.map((code) => ({ value: code, label: `${nameOf(code)} (${code})` })).toSorted((one, other) =>
        one.label.localeCompare(other.label),
      ),
    [nameOf],
  );
}

export function CountrySelect({
  value,
  onChange,
  ...rest
}: Common & { readonly value: string; readonly onChange: (code: string) => void }) {
  const data = useCountries();
  return (
    <Select
      {...rest}
      searchable
      data={data}
      limit={80}
      value={value === "" ? null : value}
      onChange={(code) => onChange(code ?? "")}
    />
  );
}

export function CountryMultiSelect({
  value,
  onChange,
  ...rest
}: Common & { readonly value: readonly string[]; readonly onChange: (codes: readonly string[]) => void }) {
  const data = useCountries();
  return (
    <MultiSelect
      {...rest}
      searchable
      hidePickedOptions
      data={data}
      limit={80}
      value={[...value]}
      onChange={onChange}
    />
  );
}

const ZONES = Intl.supportedValuesOf("timeZone");

export function TimeZoneSelect({
  value,
  onChange,
  ...rest
}: Common & { readonly value: string; readonly onChange: (zone: string) => void }) {
  return (
    <Select
      {...rest}
      searchable
      data={ZONES.includes(value) || value === "" ? ZONES : [value, ...ZONES]}
      limit={80}
      value={value === "" ? null : value}
      onChange={(zone) => onChange(zone ?? "")}
    />
  );
}
