// Logging in with an account of the organisation, through a real provider.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visitor } from "./support/browser.mjs";
import { isAccessible } from "./support/checks.mjs";
import { Program } from "./support/program.mjs";
import { provider } from "./support/provider.mjs";

let login;
let program;
let browser;
before(async () => {
  login = await provider("f.devries", { name: "F. de Vries", email: "f.devries@waterdam.example", groups: ["balie"] });
  [program, browser] = await Promise.all([Program.start({ settings: login.settings }), launch()]);
  await login.know(program);
});
after(async () => {
  await browser?.close();
  await program?.stop();
  login?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  test(`there, back to the page that was asked for, and out${javaScriptEnabled ? "" : ", without JavaScript"}`, async () => {
    // The only other place a browser may go: by a link, not by a form, which the content policy would stop.
    const visit = await visitor(browser, program, { javaScriptEnabled, elsewhere: [login.issuer] });
    const { page } = visit;
    await visit.go("/account");
    assert.match(page.url(), /\/beheer\/inloggen\?/);
    if (javaScriptEnabled) await isAccessible(page);
    await page.getByRole("link", { name: "Inloggen bij Gemeente Waterdam" }).click();
    await page.waitForURL(`${program.origin}/beheer/account`);
    const main = await page.locator("main").innerText();
    assert.match(main, /F\. de Vries/);
    assert.match(main, /lezer/);
    assert.equal(await page.getByRole("navigation", { name: "Hoofdmenu" }).getByRole("link", { name: "Wachtrij" }).count(), 0);
    assert.equal(await page.getByRole("searchbox").count(), 1);
    visit.fair();
    await visit.close();
  });
}

test("who says no at the provider is told that nothing happened", async () => {
  const visit = await visitor(browser, program, { elsewhere: [login.issuer] });
  const { page } = visit;
  await login.be({ refuse: true });
  await visit.go("/inloggen");
  await page.getByRole("link", { name: "Inloggen bij Gemeente Waterdam" }).click();
  await page.waitForURL(/\/beheer\/inloggen/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "melding");
  await isAccessible(page);
  await login.be({ refuse: false });
  visit.fair();
  await visit.close();
});

test("when the provider is not there, the page says so, with the local form below", async () => {
  const alone = await Program.start({ settings: { ...login.settings, OPENKLANT_BEHEER_OIDC_ISSUER: "http://127.0.0.1:1" } });
  await alone.account("lezer");
  const visit = await visitor(browser, alone);
  const { page } = visit;
  await visit.go("/inloggen");
  await page.getByRole("link", { name: "Inloggen bij Gemeente Waterdam" }).click();
  await page.waitForURL(/\/beheer\/inloggen/);
  assert.match(await page.locator("main").innerText(), /De inlogdienst is niet bereikbaar/);
  assert.equal(await page.getByLabel("Gebruikersnaam").count(), 1);
  await isAccessible(page);
  await visit.close();
  await alone.stop();
});
