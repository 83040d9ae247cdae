// What holds for every page. `visits.json` has each page of the site; a test of the product compares the two.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fits, hasAKeyboard, isAccessible, prints } from "./support/checks.mjs";
import { launch, loggedIn, visitor } from "./support/browser.mjs";
import { states } from "./support/states.mjs";
import { world } from "./support/world.mjs";

const PUBLIC = ["/inloggen", "/toegankelijkheid"];
const visits = JSON.parse(readFileSync(new URL("visits.json", import.meta.url)));
const addresses = Object.values(visits).filter(Array.isArray).flat();
assert.ok(addresses.length > 20);
for (const reason of Object.values(visits).filter((value) => !Array.isArray(value))) {
  const [kind, text] = reason.split(": ");
  assert.ok(kind === "none" || states[text], reason);
}

let here;
let browser;
let storageState;
before(async () => {
  [here, browser] = await Promise.all([world(), launch()]);
  const visit = await loggedIn(browser, here.program, ["lezer", "beheerder", "operator", "applicatiebeheerder"]);
  await visit.search("Waterland");
  here.at.zoek = visit.page.url().split("/").at(-1);
  storageState = await visit.context.storageState();
  await visit.close();
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

async function holds(visit) {
  await isAccessible(visit.page);
  await fits(visit.page);
  await hasAKeyboard(visit.page);
  await prints(visit.page);
  visit.fair();
  await visit.close();
}

test("every page", { concurrency: 3 }, async (t) => {
  const tests = addresses.map((address) => t.test(address, async () => {
    const visit = await visitor(browser, here.program, PUBLIC.includes(address) ? {} : { storageState });
    const path = here.path(address);
    assert.equal(await visit.go(path), 200);
    assert.equal(new URL(visit.page.url()).pathname, `/beheer${path.split("?")[0]}`, "the page itself, and no other");
    await holds(visit);
  }));
  tests.push(...Object.entries(states).map(([name, [status, reach]]) => t.test(name, async () => {
    const visit = await visitor(browser, here.program, { storageState });
    const statuses = [];
    visit.page.on("response", (response) => {
      if (response.request().isNavigationRequest()) statuses.push(response.status());
    });
    await reach(visit, here);
    assert.equal(statuses.at(-1), status);
    await holds(visit);
  })));
  await Promise.all(tests);
});
