// Writes docs/screenshots/: pages with made-up data, 1280 pixels wide and a few as a telephone has them.
// `cargo xtask browser --screenshots` runs it; it is no test.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { launch, loggedIn, visitor } from "./support/browser.mjs";
import { withPalette } from "./support/palette.mjs";
import { world } from "./support/world.mjs";

const FOLDER = new URL("../../docs/screenshots/", import.meta.url);
// Pictures end here, however long the page is.
const MAX_HEIGHT = 1400;

// Debian's libfaketime: what is made in the past stands in the charts.
const faketime = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`).find(existsSync);
if (!faketime) throw new Error("libfaketime is not installed: `apt-get install libfaketime`");
const ago = (hours) => ({ LD_PRELOAD: faketime, FAKETIME: `-${hours}h` });
// How many messages, so many hours ago.
const DAY = [[22, 2], [20, 1], [17, 3], [9, 6], [8, 14], [7, 17], [6, 15], [5, 9], [4, 12], [3, 16], [2, 13]];

let number = 10;
const addKlanten = async (count) => {
  for (const end = number + count; number < end; number += 1) {
    await here.program.api("POST", "/klanten/api/v1/klanten", {
      bronorganisatie: "517439943", klantnummer: `K${String(number).padStart(4, "0")}`, achternaam: "Voorbeeld",
      subjectType: "natuurlijk_persoon", subjectIdentificatie: { geslachtsnaam: "Voorbeeld" },
    });
  }
};

const here = await world({ settings: { OPENKLANT_BEHEER_ENVIRONMENT: "Acceptatie", ...ago(26) } });
const { LD_PRELOAD, FAKETIME, ...settings } = here.program.settings;
for (const [hours, count] of DAY) {
  await here.program.restart({ ...settings, ...ago(hours) });
  await addKlanten(count);
  await here.program.until("they were accepted", async () => (await here.messages("pending")).length === 0);
}
await here.program.restart(settings);
await addKlanten(4);
const browser = await launch();
const visit = await loggedIn(browser, here.program, ["beheerder", "operator", "applicatiebeheerder"]);

async function picture(name, { page }, width = 1280) {
  await page.setViewportSize({ width, height: 720 });
  await page.evaluate(() => { document.activeElement.blur(); });
  await page.mouse.move(0, 0);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: 0, width, height: Math.min(height, MAX_HEIGHT) };
  const png = withPalette(await page.screenshot({ fullPage: true, clip }));
  await writeFile(new URL(`${name}.png`, FOLDER), png);
  console.log(`${name}.png ${width}×${clip.height}, ${Math.ceil(png.length / 1024)} KiB`);
}

await mkdir(FOLDER, { recursive: true });
const stranger = await visitor(browser, here.program);
await stranger.go("/inloggen");
await picture("inloggen", stranger);
await stranger.close();

await visit.search("waterland");
await picture("zoeken", visit);
for (const [name, path] of [
  ["klant", `/klanten/${here.at.klant}`],
  ["bericht", `/wachtrij/berichten/${here.at.geparkeerd}`],
  ["taken", "/taken"],
  ["account", "/account"],
]) {
  await visit.go(path);
  await picture(name, visit);
}
await visit.go(`/klanten/${here.at.klant}`);
await picture("klant-320", visit, 320);

await visit.go(`/contactmomenten/${here.at.vervolg}`);
await picture("contactmoment", visit);
await visit.go("/logboek/wijzigingen");
await picture("logboek", visit);

await visit.go(`/klanten/${here.at.jurre}/wijzigen`);
await visit.page.locator("#emailadres").fill("geen adres");
await visit.page.locator("#websiteUrl").fill("waterdam");
await visit.press("Opslaan");
await picture("klant-wijzigen", visit);

await visit.go(`/klanten/${here.at.jurre}/wijzigen`);
await here.program.api("PATCH", `/klanten/api/v1/klanten/${here.at.jurre}`, { functie: "erelid", telefoonnummer: "0687654321" });
await visit.page.locator("#functie").fill("voorzitter");
await visit.page.locator("#bedrijfsnaam").fill("Buurtvereniging Waterdam");
await visit.press("Opslaan");
await picture("klant-botsing", visit);

await visit.go("/applicaties/nieuw");
await visit.page.getByLabel(/^Naam/).fill("Website van Waterdam");
await visit.page.getByLabel(/klanten\.lezen/).first().check();
await visit.press("Applicatie aanmaken");
await picture("applicatie", visit);

// The receiver is down: messages wait.
here.notificaties.status = 503;
await addKlanten(10);
await here.program.until("the breaker opens", () => here.program.log.includes("delivery stopped"));
await visit.go("/wachtrij");
await picture("wachtrij", visit);

await browser.close();
await here.stop();
