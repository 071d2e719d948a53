import { systemClock } from "../runtime/clock.ts";
import { formatNameAddr } from "../sip/index.ts";
import { demoSdp } from "./sdp.ts";
import { openUserAgent } from "./user-agent.ts";

export interface TestCallOptions {
  /** Where the switchboard listens, UDP. */
  readonly server: { readonly host: string; readonly port: number };
  /** Our own UDP port; 0: any free one. */
  readonly port: number;
  readonly caller: { readonly number: string; readonly name: string };
  readonly called: string;
  /** The call is hung up this long after it was answered. */
  readonly talkMs: number;
}

/** How a test call went, in words of the caller's phone. */
export type TestCallResult =
  | { readonly kind: "answered"; readonly callId: string }
  | { readonly kind: "refused"; readonly callId: string; readonly status: number; readonly reason: string };

/** Places one real SIP call over loopback UDP, talks for a while, hangs up. Never rejects but for a port in use. */
export async function placeTestCall(options: TestCallOptions): Promise<TestCallResult> {
  const agent = await openUserAgent(options.port, {
    onInvite: (invite) => invite.reject(486),
    onRegister() {},
    knows: () => true,
  });
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
      body: demoSdp("127.0.0.1", agent.port),
      flows: flow === undefined ? [] : [flow],
    },
    {
      onProgress() {},
      onAnswered: (session) => {
        const hangUp = systemClock.after(options.talkMs, () => {
          session.bye();
          result.resolve({ kind: "answered", callId });
        });
        const over = (): void => {
          hangUp.cancel();
          result.resolve({ kind: "answered", callId });
        };
        session.use({
          onBye: over,
          onLost: over,
          onOffer: (offer) => offer.accept(demoSdp("127.0.0.1", agent.port), () => {}),
          onInfo() {},
        });
      },
      onFailed: (status, reason) => result.resolve({ kind: "refused", callId, status, reason }),
    },
  );
  call.start();
  const outcome = await result.promise;
  // The reply to our BYE is still on its way: closing at once would leave it to an unreachable port.
  await new Promise<void>((resolve) => systemClock.after(200, resolve));
  await agent.close();
  return outcome;
}
