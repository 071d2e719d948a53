/** Emergency numbers that mobile phones know without a SIM (3GPP TS 22.101 §10.1.1), refused everywhere. */
const EVERYWHERE: ReadonlySet<string> = new Set(["000", "110", "112", "118", "119", "911", "999"]);

/** What else a country dials in need: police, ambulance, fire, and help lines beside them. */
const BY_COUNTRY: ReadonlyMap<string, string> = new Map([
  ["AE", "996 997 998"],
  ["AR", "100 101 103 107"],
  ["AT", "122 128 133 140 141 142 144 147"],
  ["AU", "106"],
  ["BE", "100 101 102 103 105 106 107 108"],
  ["BG", "150 160 166"],
  ["BR", "190 191 192 193 194 199"],
  ["CA", "211 811 988"],
  ["CH", "117 143 144 145 147 1414"],
  ["CN", "120 122"],
  ["CZ", "150 155 156 158"],
  ["DE", "115"],
  ["DK", "114"],
  ["ES", "016 061 062 080 085 088 091 092"],
  ["FR", "15 17 18 114 115 116117 191 196 197"],
  ["GB", "101 105 111 18000"],
  ["GR", "100 108 166 199"],
  ["HK", "992"],
  ["HR", "192 193 194 195"],
  ["HU", "104 105 107"],
  ["IL", "100 101 102 103"],
  ["IN", "100 101 102 108"],
  ["IT", "113 114 115 117"],
  ["JP", "171"],
  ["LU", "113"],
  ["MX", "060 065 066"],
  ["NL", "113 116000 116111"],
  ["NO", "113"],
  ["NZ", "111"],
  ["PL", "984 985 986 987 991 992 993 994 997 998"],
  ["PT", "115 117"],
  ["RU", "101 102 103 104"],
  ["SE", "11313 11414"],
  ["SG", "995"],
  ["SI", "113"],
  ["SK", "150 155 158 159"],
  ["TR", "155 156 158"],
  ["UA", "101 102 103 104"],
  ["US", "211 811 933 988"],
  ["ZA", "10111 10177"],
]);

/** Whether digits as dialled (no plus, no separators) call for help in that country (ISO 3166 code). */
export function isEmergencyNumber(digits: string, country: string): boolean {
  return EVERYWHERE.has(digits) || (BY_COUNTRY.get(country)?.split(" ").includes(digits) ?? false);
}
