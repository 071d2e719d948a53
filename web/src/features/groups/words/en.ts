const en = {
  title: "Groups",
  new: "New group",
  search: "Search groups",
  empty:
    "A group rings several phones for one number: all at once, one after the other, or the one that has been free longest.",
  usedIn: "used in",
  strategy: { all: "all at once", inOrder: "one after the other", smart: "first those that are free" },
  members_one: "{{count}} phone",
  members_other: "{{count}} phones",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly groups: typeof en;
  }
}
