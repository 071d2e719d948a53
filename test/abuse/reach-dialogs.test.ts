// Over 5 s: each way to name an address is tried with each target.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Capture, needsCapture } from "../support/capture.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headers, kind } from "../support/sip-text.ts";
import { type Place as At, authorization, Party, type Shape, sdp, token } from "./parts/party.ts";
import { WAYS, type Way } from "./parts/pointing.ts";
import { Watch } from "./parts/watch.ts";

const caller = ownAddress();
const second = ownAddress();
const trunk = ownAddress();
const listed = ownAddress();
const third = ownAddress();
const us = ownAddress();

/** Where nothing may arrive, for whatever reason. */
const TARGETS = [
  { what: "ourselves", host: us, port: 5060, watched: false },
  { what: "another trunk", host: trunk, port: 5060, watched: true },
  { what: "a network that another trunk lists", host: listed, port: 5060, watched: true },
  { what: "a third party", host: third, port: 5060, watched: true },
  { what: "a third party's other port", host: third, port: 5090, watched: true },
  { what: "the metadata of a cloud", host: "169.254.169.254", port: 80, watched: false },
] as const;
type Target = (typeof TARGETS)[number];

/** Each target has two phones of its own, so that none sends more than a phone may. */
const EXTENSIONS = TARGETS.flatMap((_, at) => [String(230 + 2 * at), String(231 + 2 * at)]);
const numberOf = (extension: string): string => `+31501000${extension}`;
const company = companyText({
  caller,
  moreCallers: [second],
  morePhones: EXTENSIONS,
  routes: Object.fromEntries(EXTENSIONS.map((one) => [numberOf(one), [ringPhone(one, 5)]])),
})
  // Changes of a call go from one side to the other, so that they are requests of ours.
  .replaceAll(`password: ${PASSWORD} }`, `password: ${PASSWORD}, media: passThrough }`)
  .replace(
    "outbound:",
    `  - { name: premium, kind: peer, hosts: ["sip:${trunk}:5060"], acceptFrom: ["${trunk}/32", "${listed}/32"] }\noutbound:`,
  );

/** A party that answers what comes in the dialogs it is in. */
class Answering {
  readonly party: Party;
  readonly extension: string;
  /** What it writes into the responses to an INVITE. */
  status = 200;
  contact: string | undefined;
  recordRoute: string | undefined;
  /** The Contact of its 200 to a re-INVITE. */
  refreshed: string | undefined;

  constructor(party: Party, extension: string) {
    this.party = party;
    this.extension = extension;
    party.onRequest = (request, from) => void this.#answer(request, from);
  }

  /** The requests of one method that came here in a dialog or call. */
  of(method: string, callId: string): readonly string[] {
    return this.party.of(method).filter((text) => header(text, "Call-ID") === callId);
  }

  async #answer(request: string, from: At): Promise<void> {
    const method = kind(request);
    if (method === "ACK") return;
    const again = header(request, "To").includes("tag=");
    if (method !== "INVITE" || again)
      return this.#reply(request, from, 200, again ? this.refreshed : undefined);
    if (this.status < 300) await this.#reply(request, from, 180, this.contact);
    await this.#reply(request, from, this.status, this.contact);
  }

  async #reply(request: string, from: At, status: number, contact: string | undefined): Promise<void> {
    const to = header(request, "To");
    const body = kind(request) === "INVITE" && status === 200 ? sdp(this.party.address) : "";
    const fields = [
      ...headers(request, "Via").map((via) => `Via: ${via}`),
      `From: ${header(request, "From")}`,
      `To: ${to.includes("tag=") ? to : `${to};tag=${header(request, "Call-ID").slice(0, 12)}`}`,
      `Call-ID: ${header(request, "Call-ID")}`,
      `CSeq: ${header(request, "CSeq")}`,
      `Contact: ${contact ?? `<sip:${this.extension}@${this.party.address}:${this.party.port}>`}`,
      "Allow: INVITE, ACK, BYE, CANCEL, UPDATE",
      ...(this.recordRoute === undefined ? [] : [`Record-Route: ${this.recordRoute}`]),
      ...(body === "" ? [] : ["Content-Type: application/sdp"]),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    await this.party.send(`SIP/2.0 ${status} Whatever\r\n${fields.join("\r\n")}\r\n\r\n${body}`, from);
  }
}

