// The company file and the interface, as ui.md §7 has them: each row of "File and interface".

import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import type { ApiBench } from "../../test/support/api.ts";
import { withCompanyApi } from "../../test/support/company-api.ts";
import { person } from "../../test/support/person.ts";
import { setMessage } from "../admin/change-audio.ts";
import type { FileDifference } from "../api/contract/company-file.ts";
import type { StoredAuditEntry } from "../model/audit.ts";
import type { Job } from "../model/job.ts";

interface Bench extends ApiBench {
  /** The company as a file. */
  exported(secrets?: "clear"): Promise<string>;
  apply(text: string, query?: string): ReturnType<ApiBench["ask"]>;
  diff(text: string, query?: string): Promise<FileDifference>;
  /** Changes the name of a phone, as the interface does. */
  rename(extension: string, name: string): Promise<number>;
}

function onBench(work: (bench: Bench) => Promise<void>, company: string | null = null): Promise<void> {
  return withCompanyApi({ company }, (api) => {
    const { ask, desk } = api;
    const apply: Bench["apply"] = (text, query = "") => ask("PUT", `/company?file=c.yaml${query}`, text);
    return work({
      ...api,
      apply,
      exported: async (secrets) =>
        String((await ask("GET", `/company${secrets === undefined ? "" : "?secrets=clear"}`)).body["text"]),
      diff: async (text, query = "") => {
        const { status, body } = await ask("POST", `/company/diff?file=c.yaml${query}`, text);
        assert.equal(status, 200, JSON.stringify(body));
        return body as unknown as FileDifference;
      },
      rename: async (extension, name) => {
        const id = desk.entities.get("phone", extension)?.id;
        return (await ask("PATCH", `/phones/${id}`, { name }, { "if-match": "*" })).status;
      },
    });
  });
}

function problemsOf(answer: { readonly body: Record<string, unknown> }): readonly string[] {
  const problems = answer.body["problems"] as readonly { readonly line: number; readonly message: string }[];
  return problems.map(({ line, message }) => `${line}: ${message}`);
}

test("an export is applied and changes nothing, masked or with its secrets; an export of that is the same text", () =>
  onBench(async ({ apply, exported, desk, diff }) => {
    assert.equal((await apply(COMPANY_TEXT)).status, 200);
    for (const secrets of [undefined, "clear"] as const) {
      const text = await exported(secrets);
      assert.match(text, /^basedOn: 1\nbasedOnMark: [0-9a-f]{12}$/m);
      const { applies, changes } = await diff(text);
      assert.deepEqual([applies, changes], [true, []]);
      const answer = await apply(text);
      assert.deepEqual([answer.status, answer.body["changes"], desk.entities.version], [200, [], 1]);
      assert.equal(await exported(secrets), text);
    }
  }));

test("an apply is a job while it is made, and can be looked at afterwards: done, or why not", () =>
  onBench(async ({ apply, ask }) => {
    assert.equal((await apply(COMPANY_TEXT)).status, 200);
    assert.equal((await apply(COMPANY_TEXT.replace("version: 1", "version: 7"))).status, 422);
    const { items } = (await ask("GET", "/jobs")).body as { items: readonly Job[] };
    assert.deepEqual(
      items.map(({ kind, about, by, state }) => [kind, about, by, state]),
      [
        ["applyFile", "c.yaml", "api-token", "failed"],
        ["applyFile", "c.yaml", "api-token", "done"],
      ],
    );
    assert.match(items[0]?.sentence ?? "", /version/);
    assert.deepEqual((await ask("GET", `/jobs/${items[1]?.id}`)).body, items[1]);
    const none = await ask("GET", "/jobs/none");
    assert.deepEqual([none.status, none.body["code"]], [404, "notFound"]);
  }));

