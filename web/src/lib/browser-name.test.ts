import assert from "node:assert/strict";
import { test } from "node:test";
import { browserName } from "./browser-name.ts";

const MOZILLA = "Mozilla/5.0";
for (const [agent, name] of [
  [
    `${MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36`,
    "Chrome 156, Linux",
  ],
  [
    `${MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`,
    "Edge 156, Windows",
  ],
  [
    `${MOZILLA} (Macintosh; Intel Mac OS X 10.15; rv:151.0) Gecko/20100101 Firefox/151.0`,
    "Firefox 151, macOS",
  ],
  [
    `${MOZILLA} (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1`,
    "Safari 19, iOS",
  ],
  ["curl/8.14.1", "curl/8.14.1"],
  ["", ""],
] as const)
  test(`a session of "${name}"`, () => assert.equal(browserName(agent), name));
