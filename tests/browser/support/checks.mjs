// What holds for every page, whatever is on it.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const axe = createRequire(import.meta.url)("axe-core");
const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"] };
// All that differs in the dark.
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const HEIGHT = 800;
const WIDTHS = [1280, 1024, 768, 640, 480, 320];
// WCAG 1.4.12: what a reader may set without losing anything.
const TEXT_SPACING = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }`;

const openEverything = (page) => page.evaluate(() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});

/** WCAG 2.0 to 2.2 A and AA and best practices, by axe: light and dark, wide and narrow, with everything unfolded. */
export async function isAccessible(page) {
  await openEverything(page);
  await page.evaluate(axe.source);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: HEIGHT });
      const found = await page.evaluate(async (runOnly) => {
        const { violations } = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] });
        return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.html}: ${node.failureSummary}`));
      }, colorScheme === "light" ? RULES : COLOURS);
      assert.deepEqual(found, [], `${page.url()}, ${colorScheme}, ${width} wide`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
}

const sideways = (page) => page.evaluate(() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5);
  return [`${document.documentElement.scrollWidth} > ${innerWidth}`, ...wide.slice(-3).map((one) => one.outerHTML.slice(0, 200))];
});

/** Nothing scrolls sideways at any width, also not with more space between letters and lines. */
export async function fits(page) {
  await openEverything(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    assert.deepEqual(await sideways(page), [], `${page.url()}, ${width} wide`);
  }
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, TEXT_SPACING);
  assert.deepEqual(await sideways(page), [], `${page.url()}, 320 wide with spaced text`);
  const cut = await page.evaluate(() => [...document.body.querySelectorAll("*")]
    .filter((one) => !one.matches(".vh, thead, thead *, svg, input, select, textarea"))
    .filter((one) => /hidden|clip/.test(getComputedStyle(one).overflow))
    .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
    .map((one) => one.outerHTML.slice(0, 200)));
  assert.deepEqual(cut, [], `${page.url()}: spaced text is cut off`);
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
  await page.setViewportSize({ width: 1280, height: HEIGHT });
}

const isStillAt = (index) => document.activeElement === globalThis.stops[index] && /^date/.test(document.activeElement.type);

/** Tab reaches everything that can be used, in the order of the source; each stop lies in view and can be seen to have the
 *  focus; the focus leaves the page at the end. */
export async function hasAKeyboard(page) {
  await openEverything(page);
  const expected = await page.evaluate(() => {
    document.activeElement.blur();
    getSelection().removeAllRanges();
    const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
      .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }))
      // Of radio buttons with one name only one is a stop: the chosen one, else the first.
      .filter((one) => {
        if (one.type !== "radio") return true;
        const group = [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(one.name)}"]`)].filter((other) => other.form === one.form);
        return one === (group.find((other) => other.checked) ?? group[0]);
      });
    globalThis.stops = stops;
    return stops.map((one) => one.outerHTML.slice(0, 120));
  });
  assert.equal(await page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count(), 0, "a tabindex above 0");
  // Begins at the top: also after a summary of errors took the focus.
  await page.evaluate(() => {
    const top = document.createElement("span");
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus();
    top.remove();
  });
  for (const [number, html] of expected.entries()) {
    await page.keyboard.press("Tab");
    // A field of a date is several stops: day, month, year, the calendar.
    for (let part = 0; part < 8 && number > 0 && await page.evaluate(isStillAt, number - 1); part += 1) {
      await page.keyboard.press("Tab");
    }
    const stop = await page.evaluate((index) => {
      const one = document.activeElement;
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      return {
        html: one.outerHTML.slice(0, 120),
        isExpected: one === globalThis.stops[index],
        isSeen: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
        isInView: box.width > 0 && box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0,
        isLarge: box.height >= 24 || style.display === "inline",
      };
    }, number);
    const where = `${page.url()}, stop ${number + 1}: ${stop.html}`;
    assert.ok(stop.isExpected, `${where}, but in the source it is ${html}`);
    assert.ok(stop.isSeen, `${where} shows no focus`);
    assert.ok(stop.isInView, `${where} is out of view`);
    assert.ok(stop.isLarge, `${where} is lower than 24 pixels`);
  }
}

/** On paper there is nothing to press, nothing is folded, and the colours are light. */
export async function prints(page) {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const shown = await page.evaluate(() => [...document.querySelectorAll("button, .button, nav, header.site-header, footer, [role=search]")]
    .filter((one) => one.checkVisibility())
    .map((one) => one.outerHTML.slice(0, 200)));
  assert.deepEqual(shown, [], `${page.url()} on paper`);
  const folded = await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = false;
    return [...document.querySelectorAll("details > :not(summary)")]
      .filter((one) => !one.matches("form, .button-row, .filters") && one.textContent.trim() !== "")
      .filter((one) => !one.checkVisibility({ contentVisibilityAuto: true }) && getComputedStyle(one).display !== "none")
      .map((one) => one.outerHTML.slice(0, 200));
  });
  assert.deepEqual(folded, [], `${page.url()} is folded on paper`);
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(background, "rgb(255, 255, 255)");
  await page.emulateMedia({ media: null, colorScheme: "light" });
}
