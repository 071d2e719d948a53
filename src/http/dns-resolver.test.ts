import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type DnsReply, type DnsType, startDnsServer } from "../../test/fakes/dns-server.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { until } from "../../test/support/process.ts";
import { systemClock } from "../runtime/clock.ts";
import { type DnsOptions, dnsResolver } from "./dns-resolver.ts";
import { hostsFile, parseHosts } from "./hosts-file.ts";
import type { NameResolver } from "./names.ts";

type Zone = (name: string, type: DnsType) => DnsReply;

async function withServer(
  zone: Zone,
  use: (
    names: NameResolver,
    questions: readonly { readonly name: string; readonly type: string }[],
  ) => Promise<void>,
  options: Partial<DnsOptions> = {},
): Promise<void> {
  const server = await startDnsServer(zone);
  const given = { clock: systemClock, systemLookup: undefined, hostsPath: "/nonexistent", ...options };
  await use(dnsResolver({ ...given, servers: [server.address] }), server.questions);
  await server.close();
}

const both: Zone = (_name, type) =>
  type === "A" ? { addresses: ["192.0.2.7", "192.0.2.8"], ttl: 20 } : { addresses: ["2001:db8::7"], ttl: 10 };
const one: Zone = (_name, type) => ({ addresses: type === "A" ? ["192.0.2.7"] : [], ttl: 300 });

describe("names are looked up", () => {
  test("as A and AAAA, IPv4 first, with the shorter TTL", () =>
    withServer(both, async (names) => {
      assert.deepEqual(await names.resolve("crm.example"), {
        ok: true,
        value: { addresses: ["192.0.2.7", "192.0.2.8", "2001:db8::7"], ttl: 10 },
      });
    }));

  test("although one kind is never answered, which is waited for 50 ms longer", () => {
    const clock = new VirtualClock();
    return withServer(
      (name, type) => (type === "AAAA" ? "silence" : one(name, type)),
      async (names) => {
        const resolving = names.resolve("crm.example");
        await until("the answer of the other kind", () => clock.pending > 0);
        clock.advance(50);
        const answer = await resolving;
        assert.deepEqual(answer.ok && answer.value.addresses, ["192.0.2.7"]);
      },
      { clock },
    );
  });

  test("although one kind fails", () =>
    withServer(
      (name, type) => (type === "A" ? { rcode: 2 } : both(name, type)),
      async (names) => {
        const answer = await names.resolve("crm.example");
        assert.deepEqual(answer.ok && answer.value.addresses, ["2001:db8::7"]);
      },
    ));

  test("once for questions at the same time", () =>
    withServer(one, async (names, questions) => {
      await Promise.all(Array.from({ length: 50 }, () => names.resolve("crm.example")));
      assert.equal(questions.length, 2);
    }));

  test("and remembered for the TTL, at most 30 s; case and a trailing dot make no difference", async () => {
    const clock = new VirtualClock();
    await withServer(
      one,
      async (names, questions) => {
        for (const name of ["crm.example", "CRM.example", "crm.example."]) await names.resolve(name);
        assert.equal(questions.length, 2);
        clock.advance(29_999);
        await names.resolve("crm.example");
        assert.equal(questions.length, 2);
        clock.advance(1);
        await names.resolve("crm.example");
        assert.equal(questions.length, 4);
      },
      { clock },
    );
  });

  test("and not remembered with TTL 0, nor when they failed", () =>
    withServer(
      (name, type) =>
        name === "bad.example" ? { rcode: 3 } : { addresses: type === "A" ? ["192.0.2.7"] : [], ttl: 0 },
      async (names, questions) => {
        for (const name of ["crm.example", "crm.example", "bad.example", "bad.example"])
          await names.resolve(name);
        assert.equal(questions.length, 8);
      },
    ));

  test("failures are told apart", async () => {
    const failures: Readonly<Record<string, DnsReply>> = {
      "nx.example": { rcode: 3 },
      "empty.example": { addresses: [], ttl: 0 },
      "broken.example": { rcode: 2 },
      "silent.example": "silence",
    };
    await withServer(
      (name) => failures[name] ?? { rcode: 5 },
      async (names) => {
        const code = async (name: string): Promise<string> => {
          const answer = await names.resolve(name);
          return answer.ok ? "ok" : answer.error.code;
        };
        assert.equal(await code("nx.example"), "nameNotFound");
        assert.equal(await code("empty.example"), "nameNotFound");
        assert.equal(await code("broken.example"), "nameServerFailed");
        assert.equal(await code("refused.example"), "nameServerFailed");
        assert.equal(await code("silent.example"), "nameTimeout");
        assert.equal(await code("..bad..name"), "nameServerFailed");
      },
    );
  });
});

