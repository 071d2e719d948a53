import { systemClock } from "../runtime/clock.ts";
import { createRegistration, type InboundInvite, type Session } from "../sip/index.ts";
import { demoSdp } from "./sdp.ts";
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
}

export interface DemoPhone {
  close(): Promise<void>;
}

/** Registers a phone that rings and then answers every call; resolves once it is registered. */
export async function startDemoPhone(options: DemoPhoneOptions): Promise<DemoPhone> {
  const sessions = new Set<Session>();
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
        params: new Map(),
        headers: undefined,
      },
      credentials: { username: options.extension, password: options.password },
      onStatus: (status) => {
        if (status.state === "registered") registered.resolve();
        else if (status.reason !== "")
          registered.reject(new Error(`phone ${options.extension}: ${status.reason}`));
      },
    },
  );
  registration.start();
  await registered.promise;
  return {
    async close() {
      for (const session of sessions) session.bye();
      await registration.stop();
      await agent.close();
    },
  };
}

function ring(
  invite: InboundInvite,
  options: DemoPhoneOptions,
  agent: UserAgent,
  sessions: Set<Session>,
): void {
  const { from } = invite.request;
  const user = "user" in from.uri ? (from.uri.user ?? "") : "";
  const answer = systemClock.after(options.ringMs, () => {
    const session = invite.accept({ body: demoSdp("127.0.0.1", agent.port) }, () => {});
    if (session === undefined) return;
    sessions.add(session);
    session.use({
      onBye: () => sessions.delete(session),
      onLost: () => sessions.delete(session),
      onOffer: (offer) => offer.accept(demoSdp("127.0.0.1", agent.port), () => {}),
      onInfo() {},
    });
  });
  invite.use({ onCancelled: () => answer.cancel(), onFailed: () => answer.cancel() });
  invite.progress(180);
  options.onRinging(from.displayName ?? "", user);
}
