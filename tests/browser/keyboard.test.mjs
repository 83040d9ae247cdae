// A whole journey without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visitor } from "./support/browser.mjs";
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

// Presses Tab until the focus is on something with this name; fails when it comes round.
async function tabTo(page, name) {
  for (let stops = 0; stops < 150; stops += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      return (one.labels?.[0]?.innerText ?? one.innerText ?? "").trim();
    });
    if (at === name || (name instanceof RegExp && name.test(at))) return;
  }
  assert.fail(`Tab never reaches ${name}`);
}

const enter = async (page, key = "Enter") => {
  await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press(key)]);
  await page.waitForLoadState();
};

test("log in, skip to the content, search, open a klant, have a message tried again, log out", async () => {
  const visit = await visitor(browser, here.program);
  const { page } = visit;
  const account = await here.program.account("lezer", "operator");
  await visit.go("/inloggen");
  await tabTo(page, "Gebruikersnaam");
  await page.keyboard.type(account.login);
  await page.keyboard.press("Tab");
  await page.keyboard.type(account.password);
  await page.keyboard.press("Tab");
  await page.keyboard.type(account.code());
  await enter(page);
  assert.equal(await visit.heading(), "Start");

  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "inhoud");

  await visit.go("/");
  await tabTo(page, "Zoek een klant of contactmoment");
  await page.keyboard.type("waterland");
  await enter(page);
  await tabTo(page, /Fenna/);
  await enter(page);
  assert.match(page.url(), new RegExp(here.at.klant));
  await tabTo(page, /^Toon de velden/);
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("details[open]").count() > 0, "what is folded opens");

  await visit.go(`/wachtrij/berichten/${here.at.geparkeerd}`);
  await tabTo(page, "Opnieuw proberen");
  await enter(page);
  await tabTo(page, "Opnieuw proberen");
  await enter(page, "Space");
  assert.match(await page.locator("[role=status]").first().innerText(), /\w/);
  await tabTo(page, "Uitloggen");
  await enter(page);
  assert.match(page.url(), /inloggen/);
  visit.fair();
  await visit.close();
});