test("what the file did not change stays as the interface made it; the difference says what an apply then does", () =>
  onBench(async ({ apply, exported, rename, diff, desk }) => {
    await apply(COMPANY_TEXT);
    const text = (await exported()).replace("name: Andrew Garza", "name: A. Garza");
    assert.equal(await rename("215", "Front desk"), 200);
    const { applies, sentences, changes, version, basedOn } = await diff(text);
    assert.deepEqual([applies, sentences, version, basedOn], [true, ["phone 216 changed"], 2, 1]);
    const [change] = changes;
    assert.deepEqual(
      [change?.kind, change?.key, change?.what, change?.secretChanged],
      ["phone", "216", "changed", false],
    );
    assert.match(text.split("\n")[(change?.place.line ?? 0) - 1] ?? "", /extension: "216"/);
    assert.doesNotMatch(JSON.stringify(changes), /battery-staple/);
    assert.deepEqual((await apply(text)).body["changes"], sentences);
    const names = desk.entities.all("phone").map(({ document }) => [document.name, document.password]);
    assert.deepEqual(names, [
      ["Front desk", "correct-horse"],
      ["A. Garza", "battery-staple"],
    ]);
  }));

test("Shows 2: what both changed is refused by name, who and when, and nothing is half done; overwrite takes the file", () =>
  onBench(async ({ apply, exported, rename, diff, desk }) => {
    await apply(COMPANY_TEXT);
    const text = (await exported())
      .replace("name: Reception", "name: Desk")
      .replace("name: Sales", "name: Shop");
    await rename("215", "Front desk");
    const difference = await diff(text);
    assert.deepEqual([difference.applies, difference.sentences], [false, ["group 300 changed"]]);
    const [conflict] = difference.conflicts;
    assert.deepEqual(
      [conflict?.kind, conflict?.key, conflict?.here, conflict?.changedBy],
      ["phone", "215", "changed", "api-token"],
    );
    const nameOf = (document: unknown) => (document as { readonly name: string }).name;
    assert.deepEqual([conflict?.base, conflict?.now, conflict?.file].map(nameOf), [
      "Reception",
      "Front desk",
      "Desk",
    ]);
    const refused = await apply(text);
    assert.deepEqual([refused.status, refused.body["code"]], [409, "companyFileConflicts"]);
    const [sentence = ""] = problemsOf(refused);
    assert.match(
      sentence,
      /^\d+: Phone 215 was changed here by api-token on \d{4}-\d\d-\d\d \d\d:\d\d UTC, and in this file as well\.$/,
    );
    assert.match(text.split("\n")[Number.parseInt(sentence, 10) - 1] ?? "", /extension: "215"/);
    assert.deepEqual([desk.entities.version, desk.entities.get("group", "300")?.document.name], [2, "Sales"]);
    assert.deepEqual((await apply(text, "&overwrite=true")).body["changes"], [
      "phone 215 changed",
      "group 300 changed",
    ]);
    assert.equal(desk.entities.get("phone", "215")?.document.name, "Desk");
  }));

test("a hand-written file is taken onto nothing, or where only files have changed things; else it is told how to go on", () =>
  onBench(async ({ apply, rename, diff, desk }) => {
    const more = COMPANY_TEXT.replace("Reception", "Desk");
    assert.equal((await apply(COMPANY_TEXT)).status, 200);
    assert.equal((await apply(more)).status, 200);
    await rename("216", "Andrew");
    // It changes nothing, so it undoes nothing.
    assert.equal((await apply(more.replace("Andrew Garza", "Andrew"))).status, 200);
    await rename("216", "A. Garza");
    const refused = await apply(COMPANY_TEXT);
    assert.deepEqual([refused.status, refused.body["code"]], [409, "companyFileConflicts"]);
    assert.match(problemsOf(refused)[0] ?? "", /basedOn.*phone 216, by api-token on .*--overwrite/);
    assert.deepEqual((await diff(COMPANY_TEXT)).applies, false);
    assert.equal((await apply(COMPANY_TEXT, "&overwrite=true")).status, 200);
    assert.equal(desk.entities.get("phone", "216")?.document.name, "Andrew Garza");
  }));

