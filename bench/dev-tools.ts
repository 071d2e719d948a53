/** Speaks the DevTools protocol (https://chromedevtools.github.io/devtools-protocol) by a socket, with Node or with Chromium. */
export class DevTools {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  /** `url`: `ws://…`, as the debugger names it. Rejects where nobody answers there. */
  static async open(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener(
        "error",
        () => reject(new Error(`the debugger at ${url} refused the connection`)),
        {
          once: true,
        },
      );
    });
    return new DevTools(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(String(data)) as Answer));
    socket.addEventListener("close", () => this.#lose());
  }

  /** Asks, and gives what is answered. `sessionId`: of one page of several. Rejects where it is refused, or the debugger goes. */
  ask<Result>(method: string, params: object = {}, sessionId?: string): Promise<Result> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #take({ id, result, error }: Answer): void {
    // What has no number is an event, which nobody has asked for.
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(`${waiting.method}: ${error.message}`));
  }

  #lose(): void {
    for (const { method, reject } of this.#waiting.values())
      reject(new Error(`${method}: the debugger has gone`));
    this.#waiting.clear();
  }
}

/** What `Runtime.evaluate` answers, asked for the value. */
export interface Evaluated<Value> {
  readonly result: { readonly value: Value };
}

interface Waiting {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}
