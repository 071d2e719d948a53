import { wordsOf } from "../lib/said.ts";
import { RtpEndpoint } from "../media/rtp-endpoint.ts";
import type { AudioMessage } from "../model/snapshot.ts";
import { systemClock } from "../runtime/clock.ts";
import { formatNameAddr, type InviteSession, type PeerOffer, STAYS_ON_ITS_FLOW } from "../sip/index.ts";
import { Ear } from "./ear.ts";
import { openUserAgent, type UserAgent } from "./user-agent.ts";

export interface TestCallOptions {
  /** Where the switchboard listens, UDP. */
  readonly server: { readonly host: string; readonly port: number };
  /** Our own UDP port; 0: any free one. */
  readonly port: number;
  /** Called with the port when it is open, before anything is sent. */
  readonly onOpen?: (port: number) => Promise<void>;
  readonly caller: { readonly number: string; readonly name: string };
  readonly called: string;
  /** Typed one after the other, each when what was heard before it is over: `["1111#", "2580#"]`. */
  readonly codes: readonly string[];
  /** What is heard when the call has got where it wants, where that is known: `a tone of 440 Hz`. */
  readonly wants?: string;
  /** Settles when somebody has answered; the time below begins then. Left out: when the call is answered, be it by a message. */
  readonly connected?: Promise<void>;
  /** The call is hung up this long after it was answered, after the last code was typed, or after that was heard. */
  readonly talkMs: number;
  /** Messages that are known when they are heard. */
  readonly messages: Iterable<AudioMessage>;
  /** What the caller hears and does, in words: `hears a tone of 440 Hz`. */
  readonly onNote: (text: string) => void;
}

/** How a test call went, in words of the caller's phone. */
export type TestCallResult =
  | { readonly kind: "answered"; readonly callId: string }
  | { readonly kind: "refused"; readonly callId: string; readonly status: number; readonly reason: string };

/** Nothing is heard for this long: a code is typed all the same. */
const SILENCE_MS = 3000;
/** A message that is longer is not heard out. */
const MESSAGE_MS = 15_000;
/** Nobody answers for so long, and no plan has ended the call: the caller gives up. */
const ANSWER_MS = 120_000;
/** What the caller says, so that the other side has something to hear: one tone. */
const VOICE_HZ = 600;

/**
 * Places one real SIP call over loopback UDP with real sound, types codes, talks for a while, hangs up. Never rejects but
 * for a port in use.
 */
export async function placeTestCall(options: TestCallOptions): Promise<TestCallResult> {
  const agent = await openUserAgent(options.port, {
    onInvite: (invite) => invite.reject(486),
    onRegister() {},
    knows: () => true,
  });
  await options.onOpen?.(agent.port);
  const sound = await RtpEndpoint.open({
    clock: systemClock,
    ids: agent.ids,
    host: "127.0.0.1",
    telephoneEvent: 101,
  });
  const result = await invite(agent, sound, options);
  // The reply to our BYE is still on its way: closing at once would leave it to an unreachable port.
  await atMost(200, []);
  sound.close();
  await agent.close();
  return result;
}

function invite(agent: UserAgent, sound: RtpEndpoint, options: TestCallOptions): Promise<TestCallResult> {
  const { host, port } = options.server;
  const flow = agent.transports.flowTo({ transport: "udp", host, port });
  const uri = `sip:${options.called}@${host}:${port}`;
  const callId = agent.ids.hex(128);
  const result = Promise.withResolvers<TestCallResult>();
  const call = agent.endpoint.invite(
    {
      uri,
      from: formatNameAddr(options.caller.name, `sip:${options.caller.number}@127.0.0.1`),
      to: `<${uri}>`,
      callId,
      maxForwards: 70,
      headers: [],
      routes: [],
      body: Buffer.from(sound.describe()),
      ways: (flow === undefined ? [] : [{ flow, more: false }]).values(),
      reach: STAYS_ON_ITS_FLOW,
    },
    {
      onProgress() {},
      onAnswered: (session, description) => {
        sound.follow(description);
        void talk(session, sound, options).then(() => result.resolve({ kind: "answered", callId }));
      },
      onFailed: (status, reason) =>
        result.resolve({ kind: "refused", callId, status, reason: wordsOf(reason) }),
    },
  );
  call.start();
  return result.promise;
}

/** The call from answer to hang-up, by either side. */
async function talk(session: InviteSession, sound: RtpEndpoint, options: TestCallOptions): Promise<void> {
  const { codes, talkMs, onNote } = options;
  const arrived = Promise.withResolvers<void>();
  const ear = new Ear(systemClock, options.messages, (what) => {
    onNote(`hears ${what}`);
    if (what === options.wants) arrived.resolve();
  });
  sound.onPacket(({ payload, payloadType }) => {
    if (payloadType !== sound.telephoneEvent) ear.put(payload);
  });
  let up = true;
  const over = new Promise<void>((resolve) => {
    const end = (): void => {
      up = false;
      ear.close();
      resolve();
    };
    session.use({
      onBye: end,
      onLost: end,
      onOffer: (offer) => answer(offer, sound),
      onInfo() {},
    });
  });
  for (const code of codes) {
    // Where nothing is played a code is typed all the same.
    await ear.begun(Math.max(1, ear.count), SILENCE_MS);
    await ear.over(ear.count, MESSAGE_MS);
    if (!up) return;
    const before = ear.count;
    onNote(`types ${code}`);
    await sound.press(code, "event");
    await ear.begun(before + 1, MESSAGE_MS);
  }
  if (options.wants !== undefined) await atMost(MESSAGE_MS, [arrived.promise, over]);
  if (options.connected !== undefined) await atMost(ANSWER_MS, [options.connected, over]);
  if (up) void sound.sayTone([VOICE_HZ], talkMs);
  await atMost(talkMs, [over]);
  if (!up) return;
  ear.close();
  session.bye();
}

/** Until one of these, or for so long. No timer is left: it would keep the demo from ending. */
async function atMost(ms: number, events: readonly Promise<void>[]): Promise<void> {
  const time = Promise.withResolvers<void>();
  const timer = systemClock.after(ms, time.resolve);
  await Promise.race([...events, time.promise]);
  timer.cancel();
}

/** The other side changes its description: we follow, and stay as we are. */
export function answer(offer: PeerOffer, sound: RtpEndpoint): void {
  sound.follow(offer.body);
  offer.accept(Buffer.from(sound.describe()), () => {});
}
