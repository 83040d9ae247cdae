// A real browser, and somebody who sits before it. What no page may do is noted all the time, not only where a test looks:
// errors and refusals of the content policy in the console, and requests to another place than the server.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.OPENKLANT_TEST_CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
// The browser writes a line when a page is answered with an error; those pages are meant.
const IS_MEANT = /the server responded with a status of (403|404|409|410|422|429) /;

export const launch = () => chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });

/** Opens a window at a program. `fair()` fails when something happened that may not happen. */
export async function visitor(browser, program, options = {}) {
  const context = await browser.newContext({
    baseURL: program.origin, locale: "nl-NL", timezoneId: "Europe/Amsterdam", viewport: { width: 1280, height: 800 },
    colorScheme: "light", reducedMotion: "reduce", ...options,
  });
  context.setDefaultTimeout(10_000);
  const complaints = [];
  const allowed = new Set([program.origin, ...(options.elsewhere ?? [])]);
  context.on("request", (request) => {
    if (!allowed.has(new URL(request.url()).origin)) complaints.push(`request to ${request.url()}`);
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !IS_MEANT.test(message.text())) {
      complaints.push(`console of ${message.page()?.url()}: ${message.text()}`);
    }
  });
  context.on("weberror", (error) => complaints.push(`script: ${error.error()}`));
  const page = await context.newPage();
  return {
    context,
    page,
    fair: () => assert.deepEqual(complaints, []),
    close: () => context.close(),
    /** Goes to a path below the site; gives the status. */
    go: async (path) => (await page.goto(`/beheer${path}`)).status(),
    heading: () => page.locator("h1").innerText(),
    /** Looks for something in the box on every page. */
    search: async (text) => {
      await page.getByRole("searchbox").fill(text);
      await Promise.all([
        page.waitForEvent("framenavigated"),
        page.getByRole("search").getByRole("button").click(),
      ]);
      await page.waitForLoadState();
    },
    /** Presses the button with this name that stands in the content, and waits for the page that it leads to. */
    press: async (name) => {
      await Promise.all([
        page.waitForEvent("framenavigated"),
        page.locator("main").getByRole("button", { name, exact: true }).click(),
      ]);
      await page.waitForLoadState();
    },
  };
}

/** Logs in with an account by the form. */
export async function logIn(visit, account) {
  const { page } = visit;
  if (!page.url().includes("/inloggen")) await visit.go("/inloggen");
  await page.getByLabel("Gebruikersnaam").fill(account.login);
  await page.getByLabel("Wachtwoord").fill(account.password);
  await page.getByLabel("Code").fill(account.code());
  await visit.press("Inloggen");
  assert.doesNotMatch(page.url(), /inloggen/);
}

/** A window of somebody who is logged in with these roles. */
export async function loggedIn(browser, program, roles, options) {
  const visit = await visitor(browser, program, options);
  await logIn(visit, await program.account(...roles));
  return visit;
}
