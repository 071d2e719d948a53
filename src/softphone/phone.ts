import { RtpEndpoint } from "../media/rtp-endpoint.ts";
import { systemClock } from "../runtime/clock.ts";
import {
  createRegistration,
  type InboundInvite,
  type InviteSession,
  instanceUrn,
  noParams,
} from "../sip/index.ts";
import { answer } from "./caller.ts";
import { Ear } from "./ear.ts";
import { openUserAgent, type UserAgent } from "./user-agent.ts";

export interface DemoPhoneOptions {
  readonly extension: string;
  readonly password: string;
  /** `127.0.0.1:5060`. */
  readonly server: { readonly host: string; readonly port: number };
  /** It rings this long, then answers. */
  readonly ringMs: number;
  /** What its display shows: the caller's name and number. */
  readonly onRinging: (name: string, number: string) => void;
  /** What it hears once it has answered: `a tone of 600 Hz`. */
  readonly onHeard: (what: string) => void;
}

export interface DemoPhone {
  close(): Promise<void>;
}

/** Calls that are up, and what ends the sound of each. */
type Sessions = Map<InviteSession, () => void>;

/** What the phone says, over and over: one tone. */
const VOICE = { hz: 440, ms: 5000 };
/** How a caller hears it. */
export const DEMO_PHONE_VOICE = `a tone of ${VOICE.hz} Hz`;

/** Registers a phone that rings, then answers every call, with real sound; resolves once it is registered. */
export async function startDemoPhone(options: DemoPhoneOptions): Promise<DemoPhone> {
  const sessions: Sessions = new Map();
  const agent = await openUserAgent(0, {
    onInvite: (invite) => ring(invite, options, agent, sessions),
    onRegister() {},
    knows: () => true,
  });
  const { host, port } = options.server;
  const registered = Promise.withResolvers<void>();
  const registration = createRegistration(
    {
      transactions: agent.transactions,
      clock: systemClock,
      ids: agent.ids,
      resolve: () => Promise.resolve([{ transport: "udp", host, port }]),
      flowTo: (target) => agent.transports.flowTo(target),
    },
    {
      registrar: {
        scheme: "sip",
        user: undefined,
        password: undefined,
        host,
        port,
        params: noParams,
        headers: undefined,
      },
      instance: instanceUrn(agent.ids.hex(128), options.extension),
      credentials: { username: options.extension, password: options.password },
      onStatus: (status) => {
        if (status.state === "registered") registered.resolve();
        else if (status.failed !== undefined)
          registered.reject(new Error(`phone ${options.extension}: ${status.failed.text}`));
      },
    },
  );
  registration.start();
  try {
    await registered.promise;
  } catch (error) {
    await registration.stop();
    await agent.close();
    throw error;
  }
  return {
    async close() {
      for (const [session, end] of sessions) {
        session.bye();
        end();
      }
      await registration.stop();
      await agent.close();
    },
  };
}

function ring(invite: InboundInvite, options: DemoPhoneOptions, agent: UserAgent, sessions: Sessions): void {
  const { from } = invite.request;
  const user = "user" in from.uri ? (from.uri.user ?? "") : "";
  const timer = systemClock.after(options.ringMs, () => void pickUp(invite, options, agent, sessions));
  invite.use({ onCancelled: () => timer.cancel(), onFailed: () => timer.cancel() });
  invite.progress(180);
  options.onRinging(from.displayName ?? "", user);
}

async function pickUp(
  invite: InboundInvite,
  options: DemoPhoneOptions,
  agent: UserAgent,
  sessions: Sessions,
): Promise<void> {
  const sound = await RtpEndpoint.open({
    clock: systemClock,
    ids: agent.ids,
    host: "127.0.0.1",
    telephoneEvent: 101,
  });
  sound.follow(invite.offer);
  const session = invite.accept({ body: Buffer.from(sound.describe()) }, () => {});
  if (session === undefined) return sound.close();
  const ear = new Ear(systemClock, [], options.onHeard);
  sound.onPacket(({ payload, payloadType }) => {
    if (payloadType !== sound.telephoneEvent) ear.put(payload);
  });
  const end = (): void => {
    sessions.delete(session);
    ear.close();
    sound.close();
  };
  sessions.set(session, end);
  session.use({ onBye: end, onLost: end, onOffer: (offer) => answer(offer, sound), onInfo() {} });
  while (sessions.has(session)) await sound.sayTone([VOICE.hz], VOICE.ms);
}
