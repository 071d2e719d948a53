// Texts whose digits, read one after the other, would be somebody else's number: what a spreadsheet makes of a phone
// number, and two numbers in one cell. They are refused by name, for nobody can tell which number was meant.

/** `4930901820.0`, `+49 30 901820,00`: one decimal point or comma at the end, and nothing but zeros behind it. */
const DECIMAL = /^[+\d() \u00a0-]*\d[.,]0+$/;

/** `4,930,901,820.00`, `4.930.901.820,00`: digits in threes, and a fraction after the other sign. */
const IN_THREES = /^\+?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:\.\d{3})+,\d+)$/;

/** `3,15021E+10`, `3.15E10`; of a form that did not encode the plus, `3,15021E 10`. */
const EXPONENT = /^\+?\d+(?:[.,]\d*)?e[+ -]?\d{1,3}$/i;

/** `'+31501234567`, `="0501234567"`: how a spreadsheet is told that a cell is text. */
const TEXT_CELL = /^(?:['\u2019]|="?)\s*\+?\d[\d ().-]*"?$/;

/** What stands between two numbers in one text; a plus that follows digits begins the second one as well. */
const BETWEEN = /\s*(?:[\\,;|]|\b(?:or|and|oder|und|of|en|ou|et)\b)\s*|\s*\/\s*|(?<=\d)\s*(?=\+)/iu;

const NUMBER = /^\+?[\d ().\u00a0-]*\d[\d ().\u00a0-]*$/;

/**
 * Why a text that looks like a phone number is not read as one: the end of a sentence that begins with the text;
 * undefined where it is none of these slips. Of a `/` only the one after an area code is read (`020/1234567`).
 */
export function numberSlip(text: string): string | undefined {
  if (DECIMAL.test(text) || IN_THREES.test(text)) {
    return (
      "is what a spreadsheet makes of a phone number: with its decimals it would be somebody else's. " +
      "Format the column as text, and send the digits alone"
    );
  }
  if (EXPONENT.test(text)) {
    return (
      "is what a spreadsheet makes of a phone number, and its last digits are lost. " +
      "Format the column as text, and enter the number again"
    );
  }
  if (TEXT_CELL.test(text)) {
    return "begins with the sign by which a spreadsheet marks text; send the number without it";
  }
  const parts = text.split(BETWEEN);
  if (parts.length < 2 || !parts.every((part) => NUMBER.test(part))) return undefined;
  if (parts.length === 2 && isAreaCode(text)) return undefined;
  return "holds more than one number; send one";
}

/** `020/1234567`, `+31 (0)20/1234567`: before the slash no more than an area code, behind it a subscriber's number. */
function isAreaCode(text: string): boolean {
  const [area = "", subscriber = "", third] = text.split("/").map((part) => part.replace(/[^\d+]/g, ""));
  if (third !== undefined || !/^[1-9]\d{3,}$/.test(subscriber)) return false;
  return /^0[1-9]\d{0,4}$/.test(area) || /^(?:\+|00)[1-9]\d{1,7}$/.test(area);
}
