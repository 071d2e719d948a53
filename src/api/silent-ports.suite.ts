import { err, ok } from "../lib/result.ts";
import type { AccountPorts } from "./account-ports.ts";
import { refused as refusal } from "./contract/problems.ts";
import type { ApiPorts } from "./ports.ts";

/** There is nothing, and nothing can be made. */
const noSuchEntity = async () => err({ code: "noSuchEntity", detail: "not in this test" } as const);

const refused = async () => ({ type: "refused", sentence: "not in this test" }) as const;

const notHere = async () => err(refusal("notSaved", "not in this test"));

/** Nobody may come in. */
export const silentAccounts: AccountPorts = {
  limits: { idleMs: 1_800_000, absoluteMs: 43_200_000 },
  needsSetup: () => true,
  users: () => [],
  sessions: () => [],
  tokens: () => [],
  session: () => undefined,
  token: () => undefined,
  signIn: notHere,
  signInByLink: notHere,
  setUp: notHere,
  endSession: notHere,
  setOwnPassword: notHere,
  showPassword: notHere,
  enrol: notHere,
  confirmTotp: notHere,
  removeOwnTotp: notHere,
  addUser: notHere,
  changeUser: notHere,
  removeUser: notHere,
  setPassword: notHere,
  removeTotp: notHere,
  makeLink: notHere,
  addToken: notHere,
  revokeToken: notHere,
  openId: () => undefined,
  setOpenId: notHere,
  removeOpenId: notHere,
  beginOpenId: notHere,
  finishOpenId: notHere,
  checkOpenId: notHere,
  beginOpenIdLink: notHere,
  finishOpenIdLink: notHere,
  unlinkOpenId: notHere,
  unlinkOpenIdOf: notHere,
};

const noPlan = async () => err(refusal("noSuchPlan", "not in this test"));

const NO_REPLY = { status: 200, contentType: "text/plain", body: "", afterMs: 0, when: [] } as const;

/** Ports of an installation in which there is nothing. */
export const silentPorts: ApiPorts = {
  authenticate: () => undefined,
  accounts: silentAccounts,
  door: { boundHost: "127.0.0.1", names: [], mayBePlain: false, proxies: [] },
  pagesFolder: "/nowhere",
  home: () => undefined,
  jobs: { list: () => [], get: () => undefined },
  softwareVersion: "1.2.3",
  calls: {
    list: async () => [],
    get: async () => undefined,
    refusedSince: async () => ({ calls: 0, registrations: 0 }),
  },
  liveCalls: {
    list: async () => [],
    get: async () => undefined,
    follow: () => () => {},
    all: () => () => {},
  },
  exports: {
    html: () => "",
    pcap: () => Buffer.alloc(0),
    csvHead: "id\r\n",
    csvLine: ({ id }) => `${id}\r\n`,
  },
  fixes: {
    offered: async () => undefined,
    make: async () => err({ code: "noSuchCall", detail: "not in this test" }),
  },
  testCall: async () => err({ code: "busy", detail: "not in this test" }),
  overview: async () => ({
    callsNow: 0,
    today: { since: 0, all: 0, byResult: {}, perHour: [] },
    phones: { registered: 0, all: 0 },
    trunks: { up: 0, all: 0 },
    numbers: { withPlan: 0, all: 0 },
    webhooks: [],
    needsYou: [],
  }),
  webhookHealth: { all: async () => [], of: async () => undefined, recent: async () => undefined },
  // Nothing happens, and that is the end of it.
  follow: () => ok((async function* () {})()),
  webhookTrials: {
    run: async () => err({ code: "noSuchCall", detail: "not in this test" }),
    judge: async () => err({ code: "noSuchCall", detail: "not in this test" }),
  },
  practice: {
    list: () => [],
    create: () => ({ id: "a", createdAt: 0, reply: NO_REPLY, requests: [], asked: 0, usedBy: [] }),
    get: () => undefined,
    setReply: () => undefined,
    clear: () => undefined,
    ask: async () => undefined,
  },
  registrations: { load: async () => [] },
  exportCompany: async () => undefined,
  apply: async () => ({ type: "failed", sentence: "not in this test" }),
  companyFile: {
    state: () => ({ version: 0, keptIn: null }),
    diff: async () => err([]),
    takeOver: async () => ok({ version: 0, keptIn: null }),
  },
  plans: {
    draft: noPlan,
    saveDraft: noPlan,
    dropDraft: noPlan,
    publish: noPlan,
    versions: noPlan,
    version: noPlan,
    difference: noPlan,
    rollback: noPlan,
    simulate: noPlan,
    simulateCall: noPlan,
    traffic: noPlan,
    replay: noPlan,
  },
  note: async () => {},
  reload: async () => ({ ok: false, error: "not in this test" }),
  backup: {
    kept: () => ({ days: 90, isChosen: false }),
    make: async () => err(refusal("noBackup", "not in this test")),
    scheduled: async () => undefined,
    makeNow: async () => err(refusal("noBackup", "not in this test")),
  },
  restore: {
    state: async () => ({ upload: null, content: null, agreed: null, before: null }),
    receive: async () => err(refusal("notRestored", "not in this test")),
    check: async () => err(refusal("notRestored", "not in this test")),
    agree: async () => err(refusal("notRestored", "not in this test")),
    back: async () => err(refusal("notRestored", "not in this test")),
    forget: async () => ok(undefined),
    forgetBefore: async () => ok(undefined),
  },
  status: async () => ({ ready: true, reason: "", counters: {}, gauges: {} }),
  access: async () => undefined,
  phoneStatus: async () => undefined,
  now: () => 1000,
  monotonicMs: () => 0,
  failed: () => {},
  entities: {
    list: () => ok({ items: [], next: null, total: 0 }),
    get: () => undefined,
    put: noSuchEntity,
    drop: noSuchEntity,
    newPassword: noSuchEntity,
  },
  history: {
    trash: async () => ok({ items: [], next: null }),
    restore: noSuchEntity,
    audit: async () => ok({ items: [], next: null }),
    search: () => [],
  },
  audio: {
    list: async () => [],
    find: () => undefined,
    upload: refused,
    speak: async () => err("not in this test"),
    wav: async () => undefined,
    hear: () => undefined,
    set: refused,
    remove: refused,
  },
};
