// The engine of scenarios keeps the contract as far as it can. It has no sockets, so that a scenario's time is virtual.

import { systemClock } from "../../src/runtime/clock.ts";
import { FakeMedia } from "../fakes/fake-media.ts";
import { withoutIpv6 } from "../support/rtpengine.ts";
import { mediaEngineContract } from "./media-engine.suite.ts";
import { ODD_FILES } from "./media-odd-files.suite.ts";

/** Cases in which somebody hears something, or keys come with the sound: it neither sends nor hears a packet. */
const HEARD = [
  "IPv6",
  "a party with IPv6 and one with IPv4 hear each other",
  "an offer of ours, without anything known before (delayed offer)",
  "a later answer to the same offer replaces the earlier one",
  "T4: sound at an address of another family than ours is refused with 488, in a sentence",
  "a message is heard in PCMU, in step, and ends once",
  "a message is heard in PCMA, in step, and ends once",
  "a message is heard in G.722, in step, and ends once",
  "a sound that replaces another is what is heard, and only its end is told",
  "a sound that is stopped is over at once and tells nothing",
  "tones go on until they are stopped",
  "keys by telephone-event 101 are told once each",
  "keys by telephone-event 96 are told once each",
  "a key of which all end packets are lost is told",
  "keys as tones are told only while they are listened for",
  "a tone that is held while one prompt follows the other is told once",
  "tones of a party that has telephone-event are told as tones",
  "speech is no key",
  "between messages the stream goes on in PCMU, in step",
  "between messages the stream goes on in PCMA, in step",
  "between messages the stream goes on in G.722, in step",
  "who is listened to gets it before anything has played",
  "nobody else gets it",
  "message, tone, bridge: nothing is missing until the other is heard",
  "it stops while the party holds, and at its release",
  "two parties hear each other: PCMU both",
  "two parties hear each other: PCMA both",
  "two parties hear each other: G.722 both",
  "two parties hear each other: PCMA and PCMU",
  "two parties hear each other: PCMU and PCMA",
  "two parties hear each other: G.722 and PCMA",
  "before the bridge and after it nobody hears the other",
  "keys go through the bridge, each with the number that its receiver knows",
  "what plays at a bridged end is heard in place of the other party, and then the other again",
  "what plays at a bridged end goes on where the bridge is taken apart, and its end is told",
  "what plays at a bridged end goes on where the other end is released, and its end is told",
  "a bridge stops what plays at either end",
  "prompt, ringback, conversation: the caller hears one stream after the other",
  "of two legs the one that is bridged is heard",
  "hold by sendonly, and back again",
  "hold by inactive, and back again",
  "hold by c=0.0.0.0, and back again",
  "a tone at a party that holds goes on when it comes back",
  "a party that moves is heard and hears at its new address",
  "a party changes its codec in the middle of a call",
  "a re-offer that cannot be used changes nothing",
  "packets of a stranger do not reach the other party",
  "M6: a phone that is reached where it says holds with c=0.0.0.0 for seconds, and hears and is heard when it is back",
  "M6: a phone behind NAT holds with c=0.0.0.0 for seconds, and hears and is heard when it is back",
  "M8: music of a party that holds with c=0.0.0.0 is heard",
  "M8: who is held in silence hears the tone of hold, until music comes or nobody holds",
  "M8: after a NAT has given a phone another port it is heard and hears by itself",
  "M9: sound follows a party at once to a place that speaks, though the old stream lingers",
  "M9: sound follows a party at once to a place that says nothing yet, though the old stream lingers",
  "M9: sound follows a party at once to a place that falls silent, though the old stream lingers",
  "M7: one codec under two numbers: each gets its own",
  "M7: keys that are sent with the number of our offer arrive with the receiver's",
  "M8: comfort noise does not come to a party that never agreed to it",
  "the end of a call tells what went through; a second end is the same",
  "after its end a call refuses everything in a sentence",
  "an end that was released can be described anew",
  "M5: a message in PCMU leaves evenly",
  "M5: a message in PCMA leaves evenly",
  "M5: a message in G.722 leaves evenly",
  "M5: the ringback tone leaves evenly, from one round to the next",
  "M5: the busy tone leaves evenly, from one round to the next",
  "M5: a message that takes the place of a tone leaves evenly",
];

/** It opens no files. */
const READ = ["a message that is not there is told in a sentence"];

mediaEngineContract({
  name: "fake",
  skip: false,
  withoutIpv6,
  can: { oneSsrc: true, keyWithoutEnd: true, tonesBesideEvents: true, countsSent: true, keepsGoing: true },
  cannot: [...HEARD, ...READ, ...ODD_FILES],
  open() {
    const engine = new FakeMedia(systemClock);
    return Promise.resolve({ engine, close: () => engine.close() });
  },
});
