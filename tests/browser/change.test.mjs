// Changing what the register holds, on both databases.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onBoth } from "./support/both.mjs";
import { loggedIn } from "./support/browser.mjs";
import { BSN } from "./support/world.mjs";

onBoth((stage) => {
  const somebody = (roles, options) => loggedIn(stage.browser, stage.program, roles, options);
  const focus = (page) => page.evaluate(() => document.activeElement.id);

  for (const javaScriptEnabled of [true, false]) {
    test(`a beheerder changes a klant, mends an error first${javaScriptEnabled ? "" : ", without JavaScript"}`, async () => {
      const visit = await somebody(["beheerder"], { javaScriptEnabled });
      const { page } = visit;
      await visit.go(`/klanten/${stage.at.klant}`);
      await page.getByRole("link", { name: "Wijzigen" }).click();
      assert.doesNotMatch(await page.content(), new RegExp(BSN), "a form has no BSN");
      await page.locator("#telefoonnummer").fill("06-1111 2222");
      await page.locator("#emailadres").fill("geen adres");
      await visit.press("Opslaan");
      assert.match(await page.title(), /^Fout: /);
      assert.equal(await page.locator(":focus").getAttribute("id"), "fouten");
      assert.equal(await page.locator("#emailadres").inputValue(), "geen adres", "what was typed comes back");
      assert.equal(await page.locator("#emailadres").getAttribute("aria-invalid"), "true");
      assert.match(await page.locator("#emailadres").getAttribute("aria-describedby"), /emailadres-fout/);
      await page.locator("#fouten a").click();
      if (javaScriptEnabled) assert.equal(await focus(page), "emailadres");
      const address = `nieuw${javaScriptEnabled ? "" : "er"}@voorbeeld.example`;
      await page.locator("#emailadres").fill(address);
      await page.getByLabel(/^Toelichting voor het logboek/).fill("op verzoek");
      await visit.press("Opslaan");
      assert.match(await page.getByRole("status").first().innerText(), /De klant is opgeslagen/);
      const timeline = await page.getByRole("region", { name: "Tijdlijn" }).innerText();
      assert.match(timeline, new RegExp(address.replaceAll(".", "\\.")));
      assert.match(timeline, /F\. de Vries/);
      const klant = await stage.program.api("GET", `/klanten/api/v1/klanten/${stage.at.klant}`);
      assert.equal(klant.emailadres, address);
      visit.fair();
      await visit.close();
    });
  }

  test("two change the same field: the second sees three values and chooses", async () => {
    const [first, second] = await Promise.all([somebody(["beheerder"]), somebody(["beheerder"])]);
    for (const { go } of [first, second]) await go(`/klanten/${stage.at.klant}/wijzigen`);
    await first.page.locator("#functie").fill("erelid");
    await first.press("Opslaan");
    await second.page.locator("#functie").fill("voorzitter");
    await second.page.locator("#bedrijfsnaam").fill("Buurtvereniging Waterdam");
    await second.press("Opslaan");
    const { page } = second;
    assert.equal(await focus(page), "fouten");
    const main = await page.locator("main").innerText();
    assert.match(main, /intussen door iemand anders gewijzigd/);
    assert.match(main, /erelid/);
    assert.match(main, /voorzitter/);
    const own = page.getByRole("radio", { name: /voorzitter/ });
    assert.ok(await page.getByRole("radio", { name: /erelid/ }).isChecked(), "what the register has is chosen beforehand");
    await own.check();
    await second.press("Opslaan met deze keuzes");
    const klant = await stage.program.api("GET", `/klanten/api/v1/klanten/${stage.at.klant}`);
    assert.deepEqual([klant.functie, klant.bedrijfsnaam], ["voorzitter", "Buurtvereniging Waterdam"]);
    for (const visit of [first, second]) {
      visit.fair();
      await visit.close();
    }
  });

  test("a klant is made, and deleted after a question", async () => {
    const visit = await somebody(["beheerder"]);
    const { page } = visit;
    await visit.go("/klanten/nieuw");
    await page.getByLabel("Natuurlijk persoon", { exact: false }).first().check();
    await visit.press("Verder");
    await page.locator("#bronorganisatie").fill("517439943");
    await page.locator("#klantnummer").fill("K0077");
    await page.locator("#voornaam").fill("Nieuwe");
    await page.locator("#achternaam").fill("Inwoner");
    await page.locator("[id='subjectIdentificatie.geslachtsnaam']").evaluate((field) => { field.closest("details")?.setAttribute("open", ""); });
    await page.locator("[id='subjectIdentificatie.geslachtsnaam']").fill("Inwoner");
    await visit.press("Aanmaken");
    assert.match(await visit.heading(), /Nieuwe Inwoner/);
    const address = page.url();
    await page.getByRole("link", { name: "Verwijderen" }).click();
    assert.match(await visit.heading(), /verwijderen\?$/);
    await visit.press("Klant verwijderen");
    assert.equal(await focus(page), "fouten", "a reason is asked for");
    await page.getByLabel(/^Reden/).fill("dubbel");
    await visit.press("Klant verwijderen");
    assert.equal((await page.goto(address)).status(), 410);
    visit.fair();
    await visit.close();
  });

  test("a BSN is shown after a reason, hidden again in print, and the reason is in the log", async () => {
    const visit = await somebody(["lezer", "beheerder"]);
    const { page } = visit;
    await visit.go(`/klanten/${stage.at.klant}`);
    assert.doesNotMatch(await page.content(), new RegExp(BSN));
    await page.getByText("BSN tonen").click();
    await visit.press("Toon BSN en leg vast");
    assert.doesNotMatch(await page.locator("main").innerText(), new RegExp(BSN), "not without a reason");
    await page.getByLabel(/^(Reden|Waarvoor)/).first().fill("identiteit controleren");
    await page.locator("main form button").first().click();
    await page.waitForURL(new RegExp(`/klanten/${stage.at.klant}$`));
    assert.match(await page.locator("main").innerText(), new RegExp(BSN));
    await page.emulateMedia({ media: "print" });
    assert.doesNotMatch(await page.locator("main").innerText(), new RegExp(BSN), "masked on paper");
    await page.emulateMedia({ media: null });
    await visit.go("/logboek/inzage");
    assert.match(await page.locator("main").innerText(), /F\. de Vries/);
    assert.doesNotMatch(await page.content(), new RegExp(BSN));
    visit.fair();
    await visit.close();
  });
});
