import type { Words } from "../../../i18n/words.ts";
import type en from "./en.ts";

const nl: Words<typeof en> = {
  title: "Overzicht",
  quiet: "Er is nu geen gesprek.",
};
export default nl;
