import type { Flow, SipMessage, Transport } from "../sip/index.ts";
import type { Recorder } from "./recorder.ts";

/** Legs being recorded, by Call-ID: everything that crosses the wire for one of them goes into its story. */
export class MessageTaps {
  readonly #legs = new Map<string, { readonly recorder: Recorder; readonly leg: string }>();
  readonly #callIds = new Map<Recorder, string[]>();

  /** Records a Call-ID as this leg of a call. */
  add(callId: string, recorder: Recorder, leg: string): void {
    this.#legs.set(callId, { recorder, leg });
    const known = this.#callIds.get(recorder);
    if (known === undefined) this.#callIds.set(recorder, [callId]);
    else known.push(callId);
  }

  /** The call's record is closed. A Call-ID that a newer call uses as well stays with that one. */
  release(recorder: Recorder): void {
    for (const callId of this.#callIds.get(recorder) ?? []) {
      if (this.#legs.get(callId)?.recorder === recorder) this.#legs.delete(callId);
    }
    this.#callIds.delete(recorder);
  }

  get size(): number {
    return this.#legs.size;
  }

  /** The same transport with every message looked at on its way, retransmissions included. */
  around(transport: Transport): Transport {
    const seen = (direction: "in" | "out", message: SipMessage, flow: Flow): void => {
      const tap = this.#legs.get(message.callId);
      if (tap !== undefined) tap.recorder.packet(tap.leg, direction, message, flow);
    };
    return {
      flowTo: (target) => transport.flowTo(target),
      send: (message, flow, onError) => {
        seen("out", message, flow);
        transport.send(message, flow, onError);
      },
      handle: (handler) =>
        transport.handle({
          onMessage: (message, flow) => {
            seen("in", message, flow);
            handler.onMessage(message, flow);
          },
          onFault: (fault, flow) => handler.onFault(fault, flow),
          onFlowClosed: (flow, reason) => handler.onFlowClosed(flow, reason),
        }),
      get listeners() {
        return transport.listeners;
      },
      close: () => transport.close(),
    };
  }
}
