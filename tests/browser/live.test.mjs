// What the one script adds.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, loggedIn } from "./support/browser.mjs";
import { world } from "./support/world.mjs";

let here;
let browser;
before(async () => {
  [here, browser] = await Promise.all([world(), launch()]);
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

test("numbers of the queue stay up to date until the button stops them", async () => {
  const visit = await loggedIn(browser, here.program, ["operator"]);
  const { page } = visit;
  await visit.go("/wachtrij");
  const button = page.locator("[data-stream-switch]");
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  const parked = page.locator("[data-live=geparkeerd]").first();
  await page.waitForFunction(() => document.querySelector("[data-live=geparkeerd]")?.textContent.trim() === "1");
  await here.program.run(["outbox", "retry", "--all", "--yes"]);
  await page.waitForFunction(() => document.querySelector("[data-live=geparkeerd]").textContent.trim() === "0");
  await button.click();
  assert.equal(await button.getAttribute("aria-pressed"), "false");
  const stood = await parked.textContent();
  here.notificaties.status = 400;
  await here.program.api("PATCH", `/klanten/api/v1/klanten/${here.at.klant}`, { functie: "lid" });
  await here.program.until("another is parked", async () => (await here.messages("parked")).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.equal(await parked.textContent(), stood, "nothing changes once it was stopped");
  visit.fair();
  await visit.close();
});

test("what is folded opens for the printer, and closes after it", async () => {
  const visit = await loggedIn(browser, here.program, ["lezer"]);
  const { page } = visit;
  await visit.go(`/klanten/${here.at.klant}`);
  const open = page.locator("details[open]");
  assert.equal(await open.count(), 0);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.ok(await open.count() > 0);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await open.count(), 0);
  visit.fair();
  await visit.close();
});
