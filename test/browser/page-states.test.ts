// What a page shows when something on it is chosen, each state by its address: a step beside the list, its problem, a simulated call, a
// webhook that asks for a code. No fault of accessibility in either scheme, in both languages, wide and as a phone has it.
// Over 5 s: axe goes over each of them in both schemes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { needs } from "../interop/needs.ts";
import { isSoak } from "../support/depth.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { callPageProofs } from "./call-page.ts";
import { Opened } from "./opened.ts";
import { passwordProofs } from "./password-again.ts";
import { askFrom } from "./scene.ts";

const COMPANY = `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { webhookAllowedNetworks: ["127.0.0.0/8"], dialCountries: [NL] }
phones:
  - { extension: "215", name: Reception, password: correct-horse }
`;

const STEPS = [
  { type: "callerName", mode: "prepend", text: "Shop " },
  {
    type: "webhook",
    webhook: "Gate",
    success: [
      { type: "callerName", mode: "webhook" },
      { type: "variableDestination" },
      { type: "phone", phone: "215", ringSeconds: 20 },
    ],
    failed: [{ type: "hangUp", as: "busy" }],
  },
];
const GATE = {
  name: "Gate",
  callerIdForwarding: "caller",
  urlTemplate: "http://127.0.0.1:9/?code={code}",
  ivr: { timeoutSeconds: 10, attempts: 3 },
};
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Each language in each width in a soak; else what differs most. */
const LOOKS = [
  { language: "en", size: WIDE, always: true },
  { language: "nl", size: PHONE, always: true },
  { language: "en", size: PHONE, always: false },
  { language: "nl", size: WIDE, always: false },
] as const;

const skip = needs("chromium");
let server: TestServer;
let opened: Opened;
let page: Page;
const ask = askFrom(() => page);
const places = new Map<string, string>();

before(async () => {
  if (skip !== false) return;
  server = await startServer({ company: COMPANY });
  opened = await Opened.at(server);
  page = await opened.page(await opened.context());
  await opened.setUp(page);
});

after(async () => {
  await opened?.close();
  await server?.stop();
});

test("a plan that is right, one with a problem, and a webhook that asks for a code are there", {
  skip,
}, async () => {
  const made = async (where: string, body: unknown): Promise<string> =>
    ((await ask("POST", where, body)) as { readonly id: string }).id;
  const webhook = await made("/webhooks", GATE);
  const plan = await made("/plans", { name: "states", steps: STEPS });
  await made("/numbers", { number: "+31501234567", plan: "states" });
  const wrong = await made("/plans", { name: "states, wrong", steps: STEPS });
  await ask("PUT", `/plans/${wrong}/draft`, {
    name: "states, wrong",
    steps: [{ type: "phone", phone: "214", ringSeconds: 20 }, ...STEPS],
  });
  places.set("a step", `/plans/${plan}?step=1`);
  places.set("a step that shows what the webhook above says", `/plans/${plan}?step=2.1.2`);
  places.set("a step with a problem", `/plans/${wrong}?step=1`);
  places.set("a simulated call", `/plans/${plan}?simulate=1`);
  places.set("a webhook that asks for a code", `/webhooks/${webhook}`);
});

/** What is there when the state is. */
const SHOWN: Readonly<Record<string, string>> = {
  "a step": "[data-step='1'][data-selected]",
  "a step that shows what the webhook above says":
    "input:is([value='As the webhook says: Caller’s number'], [value='Als de webhook: Nummer van de beller'])",
  "a step with a problem": "[data-step='1'][data-selected][data-problem]",
  "a simulated call": "[data-step='2'][data-way=taken]",
  "a webhook that asks for a code": "input[value='10 s']",
};

for (const [state, shown] of Object.entries(SHOWN))
  for (const { language, size } of LOOKS.filter(({ always }) => isSoak || always))
    test(`${state}, ${language}, ${size.width} px: no fault in either scheme, and nothing is too wide`, {
      skip,
    }, async () => {
      await page.setViewportSize(size);
      await page.evaluate(`localStorage.setItem('switchhook.language', '${language}')`);
      try {
        await page.goto(server.http + (places.get(state) ?? ""));
        await page.locator(`html[lang=${language}]`).waitFor({ state: "attached" });
        await page.locator(shown).waitFor();
        await page.waitForLoadState("networkidle");
        await opened.assertClean(page, state);
        assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide");
      } finally {
        await page.evaluate("localStorage.removeItem('switchhook.language')");
        await page.setViewportSize(WIDE);
      }
    });

/** In the browser: what stands beside the button that publishes, and that itself. */
const PLACES =
  "[...[...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Publiceren').parentElement.children]";

test("what can be done with a plan stands in one row on a Dutch telephone of 360 px", { skip }, async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.evaluate("localStorage.setItem('switchhook.language', 'nl')");
  try {
    await page.goto(server.http + (places.get("a step") ?? "").replace(/\?.*/, ""));
    const last = page.getByRole("button", { name: "Publiceren" });
    await last.waitFor();
    const tops = await page.evaluate<
      readonly number[]
    >(`${PLACES}.filter(({ clientHeight }) => clientHeight > 0)
      .map((one) => one.getBoundingClientRect().top)`);
    assert.equal(tops.length, 5);
    assert.equal(new Set(tops).size, 1, tops.join(" "));
    const cut = await page.evaluate<
      readonly string[]
    >(`${PLACES}.flatMap((one) => [one, ...one.querySelectorAll("*")])
      .filter((one) => one.scrollWidth > one.clientWidth + 1).map(({ textContent }) => textContent)
      .filter((text) => text !== "" && text !== "Bel nu")`);
    assert.deepEqual(cut, [], "words that are cut off");
  } finally {
    await page.evaluate("localStorage.removeItem('switchhook.language')");
    await page.setViewportSize(WIDE);
  }
});

test("settings that are for administrators say so to a viewer, and those that there are not say that", {
  skip,
}, async () => {
  await page.route("**/api/v1/session", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), role: "viewer" } });
  });
  try {
    await page.goto(`${server.http}/settings/users`);
    await page.getByText("Your role may not see this.").waitFor();
    await page.goto(`${server.http}/settings/nothing`);
    await page.getByText("There is nothing at this address").waitFor();
  } finally {
    await page.unrouteAll({ behavior: "wait" });
  }
});

callPageProofs({ skip, opened: () => opened, server: () => server, page: () => page });
passwordProofs({ skip, opened: () => opened, server: () => server });
