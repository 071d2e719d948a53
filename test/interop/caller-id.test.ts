// Whom the called side sees: the webhook's name, and the number in the form that the webhook or the step asks for,
// in the way that each trunk profile carries it. And what it must not see: anything else of the caller's side.
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  type CompanyParts,
  companyText,
  PASSWORD,
  ringPhone,
  webhook,
  webhookStep,
} from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, displayName, header, headerLines, headers, user } from "../support/sip-text.ts";
import { registerPhone, type Sipp, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp");

const CALLER = "+31612345678";
const NAME = "Jansen & Co";
const OUTSIDE = "+31502102544";
const FORMS = ["caller", "called", "suppressed"] as const;
type Form = (typeof FORMS)[number];
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/** Numbers whose calls ring phone 215, and numbers whose calls go out by the trunk, by form. */
const toPhone: Readonly<Record<Form, string>> = {
  caller: "+31501000001",
  called: "+31501000002",
  suppressed: "+31501000003",
};
const toTrunk: Readonly<Record<Form, string>> = {
  caller: "+31501000011",
  called: "+31501000012",
  suppressed: "+31501000013",
};
const ownSetting = "+31501000021";

const caller = ownAddress();
const carrier = ownAddress();
const at215 = ownAddress();
let server: TestServer;
let receiver: Receiver;

function company(parts: Pick<CompanyParts, "callerIdProfile" | "trusted" | "numberFormat">): string {
  const phoneSteps = ["{ type: callerName, mode: webhook }", ringPhone("215")];
  const trunkSteps = [
    "{ type: callerName, mode: webhook }",
    `{ type: fixedDestination, number: "${OUTSIDE}" }`,
  ];
  const own = `{ type: fixedDestination, number: "${OUTSIDE}", callerIdForwarding: suppressed }`;
  return companyText({
    caller,
    carrier,
    ...parts,
    webhooks: FORMS.map((form) => webhook(form, receiver.address, `, callerIdForwarding: ${form}`)),
    routes: Object.fromEntries([
      ...FORMS.map((form) => [toPhone[form], [webhookStep(form, phoneSteps)]] as const),
      ...FORMS.map((form) => [toTrunk[form], [webhookStep(form, trunkSteps)]] as const),
      [ownSetting, [webhookStep("caller", [own])]],
    ]),
  });
}

before(async () => {
  if (skip !== false) return;
  receiver = await Receiver.start((_query, _request, response) => {
    response.end(`status=ACK&callername=${encodeURIComponent(NAME)}`);
  });
  server = await startServer({ company: company({}) });
  await registerPhone(at215, `${server.address}:5060`, { extension: "215", password: PASSWORD });
});

after(async () => {
  await stopEverySipp();
  await server?.stop();
  await receiver?.kill();
});

interface Placed {
  readonly invite: string;
  readonly from: Sipp;
  readonly to: Sipp;
}

/** One call; the INVITE as the called SIPp got it. */
async function place(dialled: string, callee: string, own = CALLER, name = '"Own Name" '): Promise<Placed> {
  const at = `${server.address}:5060`;
  const to = await sippCallee("phone-answers", { at: callee, server: at });
  const from = sippCaller("caller-answered", {
    at: caller,
    server: at,
    rows: [[dialled, own, name]],
    pauseMs: 20,
  });
  await from.succeeded();
  await to.succeeded();
  return { invite: to.received("INVITE")[0] ?? "", from, to };
}

function identity(invite: string): {
  from: string;
  asserted: string;
  privacy: string;
  diversion: readonly string[];
} {
  return {
    from: header(invite, "From").replace(/;tag=.*/, ""),
    asserted: header(invite, "P-Asserted-Identity"),
    privacy: header(invite, "Privacy"),
    diversion: headers(invite, "Diversion"),
  };
}

describe("a phone", { skip }, () => {
  for (const form of FORMS) {
    test(`sees: ${form}`, async () => {
      const { invite } = await place(toPhone[form], at215);
      const { from, asserted, privacy } = identity(invite);
      if (form === "suppressed") {
        assert.deepEqual({ from, asserted, privacy }, { from: ANONYMOUS, asserted: "", privacy: "id" });
        assert.doesNotMatch(invite, /612345678|Jansen/);
        return;
      }
      const shown = form === "caller" ? CALLER : toPhone.called;
      assert.deepEqual([displayName(from), user(from)], [NAME, shown]);
      assert.deepEqual([displayName(asserted), user(asserted)], [NAME, shown]);
      assert.equal(privacy, "");
      if (form === "called") assert.doesNotMatch(invite, /612345678/);
    });
  }
});

describe("a trunk", { skip }, () => {
  const diverted = (did: string): readonly string[] => [`<sip:${did}@pbx>;reason=unconditional`];

  test("profile from: the number that is asked for stands in From", async () => {
    for (const form of FORMS) {
      const { invite } = await place(toTrunk[form], carrier);
      const { from, asserted, privacy, diversion } = identity(invite);
      assert.equal(user(invite), OUTSIDE);
      assert.deepEqual(diversion, diverted(toTrunk[form]));
      assert.equal(asserted, "");
      assert.equal(privacy, form === "suppressed" ? "id" : "");
      if (form === "suppressed") assert.equal(from, ANONYMOUS);
      else
        assert.deepEqual(
          [displayName(from), user(from)],
          [NAME, form === "caller" ? CALLER : toTrunk.called],
        );
      if (form !== "caller") assert.doesNotMatch(invite, /612345678/, form);
    }
  });

  test("a step's own setting goes before the webhook's", async () => {
    const { invite } = await place(ownSetting, carrier);
    assert.equal(identity(invite).from, ANONYMOUS);
    assert.doesNotMatch(invite, /612345678/);
  });

  test("profile pAssertedIdentity: own number in From, the caller asserted", async () => {
    await server.apply(company({ callerIdProfile: "pAssertedIdentity" }));
    const shown = identity((await place(toTrunk.caller, carrier)).invite);
    assert.equal(user(shown.from), toTrunk.caller);
    assert.deepEqual([displayName(shown.asserted), user(shown.asserted)], [NAME, CALLER]);
    assert.deepEqual(shown.diversion, diverted(toTrunk.caller));
    const hidden = await place(toTrunk.suppressed, carrier);
    assert.equal(identity(hidden.invite).from, ANONYMOUS);
    assert.doesNotMatch(hidden.invite, /612345678/);
  });

  test("inside the trust domain the true number travels in P-Asserted-Identity (RFC 3325)", async () => {
    await server.apply(company({ callerIdProfile: "pAssertedIdentity", trusted: true }));
    const { from, asserted, privacy } = identity((await place(toTrunk.suppressed, carrier)).invite);
    assert.equal(from, ANONYMOUS);
    assert.equal(user(asserted), CALLER);
    assert.equal(privacy, "id");
  });

  test("profile remotePartyId", async () => {
    await server.apply(company({ callerIdProfile: "remotePartyId" }));
    const { invite } = await place(toTrunk.caller, carrier);
    const remote = header(invite, "Remote-Party-ID");
    assert.deepEqual([displayName(remote), user(remote)], [NAME, CALLER]);
    assert.match(remote, /;party=calling;privacy=off;screen=yes$/);
    assert.equal(identity(invite).asserted, "");
  });

  test("number formats", async () => {
    const wanted = { e164: ["31502102544", "31612345678"], national: ["0502102544", "0612345678"] } as const;
    for (const format of ["e164", "national"] as const) {
      await server.apply(company({ numberFormat: format }));
      const { invite } = await place(toTrunk.caller, carrier);
      assert.deepEqual([user(invite), user(header(invite, "From"))], wanted[format]);
    }
  });

  test("an anonymous caller stays anonymous; the webhook's name is not told to the outside", async () => {
    await server.apply(company({}));
    const { invite } = await place(toTrunk.caller, carrier, "anonymous", '"Anonymous" ');
    assert.equal(identity(invite).from, ANONYMOUS);
    assert.equal(identity(invite).privacy, "id");
    assert.doesNotMatch(invite, /Jansen/);
  });
});

describe("B11: what the called side learns of the caller's side", { skip }, () => {
  test("no Call-ID, tag, branch, host, contact, User-Agent or o= of the caller's leg, in either direction", async () => {
    await server.apply(company({}));
    const { from, to } = await place(toPhone.caller, at215);
    const crossing = [
      {
        seen: to.messages().filter(({ direction }) => direction === "in"),
        secrets: secretsOf(from, ["caller-contact", "Own Name", caller]),
      },
      {
        seen: from.messages().filter(({ direction }) => direction === "in"),
        secrets: secretsOf(to, ["phone@", at215]),
      },
    ];
    for (const { seen, secrets } of crossing) {
      assert.ok(seen.length >= 3);
      assert.ok(secrets.length >= 8, secrets.join(" "));
      for (const { text } of seen) {
        const [head, sdp] = [text.slice(0, text.indexOf("\r\n\r\n")), body(text)];
        for (const secret of secrets) assert.ok(!head.includes(secret), `${secret} stands in\n${head}`);
        // Media goes end to end, so the address of the media stays in c= (the m= line's own); o= is ours.
        assert.doesNotMatch(sdp, /^o=(caller-host|phone-host)|53655765|2353687637|6655 7788/m);
        assert.doesNotMatch(origin(sdp), new RegExp(secrets.at(-1)?.replaceAll(".", "\\.") ?? "-"));
      }
    }
  });
});

/** Everything on one leg that tells who or where its party is: what we find, and what is named (its address last). */
function secretsOf(party: Sipp, named: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const { direction, text } of party.messages()) {
    for (const [name, value] of headerLines(text)) {
      // What this party wrote, and the tags that the server gave it, belong to its leg alone.
      if (name === "Call-ID") found.add(value);
      for (const match of value.matchAll(/;(?:tag|branch)=([^;>\s]+)/g)) found.add(match[1] ?? "");
      if (direction === "out" && name === "User-Agent") found.add(value);
    }
  }
  return [...found, ...named];
}

function origin(sdp: string): string {
  return /^o=.*$/m.exec(sdp)?.[0] ?? "";
}