test("N11: a message that was added by command or on screen stays when a file is applied that never named it", () =>
  onBench(async ({ apply, exported, diff, desk }) => {
    await apply(COMPANY_TEXT);
    const text = (await exported()).replace("name: Sales", "name: Shop");
    const sound = { content: "0".repeat(64), durationMs: 1000 };
    for (const message of [
      { name: "holiday", file: "holiday.wav" },
      { name: "closed", text: "We are closed.", language: "en" },
    ])
      assert.ok((await setMessage(desk, message, sound, person("switchhook audio"))).ok);
    const names = () =>
      desk.entities
        .all("audioMessage")
        .map(({ document }) => document.name)
        .toSorted();
    assert.deepEqual(names(), ["closed", "holiday"]);
    assert.deepEqual((await diff(text)).sentences, ["group 300 changed"]);
    assert.equal((await apply(text)).status, 200);
    assert.deepEqual(names(), ["closed", "holiday"]);
    // By hand, without what it was made of: it is refused, and what it would take away is said before.
    assert.match(problemsOf(await apply(COMPANY_TEXT))[0] ?? "", /--overwrite, which undoes/);
    const { sentences } = await diff(COMPANY_TEXT, "&overwrite=true");
    for (const name of ["closed", "holiday"])
      assert.ok(sentences.includes(`audio message ${name} removed`), sentences.join());
    assert.deepEqual(names(), ["closed", "holiday"]);
  }));

test("a file of another installation, or of a version that is none, is not laid beside what is here", () =>
  onBench(async ({ apply, exported, rename }) => {
    await apply(COMPANY_TEXT);
    await rename("215", "Front desk");
    const text = (await exported()).replace("name: Sales", "name: Shop");
    const other = await apply(text.replace(/basedOnMark: \w+/, "basedOnMark: 0123456789ab"));
    assert.match(problemsOf(other)[0] ?? "", /^6: The file was made of version 2 of another installation/);
    const later = await apply(text.replace("basedOn: 2", "basedOn: 9"));
    assert.match(problemsOf(later)[0] ?? "", /^5: There is no version 9 here yet; the newest is 2\./);
    assert.equal((await apply(text)).status, 200);
  }));

test("keptIn: file: the interface changes nothing, drafts are made; taken over, it does again", () =>
  onBench(async ({ apply, exported, rename, ask, desk }) => {
    const kept = COMPANY_TEXT.replace("version: 1\n", "version: 1\nkeptIn: file\n");
    assert.equal((await apply(kept)).status, 200);
    const state = (await ask("GET", "/company/state")).body;
    const { file, ...more } = state["keptIn"] as { readonly file: string };
    assert.deepEqual([file, Object.keys(more)], ["c.yaml", ["appliedAt", "appliedBy"]]);
    assert.deepEqual((await ask("GET", "/session")).body["keptIn"], state["keptIn"]);
    const phone = desk.entities.get("phone", "215")?.id;
    const refused = await ask("PATCH", `/phones/${phone}`, { name: "x" }, { "if-match": "*" });
    assert.deepEqual([refused.status, refused.body["code"]], [409, "keptInFile"]);
    assert.deepEqual(refused.body["keptIn"], state["keptIn"]);
    assert.match(
      String(refused.body["detail"]),
      /^This is kept in c\.yaml, applied .* by api-token: change it there/,
    );
    assert.equal((await ask("POST", "/phones", { extension: "230", name: "x" })).status, 409);
    assert.equal((await ask("DELETE", `/phones/${phone}`, undefined, { "if-match": "*" })).status, 409);
    const plan = desk.entities.get("plan", "main");
    const document = { ...plan?.document, steps: [{ type: "phone", phone: "216" }] };
    const draft = await ask("PUT", `/plans/${plan?.id}/draft`, document, { "if-match": '"0"' });
    assert.equal(draft.status, 200);
    const published = await ask("POST", `/plans/${plan?.id}/publish`, { note: "" });
    assert.deepEqual([published.status, published.body["code"]], [409, "keptInFile"]);
    assert.match(await exported(), /^keptIn: file$/m);
    // The file goes on to change it, without saying what it is based on.
    assert.equal((await apply(kept.replace("Reception", "Desk"))).status, 200);
    const taken = await ask("POST", "/company/take-over", undefined);
    assert.deepEqual([taken.status, taken.body["keptIn"]], [200, null]);
    assert.equal((await ask("GET", "/session")).body["keptIn"], undefined);
    assert.equal(await rename("215", "Front desk"), 200);
    assert.doesNotMatch(await exported(), /keptIn/);
    const audit = (await ask("GET", "/audit")).body["items"] as readonly StoredAuditEntry[];
    assert.deepEqual(
      audit.slice(0, 2).map(({ what }) => what),
      ["configuration", "takeOver"],
    );
    assert.ok(audit.length > 3);
    for (const { what, from } of audit) assert.equal(from, "127.0.0.1", `I11: ${what} says from where`);
  }));

