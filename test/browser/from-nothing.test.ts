// From nothing to a call with a code, with the interface alone; and sounds that are uploaded, spoken and heard.
// Over 5 s: a browser and a server, and real calls take the time that people talk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromNothingProofs } from "./from-nothing.ts";
import { sceneWith } from "./scene.ts";
import { microphoneFile, soundProofs } from "./sound-proof.ts";

const COMPANY = `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { webhookAllowedNetworks: ["127.0.0.0/8"] }
trunks:
  - { name: Carrier, kind: peer, hosts: ["sip:192.0.2.1"], acceptFrom: ["127.0.0.1/32"], probeSeconds: 0 }
`;

const scene = sceneWith(COMPANY, {
  flags: (folder) => [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${microphoneFile(folder)}`,
  ],
});

soundProofs(scene);
// Its code is asked for by one of those sounds.
fromNothingProofs(scene);

test("nothing was asked of anybody else, nothing was stopped by the policy, nothing broke", {
  skip: scene.skip,
}, () => {
  assert.deepEqual(scene.opened().wrongs, []);
});
