import { PLAN_PROBLEMS, type PlanProblemCode } from "../dialplan/plan-problems.ts";

/** Every way in which a company file, or one of its parts, can be wrong or questionable; docs/reference/problems.md is made of it. */
export const PROBLEMS = {
  badYaml: "The file is no YAML that can be read: its syntax, size, depth or number of documents.",
  unknownSetting: "There is no such setting here.",
  cutValue: "A key that is no setting is most likely a piece of a value that should stand in quotes.",
  missingSetting: "A setting is missing.",
  wrongType: "A value has another type than this setting has.",
  notOneOf: "A value is none of those that are possible here.",
  tooBig: "A value, a text or a list is larger than it may be.",
  tooSmall: "A value, a text or a list is smaller than it may be.",
  badValue: "A value breaks a rule of this setting, which the sentence says.",
  givenTwice: "A name, number or member is given a second time.",
  unknownReference: "A setting names something that does not exist.",
  perPhoneOutOfReach: "The limit of one phone is larger than that of the whole company, which counts.",
  tooManyAtOnce: "A group rings more phones at once than one call may.",
  accountOfPeer: "A trunk that does not register has an account, which counts for nothing.",
  noCredentials: "A trunk that registers has no credentials.",
  noWayOverTls:
    "No call goes out over a trunk of sips: addresses, for UDP or an outbound proxy without TLS lies on the way.",
  everybodyIsTrunk: "A trunk takes calls without a password from every address there is.",
  noCallsIn: "No calls come in over a trunk, for no network of its provider is listed.",
  noSocket: "A trunk cannot be called by UDP, for the server listens on no address of that family.",
  ownPlace: "A host of a trunk is the server itself.",
  reservedName: "The name of an audio message belongs to those that come with Switchhook.",
  noLanguage: "An audio message has a text to be spoken and no language.",
  soundNotMade: "The sound of an audio message could not be made.",
  soundGone: "The sound of an audio message is not here any more.",
  badTemplate: "The URL template of a webhook cannot be used.",
  oddTemplate: "The URL template of a webhook can be used, and something about it is worth a thought.",
  addressNotAllowed: "A webhook's address is one that no listed network allows, so every request would fail.",
  noStartMessage: "Callers are asked for a code and hear nothing that asks for it.",
  noOutboundTrunk: "A plan calls outside numbers, and no trunk takes them.",
  noCountries: "A plan calls what a webhook returns, and no country may be called.",
  numberWithoutPlan: "Calls to a phone number are refused, for it has no plan.",
  emergencyExtension:
    "An extension is an emergency number of the company's country, so that nobody reaches help by it.",
  weakPassword: "The password of a phone is easily guessed.",
  noStoredPassword: "A password is to be kept, and none is stored.",
  badWas: "The former name of a thing (`was`) cannot be the one that is meant.",
  changedOnBothSides: "The file and somebody here have changed the same thing, each in another way.",
  noBasedOn: "The file does not say of which version it was made, and things were changed here meanwhile.",
  unknownBasedOn: "The version that the file was made of is not one that this installation remembers.",
  editRefused: "The file is right, and the change that it makes is refused.",
} as const;

/** A problem's code; one inside a dial plan has that of docs/reference/plan-problems.md. */
export type ProblemCode = keyof typeof PROBLEMS | PlanProblemCode;

/** `docs/reference/problems.md`. */
export function problemsReference(): string {
  const rows = Object.entries(PROBLEMS).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
  return `# Problems of a company file

Why a company file, or a part of it, is refused or questionable, by code, as the API gives them beside the place and a
sentence about the very setting, and \`switchhook check FILE --json\` beside \`place\` (line, column, path), \`args\` (\`value\` or
\`key\`: what was probably meant) and \`sentence\`. Those inside a dial plan are in plan-problems.md (${Object.keys(PLAN_PROBLEMS).length} more). This page is made from
\`src/model/problem-codes.ts\`.

| Code | Meaning |
|---|---|
${rows.join("\n")}
`;
}
