const PHONE_NUMBER = /\+\d(?:[\d ]*\d)?/g;
const BEFORE_UNIT = /(\d) (?=(?:s|ms)\b)/g;

/** The same sentence, in which no line ends within a phone number, or between a number and its unit. */
export function unbroken(sentence: string): string {
  return sentence
    .replaceAll(PHONE_NUMBER, (number) => number.replaceAll(" ", "\u00a0"))
    .replaceAll(BEFORE_UNIT, "$1\u00a0");
}
