import type { Counters } from "../../lib/counters.ts";
import type { Said } from "../../lib/said.ts";
import type { Ids } from "../../runtime/ids.ts";
import { withReceived } from "../message/build.ts";
import { type MessageLimits, type ParseFault, parseMessage } from "../message/parser.ts";
import { withoutZone } from "./address.ts";
import { faultAnswer } from "./fault-answer.ts";
import { ignoreError, type WritableFlow } from "./flows.ts";
import type { Guard } from "./guard.ts";
import type { TransportLog } from "./log.ts";
import type { Flow, TransportHandler, TransportObserver } from "./transport.ts";

export interface ReceiverOptions {
  readonly guard: Guard;
  readonly counters: Counters;
  readonly ids: Ids;
  readonly log: TransportLog;
  readonly messageLimits: MessageLimits;
}

/** From the octets of one message to the handler; the same for datagrams and streams. */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #tagKey: string;
  #handler: TransportHandler | undefined;
  #observer: TransportObserver | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#tagKey = options.ids.hex(128);
  }

  /** Sets who gets what arrives; undefined: nobody any more. */
  handle(handler: TransportHandler | undefined): void {
    this.#handler = handler;
  }

  /** Sets who sees what arrives. */
  observe(observer: TransportObserver): void {
    this.#observer = observer;
  }

  /** One whole message from a source that the guard has admitted. */
  message(bytes: Buffer, flow: WritableFlow): void {
    const { guard, counters, messageLimits } = this.#options;
    const parsed = parseMessage(bytes, messageLimits);
    if (!parsed.ok) {
      // Scanners write requests with faults too (svmap: `Contact: None`); an answer would show that somebody is here.
      if (!guard.isScanner(flow.transport, flow.remote, userAgentOf(bytes))) this.fault(parsed.fault, flow);
      return;
    }
    let message = parsed.message;
    if (message.kind === "request") {
      const { host, port } = flow.remote;
      if (guard.isScanner(flow.transport, flow.remote, message.headers.get("user-agent"))) return;
      // RFC 3261 §18.2.1, RFC 3581 §4: the peer learns from it where its request came from.
      message = withReceived(message, withoutZone(host), port);
    }
    counters.add("sip_messages_received");
    this.#deliver((handler) => {
      this.#observer?.("in", message, flow, bytes);
      handler.onMessage(message, flow);
    });
  }

  /** Octets that are no acceptable message: answered where RFC 3261 asks for it, and counted. */
  fault(fault: ParseFault, flow: WritableFlow): void {
    const { guard, counters } = this.#options;
    counters.add(`sip_messages_refused{status="${fault.status ?? "none"}"}`);
    const answer = faultAnswer(fault, flow.remote, this.#tagKey);
    if (answer !== undefined) {
      if (guard.mayAnswerFault(flow.remote.host)) flow.write(answer, ignoreError);
      else counters.add("sip_fault_answers_withheld");
    }
    this.#deliver((handler) => handler.onFault(fault, flow));
  }

  /** A stream has ended. */
  closed(flow: Flow, reason: Said): void {
    this.#deliver((handler) => handler.onFlowClosed(flow, reason));
  }

  /** A bug in one message's handling must not end the process and with it everybody's calls. */
  #deliver(give: (handler: TransportHandler) => void): void {
    if (this.#handler === undefined) return;
    try {
      give(this.#handler);
    } catch (error) {
      this.#options.counters.add("sip_handler_errors");
      this.#options.log.error({ err: error }, "the handling of a SIP message failed");
    }
  }
}

const USER_AGENT = /\r\nuser-agent[ \t]*:([^\r\n]*)/i;
const HEAD_OCTETS = 4096;

/** The User-Agent of a message that could not be read. */
function userAgentOf(bytes: Buffer): string | undefined {
  return USER_AGENT.exec(bytes.toString("latin1", 0, Math.min(bytes.length, HEAD_OCTETS)))?.[1];
}
