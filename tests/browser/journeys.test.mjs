// What people come for, from the login to the end, on both databases.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onBoth } from "./support/both.mjs";
import { loggedIn } from "./support/browser.mjs";
import { BSN } from "./support/world.mjs";

onBoth((stage) => {
  const somebody = (...roles) => loggedIn(stage.browser, stage.program, roles);

  test("a lezer finds a klant by name, by number, and not at all", async () => {
    const visit = await somebody("lezer");
    const { page } = visit;
    await visit.search("waterland");
    assert.match(await visit.heading(), /waterland/i);
    const rows = page.locator("table.records tbody tr");
    assert.equal(await rows.count(), 3);
    assert.doesNotMatch(await page.content(), new RegExp(BSN), "a BSN is masked");
    await page.getByRole("link", { name: /Fenna/ }).click();
    assert.match(page.url(), new RegExp(`/beheer/klanten/${stage.at.klant}$`));
    assert.match(await visit.heading(), /Waterland/);
    assert.equal(await page.title(), "Klant K0001 – Open Klant beheer");
    const timeline = page.getByRole("region", { name: "Tijdlijn" });
    assert.equal(await timeline.locator("li.contact").count(), 2);
    assert.match(await timeline.innerText(), /Teruggebeld om half drie/);
    assert.match(await timeline.innerText(), /0612345678.*0687654321/s, "what was and what became of it");
    assert.doesNotMatch(await page.content(), new RegExp(BSN));

    await visit.search(BSN.replace(/(...)(...)/, "$1.$2."));
    assert.match(page.url(), new RegExp(`/klanten/${stage.at.klant}`), "one klant has the number: straight to it");
    await visit.search("123456789");
    assert.match(await page.locator("main").innerText(), /geen geldig BSN/);
    await visit.search("Nergenshuizen");
    assert.match(await visit.heading(), /Geen klant gevonden/);
    visit.fair();
    await visit.close();
  });

  test("an operator sees why a message is parked and has it tried again", async () => {
    const visit = await somebody("operator");
    const { page } = visit;
    await page.getByRole("navigation", { name: "Hoofdmenu" }).getByRole("link", { name: /Wachtrij/ }).click();
    await page.getByRole("link", { name: /geparkeerd/i }).first().click();
    await page.goto(`${stage.program.origin}/beheer/wachtrij/berichten/${stage.at.geparkeerd}`);
    assert.match(await page.locator(".alert").innerText(), /Waarom staat dit bericht stil/);
    assert.match(await page.locator(".attempts").innerText(), /400/);
    await page.getByRole("link", { name: "Opnieuw proberen" }).click();
    await visit.press("Opnieuw proberen");
    await stage.program.until("it was accepted", async () => {
      await page.reload();
      return /aanvaard/.test(await page.locator(".page-head").innerText());
    });
    assert.equal((await stage.messages("parked")).length, 0);
    visit.fair();
    await visit.close();
  });

  test("an operator has a job run now", async () => {
    const visit = await somebody("operator");
    const { page } = visit;
    await page.getByRole("navigation", { name: "Hoofdmenu" }).getByRole("link", { name: "Taken" }).click();
    await page.locator("tbody a").first().click();
    await page.getByRole("link", { name: "Nu uitvoeren" }).click();
    await visit.press("Nu uitvoeren");
    assert.equal(await page.getByRole("status").first().count(), 1);
    await stage.program.until("it ran", async () => {
      await page.reload();
      return /gelukt/.test(await page.locator("main").innerText());
    });
    visit.fair();
    await visit.close();
  });

  test("a person sees the own account, changes the look, and ends every session", async () => {
    const visit = await somebody("lezer");
    const { page } = visit;
    await page.getByRole("banner").getByRole("link", { name: "F. de Vries" }).click();
    assert.match(await page.locator("main").innerText(), /lezer/);
    await visit.go("/account/voorkeuren");
    await page.getByLabel("donker", { exact: false }).check();
    await visit.press("Opslaan");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.getByRole("link", { name: "English" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await page.getByRole("link", { name: "Nederlands" }).click();
    await visit.go("/account");
    await visit.press("Overal uitloggen");
    assert.match(page.url(), /inloggen/);
    visit.fair();
    await visit.close();
  });
});
