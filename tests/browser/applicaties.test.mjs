// An application that is made in the browser can call the API, with the secret that was shown once.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { launch, loggedIn } from "./support/browser.mjs";
import { Program } from "./support/program.mjs";

let program;
let browser;
before(async () => {
  [program, browser] = await Promise.all([Program.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

function token(clientId, secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: clientId, client_id: clientId, iat: Math.floor(Date.now() / 1000), user_id: "", user_representation: "" };
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

const ask = async (clientId, secret) => (await fetch(`${program.origin}/klanten/api/v1/klanten`, {
  headers: { Authorization: `Bearer ${token(clientId, secret)}` },
})).status;

for (const javaScriptEnabled of [true, false]) {
  test(`made, shown once, renewed${javaScriptEnabled ? "" : ", without JavaScript"}`, async () => {
    const visit = await loggedIn(browser, program, ["applicatiebeheerder"], {
      javaScriptEnabled, permissions: ["clipboard-read", "clipboard-write"],
    });
    const { page } = visit;
    const name = `Website ${javaScriptEnabled ? "een" : "twee"}`;
    await page.getByRole("link", { name: "Applicaties" }).first().click();
    await page.getByRole("link", { name: "Nieuwe applicatie" }).click();
    await page.getByLabel(/^Naam/).fill(name);
    await visit.press("Applicatie aanmaken");
    assert.match(await page.title(), /^Fout: /);
    assert.equal(await page.locator(":focus").getAttribute("id"), "fouten");
    assert.equal(await page.getByLabel(/^Naam/).inputValue(), name);
    await page.getByLabel(/klanten\.lezen/).first().check();
    await visit.press("Applicatie aanmaken");
    const shown = page.url();
    const [clientId, secret] = await page.locator(".secret code").allInnerTexts();
    assert.ok(secret.length >= 40);
    assert.equal(await ask(clientId, secret), 200);
    const copy = page.locator("button[data-copy=geheim]");
    if (javaScriptEnabled) {
      await copy.click();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
    } else {
      assert.equal(await copy.isVisible(), false);
    }
    await page.goto(shown);
    assert.doesNotMatch(await page.content(), new RegExp(secret), "it is shown once");
    assert.match(await page.locator("main").innerText(), /Het geheim is al getoond/);

    await page.getByRole("link", { name: "Nieuw geheim maken" }).click();
    await page.getByLabel(/meteen ongeldig/).check();
    await visit.press("Nieuw geheim maken");
    const [, renewed] = await page.locator(".secret code").allInnerTexts();
    assert.notEqual(renewed, secret);
    // In force within a second, says docs/operations.md.
    await program.until("the new secret is taken", async () => (await ask(clientId, renewed)) === 200);
    assert.equal(await ask(clientId, secret), 403);
    visit.fair();
    await visit.close();
  });
}
