// Pages that no address alone leads to: forms with errors, what is gone, what nothing was found for. Each has its status
// and the way to it.
const fill = async ({ page }, fields) => {
  for (const [name, text] of Object.entries(fields)) await page.locator(`[id="${name}"]`).fill(text);
};

export const states = {
  "not found": [404, (visit) => visit.go("/nergens")],
  "no klant has this uuid": [404, (visit) => visit.go("/klanten/00000000-0000-4000-8000-000000000000")],
  "a klant who was deleted": [410, async (visit, { program }) => {
    const klant = await program.api("POST", "/klanten/api/v1/klanten", {
      bronorganisatie: "517439943", klantnummer: "K0099", voornaam: "Weg", achternaam: "Voorbeeld",
      subjectType: "natuurlijk_persoon", subjectIdentificatie: { geslachtsnaam: "Voorbeeld" },
    });
    await program.api("DELETE", klant.url);
    await visit.go(`/klanten/${klant.url.split("/").at(-1)}`);
  }],
  "a klant that is not right": [422, async (visit, { at }) => {
    await visit.go(`/klanten/${at.klant}/wijzigen`);
    await fill(visit, { bronorganisatie: "1", klantnummer: "", emailadres: "geen adres", websiteUrl: "x" });
    await visit.press("Opslaan");
  }],
  "a klant without a kind": [422, async (visit) => {
    await visit.go("/klanten/nieuw");
    await visit.press("Verder");
  }],
  "a klant that is there already": [200, async (visit) => {
    await visit.go("/klanten/nieuw?subjectType=vestiging");
    await fill(visit, { bronorganisatie: "517439943", klantnummer: "K0088", emailadres: "jurre@voorbeeld.example" });
    await visit.page.locator("[id='subjectIdentificatie.vestigingsNummer']").evaluate((field) => { field.value = "000012345678"; });
    await visit.press("Aanmaken");
    await visit.page.getByRole("button", { name: "Toch aanmaken" }).waitFor();
  }],
  "two changed the same klant": [409, async (visit, { at, program }) => {
    await visit.go(`/klanten/${at.jurre}/wijzigen`);
    await program.api("PATCH", `/klanten/api/v1/klanten/${at.jurre}`, { functie: "erelid", telefoonnummer: "0687654321" });
    await fill(visit, { functie: "voorzitter van de vereniging van het langste woord", bedrijfsnaam: "Buurtvereniging" });
    await visit.press("Opslaan");
  }],
  "a klant that was deleted meanwhile": [410, async (visit, { program }) => {
    const klant = await program.api("POST", "/klanten/api/v1/klanten", {
      bronorganisatie: "517439943", klantnummer: "K0098", voornaam: "Weg", achternaam: "Voorbeeld",
      subjectType: "natuurlijk_persoon", subjectIdentificatie: { geslachtsnaam: "Voorbeeld" },
    });
    await visit.go(`/klanten/${klant.url.split("/").at(-1)}/wijzigen`);
    await program.api("DELETE", klant.url);
    await fill(visit, { functie: "voorzitter" });
    await visit.press("Opslaan");
  }],
  "a contactmoment that is not right": [422, async (visit) => {
    await visit.go("/contactmomenten/nieuw");
    await fill(visit, { bronorganisatie: "1" });
    await visit.press("Opslaan");
  }],
  "klanten to couple": [200, async (visit, { at }) => {
    await visit.go(`/contactmomenten/${at.contactmoment}/koppelen`);
    await visit.page.getByLabel("Welke klant?").fill("waterland");
    await visit.press("Zoeken");
  }],
  "a password that is refused": [422, async (visit) => {
    await visit.go("/account/wachtwoord");
    await visit.press("Wachtwoord wijzigen");
  }],
  "a pause without a reason": [422, async (visit) => {
    await visit.go("/wachtrij/pauzeren");
    await visit.press("Verzending pauzeren");
  }],
  "resuming": [200, async (visit, { program }) => {
    await program.run(["outbox", "pause"]);
    await visit.go("/wachtrij/hervatten");
    await program.run(["outbox", "resume"]);
  }],
  "an application without a name and rights": [422, async (visit) => {
    await visit.go("/applicaties/nieuw");
    await visit.press("Applicatie aanmaken");
  }],
  "a secret that is shown once": [200, async (visit, { at }) => {
    await visit.go(`/applicaties/${at.applicatie}/vernieuwen`);
    await visit.page.getByLabel("Oude geheim nog 24 uur geldig").check();
    await visit.press("Nieuw geheim maken");
  }],
  "a search that finds nothing": [200, async (visit) => {
    await visit.go("/");
    await visit.search("Nergenshuizen");
  }],
};
