import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { EventBus, FOLLOWERS } from "../admin/events/event-bus.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Role } from "./contract/role.ts";
import { createApiServer } from "./server.ts";
import { silentPorts } from "./silent-ports.suite.ts";

/** Roles that nobody has any more. */
const ended = new Set<Role>();

/** A server, and what somebody of a role hears of it. */
async function withEvents(
  work: (
    bus: EventBus,
    open: (role: Role, query?: string, last?: string) => Promise<Stream>,
    port: number,
  ) => Promise<void>,
): Promise<void> {
  const bus = new EventBus(systemClock, "e");
  const server = createApiServer({
    ...silentPorts,
    authenticate: ({ headers }) => {
      const asked = headers.authorization as Role | undefined;
      const role = asked === undefined || ended.has(asked) ? undefined : asked;
      return role === undefined ? undefined : { name: role, role, via: "token" };
    },
    follow: (topics, last) => bus.follow(topics, last),
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const streams: Stream[] = [];
  try {
    await work(
      bus,
      async (role, query = "", last) => {
        const stream = await Stream.open(port, role, query, last);
        streams.push(stream);
        return stream;
      },
      port,
    );
  } finally {
    for (const stream of streams) stream.close();
    bus.close();
    await server.close();
  }
}

class Stream {
  readonly status: number;
  readonly type: string | undefined;
  /** What has come by the end. */
  readonly ended: Promise<string>;
  #text = "";
  #wake: (() => void) | undefined;
  readonly #request: http.ClientRequest;

  private constructor(request: http.ClientRequest, response: http.IncomingMessage) {
    this.#request = request;
    this.status = response.statusCode ?? 0;
    this.type = response.headers["content-type"];
    response.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
      this.#wake?.();
    });
    response.on("error", () => {});
    this.ended = new Promise((resolve) => response.once("close", () => resolve(this.#text)));
  }

  static open(port: number, role: string, query: string, last: string | undefined): Promise<Stream> {
    const headers = { authorization: role, ...(last === undefined ? undefined : { "last-event-id": last }) };
    return new Promise((resolve, reject) => {
      const request = http.get({ port, host: "127.0.0.1", path: `/api/v1/events${query}`, headers });
      request.on("response", (response) => resolve(new Stream(request, response))).on("error", reject);
    });
  }

  /** What has come once it holds this. */
  async until(wanted: string): Promise<string> {
    while (!this.#text.includes(wanted)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#text;
  }

  close(): void {
    this.#request.destroy();
  }
}

test("events come as server-sent events, go on behind Last-Event-ID, and say when something is missing", () =>
  withEvents(async (bus, open) => {
    const first = await open("viewer");
    assert.deepEqual([first.status, first.type], [200, "text/event-stream"]);
    await first.until("event: alive\ndata: {}\n\n");
    bus.publish("config.changed", { version: 1, text: "two\nlines" });
    const got = await first.until("config.changed");
    assert.ok(
      got.endsWith('id: e-1\nevent: config.changed\ndata: {"version":1,"text":"two\\nlines"}\n\n'),
      got,
    );
    first.close();
    bus.publish("phone.lost", { extension: "215" });
    const again = await open("viewer", "", "e-1");
    assert.ok((await again.until("phone.lost")).includes("id: e-2\n"));
    const behind = await open("viewer", "?after=e-1");
    assert.ok((await behind.until("phone.lost")).includes("id: e-2\n"));
    const late = await open("viewer", "", "x-7");
    await late.until("event: reset\ndata: {}\n\n");
  }));

test("I4: who is signed out, or has another role, hears nothing more: the stream ends", () =>
  withEvents(async (bus, open) => {
    const [viewer, operator] = [await open("viewer"), await open("operator")];
    await viewer.until("event: alive");
    await operator.until("event: alive");
    ended.add("viewer");
    bus.publish("config.changed", { version: 7 });
    assert.doesNotMatch(await viewer.ended, /config\.changed/);
    await operator.until("config.changed");
    ended.clear();
  }));

test("a role hears of its topics only; unknown topics are refused", () =>
  withEvents(async (bus, open) => {
    const viewer = await open("viewer", "?topics=alert.raised,config.changed");
    const operator = await open("operator", "?topics=alert.raised,config.changed");
    await viewer.until("alive");
    await operator.until("alive");
    bus.publish("alert.raised", 1);
    bus.publish("phone.lost", 2);
    bus.publish("config.changed", 3);
    const heard = await viewer.until("config.changed");
    assert.equal(heard.includes("alert.raised"), false);
    const all = await operator.until("config.changed");
    assert.ok(all.includes("alert.raised") && !all.includes("phone.lost"));
    assert.equal((await open("viewer", "?topics=nonsense")).status, 400);
  }));

test("whoever asks for the head alone follows nothing, and takes nobody's place", () =>
  withEvents(async (_bus, open, port) => {
    for (let count = 0; count < FOLLOWERS.most; count += 1) {
      const url = `http://127.0.0.1:${port}/api/v1/events`;
      const head = await fetch(url, { method: "HEAD", headers: { authorization: "viewer" } });
      assert.deepEqual([head.status, head.headers.get("content-type")], [200, "text/event-stream"]);
    }
    await (await open("viewer")).until("alive");
  }));

test("of much at once, whoever follows all of it and whoever follows some of it get every event whole", () =>
  withEvents(async (bus, open) => {
    const [all, some] = [await open("viewer"), await open("viewer", "?topics=phone.lost")];
    await all.until("alive");
    await some.until("alive");
    // Half a MiB: more than is kept in one piece.
    for (let count = 1; count <= 300; count += 1) {
      bus.publish("config.changed", { count, text: "\u00e9".repeat(1000) });
      bus.publish("phone.lost", { count });
    }
    bus.publish("config.changed", "last");
    bus.publish("phone.lost", "last");
    const counted = (text: string): readonly number[] =>
      [...text.matchAll(/^event: phone\.lost\ndata: \{"count":(\d+)\}$/gm)].map(([, count]) => Number(count));
    const wanted = Array.from({ length: 300 }, (_, index) => index + 1);
    const [whole, part] = [await all.until('lost\ndata: "last"'), await some.until('lost\ndata: "last"')];
    assert.deepEqual([counted(whole), counted(part)], [wanted, wanted]);
    assert.equal(
      whole.match(/^event: config\.changed\ndata: \{"count":\d+,"text":"\u00e9{1000}"\}$/gm)?.length,
      300,
    );
    assert.doesNotMatch(part, /config/);
  }));