describe("names that are not in DNS", () => {
  test("localhost and what is below it are loopback, without a question", () =>
    withServer(one, async (names, questions) => {
      for (const name of ["localhost", "LOCALHOST", "localhost.", "app.localhost"]) {
        const answer = await names.resolve(name);
        assert.deepEqual(answer.ok && answer.value.addresses, ["127.0.0.1", "::1"], name);
      }
      assert.equal(questions.length, 0);
    }));

  test("the hosts file goes before DNS, and an edit takes effect", async () => {
    const folder = await mkdtemp(join(tmpdir(), "switchhook-hosts-"));
    const hostsPath = join(folder, "hosts");
    await writeFile(hostsPath, "192.0.2.1 crm.example\n");
    const clock = new VirtualClock();
    await withServer(
      one,
      async (names, questions) => {
        const address = async (): Promise<string | undefined> => {
          const answer = await names.resolve("crm.example");
          return answer.ok ? answer.value.addresses[0] : undefined;
        };
        assert.equal(await address(), "192.0.2.1");
        await writeFile(hostsPath, "192.0.2.2 crm.example\n");
        assert.equal(await address(), "192.0.2.1");
        clock.advance(5_001);
        assert.equal(await address(), "192.0.2.2");
        assert.equal(questions.length, 0);
      },
      { clock, hostsPath },
    );
    await rm(folder, { recursive: true });
  });

  test("the system's look-up is asked only for a name that DNS does not have, by at most two at a time", async () => {
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    const systemLookup = (name: string): Promise<readonly string[]> => {
      asked.push(name);
      return new Promise((resolve) => {
        waiting.push(() => resolve(["192.0.2.9"]));
      });
    };
    await withServer(
      (name, type) =>
        name === "crm.example" ? one(name, type) : name === "broken.example" ? { rcode: 2 } : { rcode: 3 },
      async (names) => {
        await names.resolve("crm.example");
        await names.resolve("broken.example");
        assert.deepEqual(asked, []);
        const first = names.resolve("first");
        const second = names.resolve("second");
        while (asked.length < 2) await new Promise((resolve) => void setImmediate(resolve));
        assert.deepEqual(await names.resolve("third"), { ok: false, error: { code: "nameNotFound" } });
        for (const answer of waiting) answer();
        for (const answer of [await first, await second]) {
          assert.deepEqual(answer, { ok: true, value: { addresses: ["192.0.2.9"], ttl: 0 } });
        }
        assert.deepEqual(asked, ["first", "second"]);
      },
      { systemLookup },
    );
  });
});

describe("a hosts file", () => {
  test("is read as hosts(5) has it", () => {
    const hosts = parseHosts(
      "# comment\n127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # more\n\n192.0.2.1  CRM.example crm\r\n192.0.2.2 crm\nnonsense crm\n192.0.2.3\n192.0.2.1 crm\n",
    );
    assert.deepEqual(
      [...hosts],
      [
        ["localhost", ["127.0.0.1", "::1"]],
        ["ip6-localhost", ["::1"]],
        ["crm.example", ["192.0.2.1"]],
        ["crm", ["192.0.2.1", "192.0.2.2"]],
      ],
    );
    assert.equal(parseHosts("").size, 0);
    assert.equal(parseHosts("192.0.2.1 __proto__ constructor").size, 2);
  });

  test("that is not there is empty", async () => {
    assert.deepEqual(await hostsFile(new VirtualClock(), "/nonexistent")("localhost"), []);
  });
});