test("a plan that the file publishes under an open draft: the draft is told that it was made of an earlier version", () =>
  onBench(async ({ apply, ask, desk }) => {
    await apply(COMPANY_TEXT);
    const plan = desk.entities.get("plan", "main");
    const document = { ...plan?.document, steps: [{ type: "phone", phone: "216" }] };
    await ask("PUT", `/plans/${plan?.id}/draft`, document, { "if-match": '"0"' });
    await apply(COMPANY_TEXT.replace("CRM down: ", "No CRM: "));
    const published = await ask("POST", `/plans/${plan?.id}/publish`, { note: "" });
    assert.deepEqual([published.status, published.body["code"]], [412, "stale"]);
    assert.doesNotMatch(JSON.stringify((await ask("GET", "/company")).body), /"216".*phone: "216"/);
  }));

test("was: a thing gets another name and stays the same thing; a wrong one is told at its line", () =>
  onBench(async ({ apply, desk, diff }) => {
    await apply(COMPANY_TEXT);
    const id = desk.entities.get("phone", "215")?.id;
    const renamed = COMPANY_TEXT.replaceAll('"215"', '"230"').replace(
      '{ extension: "230", name: Reception, password: correct-horse }',
      '{ extension: "230", was: "215", name: Reception }',
    );
    assert.deepEqual(
      (await diff(renamed)).changes.map(({ key, what }) => `${key} ${what}`),
      ["230 renamed", "300 changed", "main changed"],
    );
    assert.equal((await apply(renamed)).status, 200);
    const now = desk.entities.get("phone", "230");
    assert.deepEqual([now?.id, now?.document.password], [id, "correct-horse"]);
    assert.deepEqual((await apply(renamed)).body["changes"], []);
    const wrong = await apply(renamed.replace('was: "215"', 'was: "216"'));
    assert.equal(wrong.status, 422);
    assert.equal(problemsOf(wrong)[0], '11: It cannot have been "216", for that is in this file as well.');
  }));

test("a file and what was changed here that do not fit each other: refused by name, and nothing is changed", () =>
  onBench(async ({ apply, exported, ask, desk, diff }) => {
    await apply(COMPANY_TEXT);
    const text = (await exported())
      .replace(/ {2}- extension: "216"\n(?: {4}.*\n)*/, "")
      .replace(', "216"', "");
    assert.deepEqual((await diff(text)).sentences, ["phone 216 removed", "group 300 changed"]);
    const document = { name: "new", steps: [{ type: "phone", phone: "216" }] };
    assert.equal((await ask("POST", "/plans", document)).status, 201);
    const { applies, refusals } = await diff(text);
    assert.deepEqual([applies, refusals.map(({ code }) => code)], [false, ["editRefused"]]);
    const refused = await apply(text);
    assert.equal(refused.status, 422);
    assert.match(problemsOf(refused)[0] ?? "", /Phone 216 is used by plan "new"\. Nothing was changed\.$/);
    assert.ok(desk.entities.get("phone", "216") !== undefined);
  }));

test("two publishes at once: one version, the other is told; two changes of one thing at once: one is stale", () =>
  onBench(async ({ apply, ask, desk }) => {
    await apply(COMPANY_TEXT);
    const plan = desk.entities.get("plan", "main");
    const document = { ...plan?.document, steps: [{ type: "phone", phone: "216" }] };
    await ask("PUT", `/plans/${plan?.id}/draft`, document, { "if-match": '"0"' });
    const publish = () => ask("POST", `/plans/${plan?.id}/publish`, { note: "" });
    const [one, other] = (await Promise.all([publish(), publish()])).toSorted((a, b) => a.status - b.status);
    assert.deepEqual([one?.status, other?.status, other?.body["code"]], [200, 409, "nothingToPublish"]);
    assert.equal(desk.entities.get("plan", "main")?.revision, (plan?.revision ?? 0) + 1);
    const phone = desk.entities.get("phone", "215");
    const rename = (name: string) =>
      ask("PATCH", `/phones/${phone?.id}`, { name }, { "if-match": `"${phone?.revision}"` });
    const answers = await Promise.all([rename("one"), rename("two")]);
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [200, 412],
    );
    const lost = answers.find(({ status }) => status === 412)?.body ?? {};
    assert.deepEqual([lost["code"], lost["changedBy"]], ["stale", "api-token"]);
  }));
