const en = {
  title: "Phones",
  new: "New phone",
  search: "Search by extension or name",
  empty:
    "A phone is an account for a desk phone, an app or a softphone. It turns green here when it registers.",
  usedIn: "used in",
  waiting: "Waiting for the phone",
  registered: "Registered",
  unreachable: "Connection closed",
  since: "since {{time}} from {{address}}",
  device: "{{device}}",
  connect: {
    title: "Settings to type into the phone",
    qr: "QR code of these settings for apps that read one",
    qrLabel: "Scan with an app that reads a SIP account.",
    server: "Server",
    user: "User",
    password: "Password",
    stored: "kept, shown only when it is set",
    setNew: "Set a new password",
    setNewHelp: "The phone has to be given the new one: until then it cannot register.",
    once: "This password is shown now and never again. Put it into the phone.",
  },
  last: "Last try {{time}} from {{address}}: {{reason}}",
  notGreen: "Not green after a minute?",
  advanced: "Sound",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly phones: typeof en;
  }
}
