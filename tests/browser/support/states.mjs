// Pages that no address alone leads to: forms with errors, what is gone, what nothing was found for. Each has its status
// and the way to it.
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
