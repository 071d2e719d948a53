const en = {
  title: "Trunks",
  new: "New trunk",
  search: "Search trunks",
  empty: "A trunk is the way to your provider and the outside world, in and out.",
  usedIn: "used in",
  outbound: "Calls to the outside leave by",
  outboundHelp: "Without one nobody can call an outside number, emergency numbers included.",
  basics: "Where it is",
  calls: "Calls",
  account: "Account",
  more: "Names, numbers and sound",
  state: {
    peer: "Ready",
    peerDown: "Not reachable",
    registered: "Registered",
    registering: "Registering",
    waiting: "Not registered",
    unregistering: "Signing off",
    stopped: "Stopped",
    unknown: "Not known",
  },
  answer: "Last answer {{time}}: {{answer}}",
  triedLast: "Tried {{time}}: {{answer}}",
  host: "{{host}}: {{answer}}",
  lastIn: "Last call in {{time}}",
  lastOut: "last call out {{time}}",
  next: "next try {{time}}",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly trunks: typeof en;
  }
}
