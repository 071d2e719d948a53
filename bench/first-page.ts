import { Chromium, type Cookie } from "./chromium.ts";
import { GOALS, type Goal, type PartResult } from "./goals.ts";
import { median } from "./median.ts";
import { progress } from "./progress.ts";
import { Rig } from "./rig.ts";

const ROUNDS = 7;
const MOST_MS = 1000;

interface FirstPage {
  readonly goal: Goal;
  readonly path: string;
  readonly isSignedIn: boolean;
  readonly isThere: string;
}

const PAGES: readonly FirstPage[] = [
  {
    goal: GOALS.signInPage,
    path: "/login",
    isSignedIn: false,
    isThere: `document.querySelector("form button[type=submit]") !== null`,
  },
  {
    goal: GOALS.homePage,
    path: "/",
    isSignedIn: true,
    isThere: `document.querySelector("main dl dd") !== null`,
  },
];

/** How soon a browser that has never been here shows what a visit begins with, server and browser on this machine. */
export async function firstPagePart(): Promise<PartResult> {
  const rig = await Rig.start({ peers: false });
  try {
    const cookie = await signIn(rig);
    const browser = await Chromium.start();
    try {
      return await measure(browser, rig.http, cookie);
    } finally {
      await browser.close();
    }
  } finally {
    await rig.stop();
  }
}

async function measure(browser: Chromium, http: string, cookie: Cookie): Promise<PartResult> {
  const times = PAGES.map((): number[] => []);
  // The first round is for the server, which has never sent these files either; it is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [at, { path, isSignedIn, isThere }] of PAGES.entries()) {
      const url = new URL(path, http).href;
      const ms = await browser.visit({ url, isThere, cookie: isSignedIn ? cookie : undefined });
      progress(`page: ${path} after ${ms.toFixed(0)} ms, round ${round} of ${ROUNDS}`);
      if (round > 0) times[at]?.push(ms);
    }
  }
  const rows = PAGES.map(({ goal }, at) => {
    const all = times[at] ?? [];
    const [least, most] = [Math.min(...all), Math.max(...all)];
    return {
      ...goal,
      measured: `${median(all).toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)}, median of ${ROUNDS})`,
      holds: median(all) < MOST_MS,
    };
  });
  return { rows, notes: [], failed: rows.some(({ holds }) => !holds) };
}

/** The first administrator, by the link that makes one; its session's cookie. */
async function signIn(rig: Rig): Promise<Cookie> {
  const link = await rig.ask("setup/link", undefined, {});
  const { secret } = (await link.json()) as { readonly secret: string };
  const answer = await rig.ask("setup", undefined, {
    secret,
    name: "admin",
    password: "several words are a password",
  });
  const [name = "", value = ""] = answer.headers.getSetCookie()[0]?.split(";")[0]?.split("=") ?? [];
  if (value === "") throw new Error(`no session: ${await answer.text()}`);
  return { name, value };
}
