// Everything works without JavaScript.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, loggedIn, visitor } from "./support/browser.mjs";
import { world } from "./support/world.mjs";

const without = { javaScriptEnabled: false };

let here;
let browser;
before(async () => {
  [here, browser] = await Promise.all([world(), launch()]);
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

const somebody = (...roles) => loggedIn(browser, here.program, roles, without);

test("login, search, and a klant", async () => {
  const visit = await somebody("lezer");
  await visit.search("Waterland");
  await visit.page.getByRole("link", { name: /Fenna/ }).click();
  await visit.page.waitForURL(new RegExp(here.at.klant));
  assert.match(await visit.heading(), /Waterland/);
  assert.equal(await visit.page.locator(".js-only:visible").count(), 0, "nothing is shown that needs the script");
  visit.fair();
  await visit.close();
});

test("a form with an error: the focus lands on the summary", async () => {
  const visit = await visitor(browser, here.program, without);
  await visit.go("/inloggen");
  await visit.press("Inloggen");
  assert.match(await visit.page.title(), /^Fout: /);
  assert.equal(await visit.page.locator(":focus").getAttribute("id"), "fouten");
  visit.fair();
  await visit.close();
});

test("the queue, a message that is tried again, and a job", async () => {
  const visit = await somebody("operator");
  const { page } = visit;
  await visit.go("/wachtrij");
  assert.equal(await page.locator("[data-stream-switch]:visible").count(), 0, "nothing offers to go live");
  await visit.go(`/wachtrij/berichten/${here.at.geparkeerd}`);
  await page.getByRole("link", { name: "Opnieuw proberen" }).click();
  await visit.press("Opnieuw proberen");
  await here.program.until("it was accepted", async () => (await here.messages("parked")).length === 0);
  await visit.go("/taken/kanalen/nu");
  await visit.press("Nu uitvoeren");
  visit.fair();
  await visit.close();
});
