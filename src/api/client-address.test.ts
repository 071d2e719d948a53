import assert from "node:assert/strict";
import { test } from "node:test";
import { clientAddress } from "./client-address.ts";

const NAMED = ["127.0.0.1", "10.0.0.2", "2001:db8::2"];

const ROWS: readonly (readonly [what: string, socket: string, forwarded: string | undefined, is: string])[] =
  [
    ["nobody forwarded it", "198.51.100.7", undefined, "198.51.100.7"],
    ["whoever is no proxy of ours says what they like", "198.51.100.7", "203.0.113.1", "198.51.100.7"],
    ["a proxy says who asked it", "127.0.0.1", "203.0.113.1", "203.0.113.1"],
    ["on a socket for both families too", "::ffff:127.0.0.1", "203.0.113.1", "203.0.113.1"],
    ["IPv6", "127.0.0.1", "2001:db8::1", "2001:db8::1"],
    ["a client that says more is not believed", "127.0.0.1", "192.0.2.9, 203.0.113.1", "203.0.113.1"],
    ["two proxies of ours in a row", "127.0.0.1", "192.0.2.9, 203.0.113.1, 10.0.0.2", "203.0.113.1"],
    ["a proxy's address in any form", "127.0.0.1", "203.0.113.1, 2001:DB8:0::2, ::ffff:a00:2", "203.0.113.1"],
    ["a request of the proxy itself", "127.0.0.1", undefined, "127.0.0.1"],
    ["only proxies", "127.0.0.1", "10.0.0.2", "10.0.0.2"],
    ["what is no address ends it", "127.0.0.1", "203.0.113.1, unknown", "127.0.0.1"],
    ["nor with a script in it", "127.0.0.1", "<script>", "127.0.0.1"],
    ["nor a port", "127.0.0.1", "203.0.113.1:4711", "127.0.0.1"],
    ["empty", "127.0.0.1", "", "127.0.0.1"],
    ["a way without end", "127.0.0.1", `203.0.113.1,${"10.0.0.2,".repeat(1000)}10.0.0.2`, "10.0.0.2"],
  ];

for (const [what, remoteAddress, forwarded, is] of ROWS)
  test(`where a request came from: ${what}`, () => {
    const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    assert.equal(clientAddress({ headers, socket: { remoteAddress } }, NAMED), is);
    if (forwarded !== undefined)
      assert.equal(
        clientAddress({ headers, socket: { remoteAddress } }, []),
        remoteAddress.replace("::ffff:", ""),
      );
  });
