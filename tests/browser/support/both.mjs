// Tests of a journey: on both databases, each time with a world of its own.
import { after, before, describe } from "node:test";
import { launch } from "./browser.mjs";
import { world } from "./world.mjs";

/** Runs `tests(stage)` for both databases; while its tests run, the stage has the browser and what the world has. */
export function onBoth(tests, options = {}) {
  for (const database of ["sqlite", "postgres"]) {
    describe(database, () => {
      const stage = {};
      before(async () => {
        const [here, browser] = await Promise.all([world({ database, ...options }), launch()]);
        Object.assign(stage, here, { browser });
      });
      after(async () => {
        await stage.browser?.close();
        await stage.stop?.();
      });
      tests(stage);
    });
  }
}
