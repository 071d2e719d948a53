import assert from "node:assert/strict";
import { test } from "node:test";
import { reply, startFaultServer } from "../../test/fakes/fault-server.ts";
import { systemClock } from "../runtime/clock.ts";
import { createHttpClient } from "./client.ts";
import { leadsTo, practiceOrigin } from "./practice.ts";

test("practice receivers are where the API is heard, by an address of this machine", () => {
  const origins = [
    ["http://127.0.0.1:8088", "http://127.0.0.1:8088"],
    ["http://0.0.0.0:8088", "http://127.0.0.1:8088"],
    ["http://[::]:8088", "http://[::1]:8088"],
    ["http://localhost:80", "http://127.0.0.1"],
    ["http://192.0.2.1:8088", "http://192.0.2.1:8088"],
    ["http://pbx.example:8088", undefined],
    ["", undefined],
  ] as const;
  for (const [address, origin] of origins) assert.equal(practiceOrigin(address), origin, address);
});

test("only the very address and port lead there", () => {
  const to = (text: string) => leadsTo("http://127.0.0.1:8088", new URL(text));
  assert.ok(to("http://127.0.0.1:8088/"));
  for (const other of [
    "http://127.0.0.1:8089",
    "https://127.0.0.1:8088",
    "http://127.0.0.2:8088",
    "http://localhost:8088",
  ])
    assert.equal(to(other), false, other);
  assert.equal(leadsTo(undefined, new URL("http://127.0.0.1:8088")), false);
});

test("with no network listed the practice receiver answers, and nothing else of our own server or its neighbours does", async () => {
  const own = await startFaultServer(reply("status=ACK"));
  const neighbour = await startFaultServer(reply("status=ACK"));
  const origin = `http://127.0.0.1:${own.port}`;
  const http = createHttpClient({ clock: systemClock, allowedNetworks: () => [], practice: () => origin });
  const ask = async (target: string, at = origin) => {
    const outcome = await http.send({
      origin: at,
      target,
      headers: [],
      secretHeaders: [],
      followRedirects: true,
      timeoutMs: 2_000,
    });
    return outcome.ok ? outcome.value.status : outcome.error.code;
  };
  try {
    assert.equal(await ask("/practice/abc123?code=1"), 200);
    for (const target of [
      "/",
      "/api/v1/company",
      "/practice",
      "/practice/../api/v1/calls",
      "/practice/a/b",
      "/practice/A",
    ])
      assert.equal(await ask(target), "addressNotListed", target);
    assert.equal(await ask("/practice/abc123", `http://127.0.0.1:${neighbour.port}`), "addressNotListed");
    assert.equal(neighbour.connections, 0);
  } finally {
    await http.close();
    await own.close();
    await neighbour.close();
  }
});

test("a redirect leads to a practice receiver, and to nothing else of ours", async () => {
  const own = await startFaultServer(reply("status=ACK"));
  const practice = `http://127.0.0.1:${own.port}`;
  for (const [path, wanted] of [
    ["/practice/abc", 200],
    ["/api/v1/calls", "addressNotListed"],
  ] as const) {
    const outside = await startFaultServer(
      (socket) =>
        socket.write(`HTTP/1.1 302 Found\r\nLocation: ${practice}${path}\r\nContent-Length: 0\r\n\r\n`),
      { host: "127.77.0.1" },
    );
    const http = createHttpClient({
      clock: systemClock,
      allowedNetworks: () => ["127.77.0.1/32"],
      practice: () => practice,
    });
    const outcome = await http.send({
      origin: `http://127.77.0.1:${outside.port}`,
      target: "/",
      headers: [],
      secretHeaders: [],
      followRedirects: true,
      timeoutMs: 2_000,
    });
    assert.equal(outcome.ok ? outcome.value.status : outcome.error.code, wanted, path);
    await http.close();
    await outside.close();
  }
  await own.close();
});
