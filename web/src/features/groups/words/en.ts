const en = {
  title: "Groups",
  new: "New group",
  search: "Search groups",
  empty: "A group rings several phones for one number: all at once, or one after the other.",
  usedIn: "used in",
  strategy: { all: "all at once", inOrder: "one after the other", smart: "smart, not available yet" },
  members_one: "{{count}} phone",
  members_other: "{{count}} phones",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly groups: typeof en;
  }
}
