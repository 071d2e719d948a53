import type { Timer } from "../../../runtime/clock.ts";
import type { HeaderList } from "../../dialog/dialog.ts";
import { type SessionTimer, timerDelays } from "../../dialog/session-timer.ts";
import type { UaContext } from "../context.ts";

/** What keeping a session alive asks of it: the same for all of them, as a session that is up keeps as little as it can. */
export interface Refreshing<Session> {
  /** Sends a refresh; `onRefused` gets its status. Success comes as `start`. */
  refresh(session: Session, onRefused: (status: number) => void): void;
  /** Asks a peer without session timers; silence and 481 end the session by themselves. */
  probe(session: Session): void;
  onExpired(session: Session): void;
  /** Whether ours was the INVITE that made it. */
  ownsCallId(session: Session): boolean;
}

/** After a refused refresh, milliseconds. */
const AGAIN_MS = 5000;

/**
 * Notices peers that have vanished: refreshes the session or waits for the peer to do so (RFC 4028 §10). A peer without
 * session timers gets an OPTIONS inside the dialog instead, which changes nothing and which every peer answers.
 */
export class SessionRefresh<Session> {
  readonly #context: UaContext;
  readonly #session: Session;
  readonly #refreshing: Refreshing<Session>;
  #timer: SessionTimer | undefined;
  #ticking: Timer | undefined;
  #startedAt = 0;

  constructor(context: UaContext, session: Session, refreshing: Refreshing<Session>) {
    this.#context = context;
    this.#session = session;
    this.#refreshing = refreshing;
  }

  /** What was agreed last. */
  get timer(): SessionTimer | undefined {
    return this.#timer;
  }

  /** The header of a request of ours that keeps it as agreed; none without session timers. */
  get headers(): HeaderList {
    if (this.#timer === undefined) return [];
    const { intervalSeconds, refresher } = this.#timer;
    return [["Session-Expires", `${intervalSeconds};refresher=${refresher === "local" ? "uac" : "uas"}`]];
  }

  /** Counts from now, as just agreed. */
  start(timer: SessionTimer | undefined): void {
    this.#timer = timer;
    this.#startedAt = this.#context.clock.now();
    if (timer === undefined) return this.#probeLater();
    const { refreshMs, expireMs } = timerDelays(timer);
    if (timer.refresher === "remote") return this.#after(expireMs, () => this.#expire());
    this.#after(refreshMs, () => this.#refresh(expireMs));
  }

  stop(): void {
    this.#ticking?.cancel();
    this.#ticking = undefined;
  }

  #probeLater(): void {
    // Twice in the time after which a peer with session timers would be given up.
    this.#after(this.#context.sessionTimer.intervalSeconds * 500, () => {
      // In this order: a probe that ends the session stops the next one.
      this.#probeLater();
      this.#refreshing.probe(this.#session);
    });
  }

  #expire(): void {
    this.#refreshing.onExpired(this.#session);
  }

  #refresh(expireMs: number): void {
    const { clock, ids } = this.#context;
    // Until the refresh is answered, the end of the session is what comes next.
    this.#after(Math.max(0, this.#startedAt + expireMs - clock.now()), () => this.#expire());
    this.#refreshing.refresh(this.#session, (status) => {
      if (this.#ticking === undefined) return;
      // RFC 3261 §14.1: after a glare the owner of the Call-ID waits 2.1–4 s in units of 10 ms, the other side 0–2 s.
      const owns = this.#refreshing.ownsCallId(this.#session);
      const glareMs = owns ? 2100 + 10 * ids.integer(191) : 10 * ids.integer(201);
      const delayMs = status === 491 ? glareMs : AGAIN_MS;
      if (clock.now() + delayMs >= this.#startedAt + expireMs) return;
      this.#after(delayMs, () => this.#refresh(expireMs));
    });
  }

  #after(delayMs: number, act: () => void): void {
    this.#ticking?.cancel();
    this.#ticking = this.#context.clock.after(delayMs, act);
  }
}
