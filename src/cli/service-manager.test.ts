import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { until } from "../../test/support/process.ts";
import { serviceManager } from "./service-manager.ts";

test("systemd hears that it is ready, that the loop turns, that it stops and how long that may take", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-notify-"));
  const heard = join(folder, "heard");
  const { PATH } = process.env;
  try {
    writeFileSync(heard, "");
    writeFileSync(join(folder, "systemd-notify"), `#!/bin/sh\necho "$1" >>'${heard}'\n`);
    chmodSync(join(folder, "systemd-notify"), 0o755);
    process.env["PATH"] = `${folder}:${PATH}`;
    const clock = new VirtualClock();
    const environment = {
      NOTIFY_SOCKET: "/run/x",
      WATCHDOG_USEC: "30000000",
      WATCHDOG_PID: String(process.pid),
    };
    const manager = serviceManager(environment, clock, assert.fail);
    const lines = (): readonly string[] => readFileSync(heard, "utf8").trim().split("\n");
    manager.ready();
    clock.advance(25_000);
    // After a restore: it still has one heart.
    manager.ready();
    manager.stopping(60_000);
    // Running calls may go on for long, and it must not be killed meanwhile.
    clock.advance(10_000);
    manager.close();
    assert.equal(clock.pending, 0, "what still waits would keep the process up");
    const wanted = [
      "READY=1",
      "WATCHDOG=1",
      "WATCHDOG=1",
      "WATCHDOG=1",
      "READY=1",
      "WATCHDOG=1",
      "STOPPING=1",
      "EXTEND_TIMEOUT_USEC=90000000",
      "WATCHDOG=1",
    ];
    await until("all to be heard", () => lines().length >= wanted.length);
    assert.deepEqual(lines(), wanted);
  } finally {
    process.env["PATH"] = PATH;
    rmSync(folder, { recursive: true, force: true });
  }
});

test("where systemd did not start us, or watches somebody else, nothing beats", async () => {
  const clock = new VirtualClock();
  const nobody = serviceManager({ WATCHDOG_USEC: "30000000" }, clock, assert.fail);
  const other = serviceManager(
    { NOTIFY_SOCKET: "/run/none", WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" },
    clock,
    assert.fail,
  );
  for (const manager of [nobody, other]) {
    manager.ready();
    assert.equal(clock.pending, 0);
    manager.stopping(0);
    manager.close();
  }
});