/** The description of who has moved its sound to another port: more than a refresh (RFC 3264 §8). */
function moved(description: string): string {
  return description.replace("40000", "40004").replace("o=- 7 7", "o=- 7 8");
}

/** A dialog as the one sees it who speaks in it: how its requests begin. */
interface Speaking {
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
}

describe("X4, B10: packets arrive nowhere but where the guard says", () => {
  let server: TestServer;
  let capture: Capture | undefined;
  let from: Answering;
  let desk: Answering;
  const phones = new Map<string, Answering>();
  const watches = new Map<Target, Watch>();

  before(async () => {
    server = await startServer({ company, address: us });
    from = new Answering(await Party.open(caller), "trunk");
    desk = new Answering(await Party.open(ownAddress()), "216");
    assert.equal(await desk.party.register("216", PASSWORD, server), "200");
    for (const extension of EXTENSIONS) {
      const phone = new Answering(await Party.open(ownAddress()), extension);
      phones.set(extension, phone);
      await register(phone);
    }
    for (const target of TARGETS) {
      if (target.watched) watches.set(target, await Watch.open(target.host, target.port));
    }
    const others = [trunk, listed, third, "169.254.169.254"].map((host) => `dst host ${host}`).join(" or ");
    const ourselves = `(src host ${us} and dst host ${us} and not icmp)`;
    if (needsCapture() === false) capture = await Capture.start(`(${others} or ${ourselves}) and not icmp`);
  });
  after(async () => {
    await capture?.stop();
    const parties = [from, desk, ...phones.values()].map(({ party }) => party.close());
    await Promise.all([...parties, ...Array.from(watches.values(), (watch) => watch.close())]);
    await server.stop();
  });

  const plain = (extra: Partial<Shape>): Shape => ({
    method: "INVITE",
    from: `<sip:+31687654321@${caller}>;tag=${token()}`,
    callId: token(),
    body: sdp(caller),
    ...extra,
  });

  /** Calls a phone from the trunk; both ends of the dialogs, once the phone has its ACK. */
  async function callPhone(phone: Answering, extra: Partial<Shape> = {}) {
    const before = phone.party.heard.length;
    const shape = plain({ uri: `sip:${numberOf(phone.extension)}@${us}`, ...extra });
    const invite = from.party.write(shape, server);
    const answer = await from.party.exchange(invite, server);
    if (kind(answer) !== "200") return undefined;
    await from.party.send(from.party.ackOf(invite, answer), server);
    const rung = phone.party.heard.slice(before).find(({ text }) => kind(text) === "INVITE")?.text ?? "";
    const callId = header(rung, "Call-ID");
    await until("the ACK at the phone", () => phone.of("ACK", callId).length > 0);
    return { outer: speaking(invite, answer), inner: called(rung) };
  }

  /** A caller's side of a dialog. */
  function speaking(invite: string, answer: string): Speaking {
    return {
      uri: /<([^>]*)>/.exec(header(answer, "Contact"))?.[1] ?? "",
      from: header(invite, "From"),
      to: header(answer, "To"),
      callId: header(invite, "Call-ID"),
    };
  }

  /** A called party's side. */
  function called(invite: string): Speaking {
    const callId = header(invite, "Call-ID");
    return {
      uri: /<([^>]*)>/.exec(header(invite, "Contact"))?.[1] ?? "",
      from: `${header(invite, "To")};tag=${callId.slice(0, 12)}`,
      to: header(invite, "From"),
      callId,
    };
  }

  /** Says something in a dialog; it must be taken. */
  async function say(who: Answering, dialog: Speaking, shape: Shape): Promise<void> {
    const request = who.party.write({ ...dialog, ...shape }, server);
    const answer = await who.party.exchange(request, server);
    assert.equal(kind(answer), "200", answer);
    if (shape.method === "INVITE") await who.party.send(who.party.ackOf(request, answer), server);
  }

  /** A call in which the phone says it; all that is meant for the phone has to arrive at the phone. */
  async function saidByPhone(way: Way, value: string, phone: Answering): Promise<void> {
    const { place } = way;
    const registers = place.includes("registered") || place.includes("Path");
    if (registers) {
      const more: Partial<Shape> = place.includes("Path")
        ? { headers: [["Path", value]] }
        : { contact: value };
      await register(phone, more);
    }
    if (place.includes("180") || place.includes("302")) phone.contact = value;
    if (place.includes("302")) phone.status = 302;
    if (place.includes("Record-Route")) phone.recordRoute = value;
    if (place.includes("200 to our")) phone.refreshed = value;
    const call = await callPhone(phone);
    if (place.includes("302")) assert.equal(call, undefined);
    if (call !== undefined) {
      const { outer, inner } = call;
      const body = moved(sdp(phone.party.address));
      if (place.includes("UPDATE")) await say(phone, inner, { method: "UPDATE", cseq: 1, contact: value });
      if (place.endsWith("a phone's re-INVITE"))
        await say(phone, inner, { method: "INVITE", cseq: 1, contact: value, body });
      await say(from, outer, { method: "INVITE", cseq: 2, body: moved(sdp(caller)) });
      await until("our re-INVITE and its ACK at the phone", () => phone.of("ACK", inner.callId).length > 1);
      await say(from, outer, { method: "BYE", cseq: 3 });
      await until("our BYE at the phone", () => phone.of("BYE", inner.callId).length > 0);
    }
    phone.status = 200;
    phone.contact = undefined;
    phone.recordRoute = undefined;
    phone.refreshed = undefined;
    if (registers) await register(phone);
  }

  /** Registers the phone; an instance has one place, so that this takes that of the registration before (RFC 5626 §6). */
  async function register(phone: Answering, more: Partial<Shape> = {}): Promise<void> {
    const { extension, party } = phone;
    const contact = more.contact ?? `<sip:${extension}@${party.address}:${party.port}>`;
    const instance = `+sip.instance="<urn:uuid:00000000-0000-1000-8000-000000000${extension}>";reg-id=1`;
    const shape = { ...more, contact: `${contact};${instance}`, callId: token() };
    assert.equal(await party.register(extension, PASSWORD, server, shape), "200", contact);
  }

  /** A phone that calls phone 216, which hangs up: the BYE has to arrive at the calling phone. */
  async function saidByCallingPhone(way: Way, value: string, phone: Answering): Promise<void> {
    const before = desk.party.heard.length;
    const uri = `sip:216@${us}`;
    const shape = plain({
      uri,
      from: `<sip:${phone.extension}@${us}>;tag=${token()}`,
      ...(way.place.includes("Record-Route") ? { headers: [["Record-Route", value]] } : { contact: value }),
    });
    const challenge = await phone.party.ask(shape, server);
    const account = { username: phone.extension, password: PASSWORD, method: "INVITE", uri };
    const proof = ["Authorization", authorization(challenge, account)] as const;
    const invite = phone.party.write(
      { ...shape, cseq: 2, headers: [...(shape.headers ?? []), proof] },
      server,
    );
    const answer = await phone.party.exchange(invite, server);
    assert.equal(kind(answer), "200", answer);
    await phone.party.send(phone.party.ackOf(invite, answer), server);
    const shown = (text: string): boolean =>
      kind(text) === "INVITE" && header(text, "From").includes(`sip:${phone.extension}@`);
    const rung = desk.party.heard.slice(before).find(({ text }) => shown(text))?.text ?? "";
    await until("the ACK at 216", () => desk.of("ACK", header(rung, "Call-ID")).length > 0);
    await say(desk, called(rung), { method: "BYE", cseq: 1 });
    await until("our BYE at the calling phone", () => phone.of("BYE", header(invite, "Call-ID")).length > 0);
  }

  /** A trunk's call that the phone hangs up: the BYE has to arrive at that trunk. */
  async function saidByTrunk(way: Way, value: string, phone: Answering): Promise<void> {
    const { place } = way;
    const name = place.includes("Record-Route")
      ? "Record-Route"
      : place.includes("Route")
        ? "Route"
        : undefined;
    const again = place.includes("re-INVITE");
    const extra =
      name === undefined ? (again ? {} : { contact: value }) : { headers: [[name, value]] as const };
    const call = await callPhone(phone, extra);
    assert.ok(call !== undefined, `${place}: ${value}`);
    if (again) {
      const body = moved(sdp(caller));
      await say(from, call.outer, { method: "INVITE", cseq: 2, contact: value, body });
      await until("the re-INVITE at the phone", () => phone.of("ACK", call.inner.callId).length > 1);
    }
    await say(phone, call.inner, { method: "BYE", cseq: 5 });
    await until("our BYE at the trunk", () => from.of("BYE", call.outer.callId).length > 0);
  }

  test(`B10: ${WAYS.length} ways to name an address × ${TARGETS.length} targets`, async () => {
    const runs = await Promise.allSettled(
      TARGETS.map(async (target, at) => {
        for (const [number, way] of WAYS.entries()) {
          const phone = phones.get(EXTENSIONS[2 * at + (number % 2)] ?? "");
          assert.ok(phone);
          const value = way.spell(target.host, target.port);
          const { place } = way;
          try {
            if (place.includes("trunk's")) await saidByTrunk(way, value, phone);
            else if (place.includes("calling")) await saidByCallingPhone(way, value, phone);
            else await saidByPhone(way, value, phone);
          } catch (error) {
            throw new Error(`${place}, ${value}`, { cause: error });
          }
          assert.deepEqual(watches.get(target)?.heard ?? [], [], `${place}: ${value}`);
        }
      }),
    );
    for (const run of runs) if (run.status === "rejected") throw run.reason;
  });

  test("X4: a trunk's own dialog is led to another address of that trunk: there, and only there", async () => {
    const other = new Answering(await Party.open(second), "trunk");
    const phone = phones.get("230");
    assert.ok(phone);
    try {
      const call = await callPhone(phone, { contact: `<sip:gateway@${second}:5060>` });
      assert.ok(call);
      await say(phone, call.inner, { method: "BYE", cseq: 5 });
      await until(
        "our BYE at the trunk's second address",
        () => other.of("BYE", call.outer.callId).length > 0,
      );
      assert.deepEqual(from.of("BYE", call.outer.callId), []);
    } finally {
      await other.party.close();
    }
  });

  test("X4: the same address in a phone's dialog is a foreign one", async () => {
    const watch = await Watch.open(second);
    const phone = phones.get("230");
    assert.ok(phone);
    try {
      phone.contact = `<sip:+3190012345@${second}:5060>`;
      const call = await callPhone(phone);
      phone.contact = undefined;
      assert.ok(call);
      await say(from, call.outer, { method: "BYE", cseq: 2 });
      await until("our BYE at the phone", () => phone.of("BYE", call.inner.callId).length > 0);
      assert.deepEqual(watch.heard, []);
    } finally {
      await watch.close();
    }
  });

  test("X5: 300 stray answers after a call that failed: at most 32 are ended, all at who sent them", async () => {
    const phone = phones.get("231");
    assert.ok(phone);
    phone.status = 486;
    await callPhone(phone);
    phone.status = 200;
    const invite = phone.party.of("INVITE").at(-1) ?? "";
    const callId = header(invite, "Call-ID");
    const before = phone.of("ACK", callId).length;
    const stray = (who: Party, at: number): Promise<void> =>
      who.reply(invite, server, 200, {
        tag: `stray${at}`,
        headers: [["Record-Route", `<sip:${third}:5060;lr>`]],
        body: sdp(third),
      });
    const thief = await Party.open(ownAddress());
    try {
      for (let at = 0; at < 300; at++) {
        await stray(phone.party, at);
        if (at % 3 === 0) await stray(thief, 1000 + at);
      }
      // What was sent first has been looked at when this is answered.
      await phone.party.ask({ method: "OPTIONS" }, server);
      await until(
        "the BYEs",
        () => new Set(phone.of("BYE", callId).map((bye) => header(bye, "To"))).size === 32,
      );
      assert.equal(phone.of("ACK", callId).length - before, 32);
      assert.equal(phone.of("BYE", callId).length, 32);
      assert.deepEqual(thief.requests, [], "who was not asked gets nothing");
    } finally {
      await thief.close();
    }
  });

  test("B10: not one packet went to any of the targets", async () => {
    await server.callsOver();
    assert.ok(
      (await server.metric("switchhook_sip_messages_received_total")) > 500,
      "the tests before this one have sent what it looks for",
    );
    for (const [target, { heard }] of watches) assert.deepEqual(heard, [], target.what);
    if (capture !== undefined) assert.deepEqual(await capture.stop(), []);
  });
});
