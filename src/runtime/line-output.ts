import { constants, fstatSync, openSync, write } from "node:fs";
import { type Clock, systemClock } from "./clock.ts";

/** Where lines go that nobody waits for. */
export interface LineOutput {
  /** Never waits. What a reader that has stopped reading leaves no room for is lost. */
  write(text: string): void;
  /** Lines that were lost. */
  readonly lost: number;
}

/** A reader that stands still for longer than it takes to fill this loses lines. */
const MAX_WAITING = 1_048_576;
const RETRY_MS = 100;
/** After so many in a row only the next line makes us try again: a process that wants to end does not wait longer. */
const MAX_RETRIES = 20;
const NOTHING = Buffer.alloc(0);

/**
 * Standard output or standard error, for a server. Node writes both synchronously where they are pipes or terminals, so that
 * a pager that waits for a key, Ctrl-S or a terminal that was closed would hold every call, and the end of the process too.
 */
export function lineOutput(fd: number, clock: Clock = systemClock): LineOutput {
  return new Lines(fd, clock);
}

class Lines implements LineOutput {
  lost = 0;
  readonly #fd: number;
  readonly #clock: Clock;
  #retries = 0;
  /** Opened with the first line. */
  #open: number | undefined;
  #waiting: string[] = [];
  #size = 0;
  /** What is being written now. */
  #present: Buffer | undefined;

  constructor(fd: number, clock: Clock) {
    this.#fd = fd;
    this.#clock = clock;
  }

  write(text: string): void {
    if (this.#size + text.length > MAX_WAITING) {
      this.lost += 1;
      return;
    }
    this.#waiting.push(text);
    this.#size += text.length;
    if (this.#present === undefined) this.#next();
    else if (this.#retries === MAX_RETRIES) {
      this.#retries -= 1;
      this.#put();
    }
  }

  #later(): void {
    this.#retries = Math.min(this.#retries + 1, MAX_RETRIES);
    if (this.#retries < MAX_RETRIES) this.#clock.after(RETRY_MS, () => this.#put());
  }

  #next(): void {
    if (this.#waiting.length === 0) {
      this.#present = undefined;
      return;
    }
    this.#present = Buffer.from(this.#waiting.join(""), "utf8");
    this.#waiting = [];
    this.#put();
  }

  #put(): void {
    const octets = this.#present;
    if (octets === undefined) return;
    this.#open ??= ownFile(this.#fd);
    write(this.#open, octets, (error, written) => {
      if (error?.code === "EAGAIN") return this.#later();
      this.#retries = 0;
      // A terminal that is gone (EIO), a reader that is gone (EPIPE), a disk that is full: nobody can be told.
      const rest = error === null ? octets.subarray(written) : NOTHING;
      if (rest.length > 0) {
        this.#present = rest;
        return this.#put();
      }
      this.#size = this.#waiting.reduce((sum, text) => sum + text.length, 0);
      this.#next();
    });
  }
}

/** The same place, opened anew where it can make us wait, so that it says EAGAIN instead; files and sockets stay as they are. */
function ownFile(fd: number): number {
  try {
    const kind = fstatSync(fd);
    if (!kind.isFIFO() && !kind.isCharacterDevice()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}
