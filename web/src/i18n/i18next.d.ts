import type { Namespaces } from "./words.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "shell";
    resources: Namespaces;
    returnNull: false;
  }
}
