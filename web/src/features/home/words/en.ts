const en = {
  title: "Home",
  quiet: "No call is going on.",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly home: typeof en;
  }
}
