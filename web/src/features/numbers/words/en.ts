const en = {
  title: "Numbers",
  new: "New number",
  search: "Part of a number, or a plan’s name",
  empty: "A number of yours leads to a dial plan, which decides what happens to a call for it.",
  noPlan: "no plan: calls are refused",
  field: {
    number: "Number",
    numberHelp: "As you would dial it, or with + and the country.",
    read: "Kept as {{number}}",
    many: "One a line adds several at once.",
  },
  takes: "Calls for it take",
  plan: "Dial plan",
  added_one: "{{count}} number added",
  added_other: "{{count}} numbers added",
  addedOf_one: "{{count}} number added; already there: {{there}}",
  addedOf_other: "{{count}} numbers added; already there: {{there}}",
  paste: "Paste many",
  pasteHelp: "One number a line, as you would dial it.",
  pasteDo_one: "Add {{count}} number",
  pasteDo_other: "Add {{count}} numbers",
  unreadable: "Cannot be read: {{text}}",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly numbers: typeof en;
  }
}
