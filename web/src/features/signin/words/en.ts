const en = {
  title: "Sign in",
  name: "Name",
  password: "Password",
  totp: "Code of your authenticator",
  totpHelp: "Six digits, new every 30 seconds.",
  signIn: "Sign in",
  or: "or",
  link: {
    title: "One-time link",
    what: "This link signs you in once.",
    use: "Sign in by the link",
  },
  openId: {
    wait: "Signing you in …",
    back: "Back to the sign-in page",
    backToYou: "Back to your settings",
  },
  setup: {
    title: "Make the first administrator",
    what: "Whoever has this link becomes the administrator of this switchboard. It is good once.",
    password: "Password",
    passwordHelp: "At least 8 characters, better 15. Several words are easy to remember and hard to guess.",
    language: "Language",
    make: "Make it and sign in",
    noLink: "This page needs the link that the server printed when it started.",
    noLinkHint: "Start the server again, or run “switchhook user link”: a new one is printed.",
    over: "This link is used up or too old. Run “switchhook user link” on the server for a new one.",
    nameHelp: "As it stands in the audit log beside what you change.",
  },
  place: "Calls go on whether anybody is signed in or not.",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly signin: typeof en;
  }
}
