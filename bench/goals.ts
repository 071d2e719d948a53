/** A row of the table: what Switchhook is held to, and what others reach. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly asterisk: string;
  readonly kamailio: string;
}

/**
 * The goals, beside what Asterisk 22 (`CURL()` and `Dial`) and Kamailio 5.6 (asynchronous HTTP; a proxy: no
 * back-to-back user agent, no record of the call) were measured at with the same kind of load, on another day.
 */
export const GOALS = {
  cpu50: {
    what: "CPU per webhook-routed call, 50 calls/s",
    goal: "≤ 1.0 ms",
    asterisk: "6.5 ms",
    kamailio: "1.2 ms",
  },
  cpu200: {
    what: "CPU per webhook-routed call, 200 calls/s",
    goal: "≤ 0.6 ms",
    asterisk: "6.7 ms",
    kamailio: "0.66 ms",
  },
  cpu300: { what: "CPU per webhook-routed call, 300 calls/s", goal: "–", asterisk: "–", kamailio: "–" },
  cpu800: {
    what: "CPU per webhook-routed call, 800 calls/s",
    goal: "≤ 0.45 ms",
    asterisk: "cannot",
    kamailio: "0.38 ms",
  },
  recordShare: {
    what: "the record's share of a call's CPU, 200 calls/s, with and without in turn",
    goal: "≤ 10 %",
    asterisk: "–",
    kamailio: "–",
  },
  liveDelay: {
    what: "an entry of one of 200 calls/s is with a live reader, p50 / p99; entries that never came",
    goal: "p99 ≤ 250 ms; 0",
    asterisk: "–",
    kamailio: "–",
  },
  livePrice: {
    what: "what a live reader adds to the CPU per call, 200 calls/s, in turn",
    goal: "≤ 3 %",
    asterisk: "–",
    kamailio: "–",
  },
  homePage: {
    what: "first page with its figures, Chromium with nothing kept, on this machine",
    goal: "< 1000 ms",
    asterisk: "–",
    kamailio: "–",
  },
  signInPage: {
    what: "page to sign in, Chromium with nothing kept, on this machine",
    goal: "< 1000 ms",
    asterisk: "–",
    kamailio: "–",
  },
  startMemory: {
    what: "resident memory 3 s after the start of what packages install",
    goal: "< 150 MiB",
    asterisk: "60–90 MiB",
    kamailio: "–",
  },
  sourcesMemory: { what: "… from sources", goal: "< 150 MiB", asterisk: "–", kamailio: "–" },
  peerCpu: { what: "CPU per webhook-routed call", goal: "–", asterisk: "–", kamailio: "–" },
  failures: { what: "failed calls, 300 calls/s", goal: "0", asterisk: "–", kamailio: "–" },
  memory: {
    what: "memory at the start, after the first calls, peak, 40 s after the load",
    goal: "back to its level",
    asterisk: "–",
    kamailio: "–",
  },
  max: {
    what: "calls/s held for 20 s without a failure or a growth in retransmissions",
    goal: "≥ 1,000 on one core",
    asterisk: "316",
    kamailio: "2,940",
  },
  postDialDelay: {
    what: "added post-dial delay beyond the webhook's own time, 50 calls/s, p50 / p99",
    goal: "≤ 0.6 / 1.5 ms",
    asterisk: "3.5 / 7.0 ms",
    kamailio: "0.62 / 1.3 ms",
  },
  apiBeside: {
    what: "added post-dial delay at 100 calls/s, p99: alone → with 50 requests a second to the API",
    goal: "< 1 ms more",
    asterisk: "–",
    kamailio: "–",
  },
  logBeside: {
    what: "added post-dial delay at 100 calls/s, p99: alone → while a log of 100,000 calls is open, follows and is scrolled",
    goal: "< 1 ms more",
    asterisk: "–",
    kamailio: "–",
  },
  answerDelay: {
    what: "a 200 OK through the server, p50 / p99",
    goal: "≤ 0.2 / 0.8 ms",
    asterisk: "0.9 / 2.6 ms",
    kamailio: "0.11 / 0.32 ms",
  },
  ivrCpu: {
    what: "CPU per IVR call (answer, prompt, one digit, webhook, route), 20 calls/s",
    goal: "≤ 3.5 ms",
    asterisk: "13 ms",
    kamailio: "–",
  },
  ivrFailures: { what: "failed IVR calls, 20 calls/s", goal: "0", asterisk: "–", kamailio: "–" },
  promptDelay: {
    what: "first packet of the prompt after the ACK, p50 / p99",
    goal: "≤ 60 ms",
    asterisk: "–",
    kamailio: "–",
  },
  digitDelay: {
    what: "webhook's request after the end of the last digit's tone, p50 / p99",
    goal: "≤ 40 ms",
    asterisk: "–",
    kamailio: "–",
  },
  promptPlace: {
    what: "distance of a prompt's packets from their place, 50 prompts at once, p99 / max",
    goal: "≤ 20 ms",
    asterisk: "–",
    kamailio: "–",
  },
  relayCpu: {
    what: "RTP relay of a call (G.711 both ways), CPU per second of call",
    goal: "≤ 1.7 ms",
    asterisk: "3.4 ms",
    kamailio: "– (rtpengine 1.5 ms)",
  },
  relayLoss: { what: "packets lost by us", goal: "0", asterisk: "–", kamailio: "–" },
  relayDelay: { what: "added delay of the sound, p50 / p99", goal: "–", asterisk: "–", kamailio: "–" },
  relayJitter: {
    what: "jitter at the receivers (RFC 3550), median / highest",
    goal: "reported",
    asterisk: "–",
    kamailio: "–",
  },
  relaySignalling: {
    what: "event-loop delay of the signalling thread, p99, 100 calls",
    goal: "< 20 ms",
    asterisk: "–",
    kamailio: "–",
  },
  convertCpu: {
    what: "the same, A-law on one side and µ-law on the other",
    goal: "–",
    asterisk: "–",
    kamailio: "–",
  },
  convertLoss: { what: "packets lost by us, converted, 100 calls", goal: "0", asterisk: "–", kamailio: "–" },
  convertDelay: {
    what: "added delay of the sound, converted, p50 / p99",
    goal: "–",
    asterisk: "–",
    kamailio: "–",
  },
  rtpengineCpu: {
    what: "CPU of the server per second of call, sound through rtpengine",
    goal: "–",
    asterisk: "–",
    kamailio: "–",
  },
  rtpengineRelay: {
    what: "CPU of rtpengine per second of call",
    goal: "–",
    asterisk: "–",
    kamailio: "– (1.5 ms)",
  },
  rtpengineSignalling: {
    what: "event-loop delay of the signalling thread, p99, 300 calls through rtpengine",
    goal: "< 20 ms",
    asterisk: "–",
    kamailio: "–",
  },
  users: {
    what: "difference of an answer's median for known and unknown extensions: without password; with a wrong one",
    goal: "< 1 ms",
    asterisk: "–",
    kamailio: "–",
  },
  edit: {
    what: "an edit of one phone's name is live (5,000 phones, 10,000 numbers, 1,000 plans), p50 / p95; the longest that taking one slice of it into the snapshot took",
    goal: "p95 < 200 ms; < 5 ms",
    asterisk: "–",
    kamailio: "–",
  },
  editLargest: {
    what: "the same, 2,000 plans of 100 steps",
    goal: "p95 < 200 ms; < 5 ms",
    asterisk: "–",
    kamailio: "–",
  },
  ready: {
    what: "ready from the disk, and memory, 5,000 phones, 10,000 numbers, 2,000 plans of 100 steps",
    goal: "< 5 s, + < 300 MB",
    asterisk: "–",
    kamailio: "–",
  },
  held: { what: "memory per held call", goal: "≤ 8 KiB", asterisk: "427 KiB", kamailio: "6.8 KiB" },
} as const satisfies Record<string, Goal>;

/** A row with what was measured now. */
export interface Measured extends Goal {
  readonly measured: string;
  /** Whether the goal is reached; undefined where it was not asked, or there is none. */
  readonly holds?: boolean;
}

/** What a part of the benchmark has to say. */
export interface PartResult {
  readonly rows: readonly Measured[];
  /** Anything that went wrong, and what explains the figures. */
  readonly notes: readonly string[];
  /** A call failed where none may. */
  readonly failed: boolean;
}
