// Logging in and out with a local account.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, logIn, visitor } from "./support/browser.mjs";
import { Program, totp } from "./support/program.mjs";

let program;
let browser;
before(async () => {
  [program, browser] = await Promise.all([Program.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

test("the code is that of the standard", () => {
  // The secret "12345678901234567890" of RFC 6238, appendix B; of its eight digits the last six.
  assert.equal(totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59_000), "287082");
  assert.equal(totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1_111_111_109_000), "081804");
});

test("in with the second factor, pasted, to the page that was asked for, and out again", async () => {
  const account = await program.account("operator");
  const visit = await visitor(browser, program, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = visit;
  await visit.go("/account");
  assert.match(page.url(), /\/beheer\/inloggen\?/);
  assert.match(await page.title(), /^Inloggen/);
  for (const [label, text] of [["Gebruikersnaam", account.login], ["Wachtwoord", account.password], ["Code", account.code()]]) {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await page.getByLabel(label).focus();
    await page.keyboard.press("Control+V");
    assert.equal(await page.getByLabel(label).inputValue(), text, `${label} takes what is pasted`);
  }
  await visit.press("Inloggen");
  assert.equal(new URL(page.url()).pathname, "/beheer/account");
  assert.equal(await visit.heading(), "Uw account");
  await page.getByRole("banner").getByRole("button", { name: "Uitloggen" }).click();
  await page.waitForURL(/inloggen/);
  await visit.go("/account");
  assert.match(page.url(), /inloggen/, "the session is over");
  visit.fair();
  await visit.close();
});

test("what is wrong is said in a summary that has the focus", async () => {
  const account = await program.account("lezer");
  const visit = await visitor(browser, program);
  const { page } = visit;
  await visit.go("/inloggen");
  await page.getByLabel("Gebruikersnaam").fill(account.login);
  await page.getByLabel("Wachtwoord").fill("geen-goed-wachtwoord");
  await page.getByLabel("Code").fill(account.code());
  await visit.press("Inloggen");
  assert.match(await page.title(), /^Fout: /);
  assert.equal(await page.evaluate(() => document.activeElement.id), "fouten");
  assert.equal(await page.getByLabel("Gebruikersnaam").inputValue(), account.login);
  assert.equal(await page.getByLabel("Wachtwoord").inputValue(), "", "a password does not come back");
  await page.locator("#fouten a").click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "gebruiker");
  await logIn(visit, account);
  visit.fair();
  await visit.close();
});
